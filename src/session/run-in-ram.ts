import { writeBlock } from "../adi/block.ts";
import type { Io } from "../base/clock.ts";
import { bytesOfWords, wordsOf } from "../base/bytes.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Range } from "../chips/range.ts";
import type { Permit } from "../flash/permit.ts";
import type { Image, Segment } from "../image/image.ts";
import { checkInside } from "../image/image-bytes.ts";
import { VTOR } from "../registers/scs.ts";
import { SessionError } from "./session-error.ts";
import type { Session } from "./session.ts";
import { checkHolds, checkRawWrite, CODE_AND_DATA } from "./write-memory.ts";

/** How a program in RAM starts: where its vectors are, and what they name. */
export interface RamStart {
  readonly vectors: number;
  readonly stack: number;
  /** Without the Thumb bit. */
  readonly pc: number;
}

/** Bytes of the stack pointer and the reset vector. */
const FIRST_VECTORS = 8;
/** The least alignment of a vector table (ARMv7-M ARM (DDI 0403E), B3.2.5). */
const TABLE_ALIGNMENT = 0x80;
/** xPSR with its Thumb bit alone, as a reset leaves it. */
const THUMB = 0x01000000;

/**
 * The start of a program that lies in RAM with its vectors in front; an entry that the file names goes before its reset
 * vector. Throws `program-no-start` for an image without them, and for an entry that is none of its code.
 */
export function ramStart({ segments, entry }: Pick<Image, "segments" | "entry">): RamStart {
  const [first] = segments;
  const [stack, reset] =
    first && first.bytes.length >= FIRST_VECTORS ? wordsOf(first.bytes.slice(0, FIRST_VECTORS)) : [];
  const isThumb = (reset & 1) === 1 && segments.some((segment) => holdsAddress(segment, reset - 1));
  const isStack =
    stack % 4 === 0 && CODE_AND_DATA.some(({ start, length }) => stack > start && stack <= start + length);
  if (!isThumb || !isStack || first.address % TABLE_ALIGNMENT !== 0)
    throw new SessionError(
      "program-no-start",
      "The image does not begin with vectors: a stack, and a handler inside of it",
    );
  const pc = ((entry ?? reset) & ~1) >>> 0;
  const isCode = pc >= first.address + FIRST_VECTORS && segments.some((segment) => holdsAddress(segment, pc));
  if (isCode) return { vectors: first.address, stack, pc };
  throw new SessionError("program-no-start", `The image starts at ${address32(pc)}, where it has no code`, {
    details: { entry: address32(pc) },
  });
}

const holdsAddress = ({ address, bytes }: Segment, at: number): boolean => at >= address && at < address + bytes.length;

/** Where a program may be put without flash: the chip's RAM, or on a chip that is not known whatever may be memory. */
export const programRam = (chip: Chip | undefined): readonly Range[] =>
  chip ? chip.memories.filter(({ kind }) => kind === "ram") : CODE_AND_DATA;

/**
 * Resets the core and halts it, puts a program into RAM, compares it, and lets it go at its start. Flash is left alone.
 *
 * Throws `program-no-start`, `image-outside-chip` for one that is not in RAM alone, `raw-write-consent`, `memory-unchanged`
 * where there is no RAM, and what core and memory throw. The core stays halted then.
 */
export async function runInRam(
  session: Session,
  image: Pick<Image, "segments" | "entry">,
  permits: readonly Permit[] = [],
  io: Io = {},
): Promise<RamStart> {
  const { chip } = session.found;
  checkInside(image, programRam(chip));
  const start = ramStart(image);
  for (const segment of image.segments) checkRawWrite(segment, chip, permits);
  await session.reset("system", "halt", io);
  const { core } = session;
  for (const { address, bytes } of image.segments) await writeBlock(core.memory, address, bytes, io);
  // After the last one: a segment may have overwritten another where addresses repeat.
  for (const { address, bytes } of image.segments) await checkHolds(core.memory, address, bytes, io);
  // Without a table register (ARMv6-M) this changes nothing, and exceptions go by the vectors at 0.
  await core.memory.write(VTOR.address, bytesOfWords([start.vectors]), 32, io);
  await core.writeRegisters({ MSP: start.stack, PC: start.pc, XPSR: THUMB }, io);
  await core.resume(io);
  return start;
}
