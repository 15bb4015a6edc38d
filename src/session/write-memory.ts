import { readBlock, writeBlock } from "../adi/block.ts";
import type { Memory, Width } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { CHIPS } from "../chips/list.ts";
import { type Permit, permit } from "../flash/permit.ts";
import { guardedAt } from "../protection/raw-write.ts";
import type { Session } from "./session.ts";
import { SessionError } from "./session-error.ts";

/** Bytes that go to memory or registers as they are, by accesses of one width. */
export interface RawWrite {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly width: Width;
}

/** The consent to write where one write can erase, lock, or stop the debugger. */
export const rawPermit = (): Permit => permit("raw-write");

/**
 * Throws `raw-write-consent` where a write touches a range of the chip that wants a permit for `raw-write`, and none is
 * there; where no chip is named, the ranges of every chip count.
 */
export function checkRawWrite(
  { address, bytes }: Pick<RawWrite, "address" | "bytes">,
  chip: Chip | undefined,
  permits: readonly Permit[],
): void {
  const range = guardedAt(address, bytes.length, chip ? [chip] : CHIPS);
  if (!range || permits.some(({ allows }) => allows === "raw-write")) return;
  const end = address32(range.start + range.length - 1);
  const where = `${range.name} (${address32(range.start)} to ${end})`;
  throw new SessionError("raw-write-consent", `${address32(address)} lies in ${where}: ${range.can}`, {
    details: { address: address32(address), range: range.name },
  });
}

/** Writes to memory or registers; throws `raw-write-consent` before a guarded range is touched, and what memory throws. */
export async function writeMemory(
  session: Session,
  write: RawWrite,
  permits: readonly Permit[],
  io: Io = {},
): Promise<void> {
  checkRawWrite(write, session.found.chip, permits);
  await session.core.memory.write(write.address, write.bytes, write.width, io);
}

/** Where code and data may be (ARMv7-M ARM (DDI 0403E), B3.1), without bits that have an address of their own. */
export const CODE_AND_DATA = [
  { start: 0, length: 0x22000000 },
  { start: 0x24000000, length: 0x1c000000 },
  { start: 0x60000000, length: 0x40000000 },
] as const;

/**
 * Writes bytes that a program needs. On a chip that is not known, whether RAM is there shows only by reading it: throws
 * `memory-unchanged` where other bytes are read than were written, and what memory throws.
 */
export async function downloadToMemory(
  memory: Memory,
  { address, bytes }: Pick<RawWrite, "address" | "bytes">,
  chip: Chip | undefined,
  io: Io = {},
): Promise<void> {
  await writeBlock(memory, address, bytes, io);
  const isPlain = CODE_AND_DATA.some(({ start, length }) => address >= start && address < start + length);
  if (!chip && isPlain) await checkHolds(memory, address, bytes, io);
}

/** Throws `memory-unchanged` where memory does not hold bytes. */
export async function checkHolds(memory: Memory, address: number, bytes: Uint8Array, io: Io = {}): Promise<void> {
  const read = await readBlock(memory, address, bytes.length, io);
  const at = bytes.findIndex((byte, i) => byte !== read[i]);
  if (at < 0) return;
  const where = address32(address + at);
  throw new SessionError("memory-unchanged", `${where} does not hold what was written to it: there is no RAM`, {
    details: { address: where },
  });
}
