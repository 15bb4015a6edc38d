import { readBlock, writeBlock } from "../adi/block.ts";
import type { Width } from "../adi/memory.ts";
import { codeOf, FlashproofError } from "../base/errors.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { checkRawWrite, downloadToMemory } from "../session/write-memory.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Points } from "./points.ts";

/** Most bytes of one read: the answer has two digits for each, and has to fit PacketSize. */
const MOST_READ = 0x2000;

/** Whose memory is read, and the breakpoints that it is not to show. */
interface Readable {
  readonly core: CortexCore;
  readonly points: Pick<Points, "hide">;
}

/** Reads memory as the client is to see it: without breakpoints of ours. A width is that of each access. */
export async function readShown(
  { core, points }: Readable,
  address: number,
  length: number,
  width?: Width,
): Promise<Uint8Array> {
  const { memory } = core;
  const bytes = await (width === undefined ? readBlock(memory, address, length) : memory.read(address, length, width));
  points.hide(address, bytes);
  return bytes;
}

/**
 * What could be read before the first address that refuses, as far as one packet holds it; throws where that is the first
 * of all.
 */
export async function readWhatCanBe(readable: Readable, address: number, wanted: number): Promise<Uint8Array> {
  const length = Math.min(wanted, MOST_READ);
  return readShown(readable, address, length).catch((error: unknown) => {
    const count = faultedAt(error) - address;
    if (!(count > 0 && count < length)) throw error;
    return readShown(readable, address, count);
  });
}

function faultedAt(error: unknown): number {
  if (codeOf(error) !== "memory-fault" || !(error instanceof FlashproofError)) return Number.NaN;
  return Number(error.details["address"]);
}

/**
 * Writes memory for the client, and leaves breakpoints that stand there; answers why it did not. Flash is programmed by
 * `load`, or with `flashBy: "writes"` by what is collected here. Throws `raw-write-consent` where a write can erase or lock.
 */
export async function writeKept(
  debuggee: Debuggee,
  address: number,
  bytes: Uint8Array,
  width?: Width,
): Promise<string | undefined> {
  const { session, options, points, core, threads } = debuggee;
  if (bytes.length === 0) return undefined;
  const chip = session.found.chip;
  const isFlash = chip?.banks.some(({ start, length }) => address < start + length && address + bytes.length > start);
  if (isFlash && options.flashBy === "writes") {
    debuggee.download.write(address, bytes);
    return undefined;
  }
  await debuggee.download.settle();
  if (isFlash) return "a plain write to flash was refused: load programs it";
  // A debugger writes debug registers by its trade; the flash controller and option bytes are another matter.
  if (!isDebugRegister(address)) checkRawWrite({ address, bytes }, chip, options.permits);
  const kept = points.keep(address, bytes);
  if (width !== undefined) await core.memory.write(address, kept, width);
  // What runs may change it again before it is read.
  else if (!chip && (await core.state()) === "halted")
    await downloadToMemory(core.memory, { address, bytes: kept }, chip);
  else await writeBlock(core.memory, address, kept);
  threads.forget();
  return undefined;
}

/** The private peripheral bus (ARMv7-M ARM (DDI 0403E), B3.1). */
const isDebugRegister = (address: number): boolean => address >= 0xe0000000 && address < 0xe0100000;
