import { readBlock, writeBlock } from "../../adi/block.ts";
import { codeOf, FlashproofError } from "../../base/errors.ts";
import { checkRawWrite } from "../../session/write-memory.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import type { Debuggee } from "../debuggee.ts";
import type { Points } from "../points.ts";
import { bytesOfHex, hexOf, numberOfHex } from "../rsp.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** Most bytes of one read: the answer has two digits for each, and has to fit PacketSize. */
const MOST_READ = 0x2000;

/** GDB waits two seconds for a checksum; a longer range it reads itself, where the answer is empty. */
const MOST_CRC = 0x10000;

/** Memory: what is read shows no breakpoints of ours, and a write leaves them. */
export const MEMORY: PacketTable = {
  m: async (debuggee, { text }) => {
    const [address, length] = rangeOf(text);
    if (address === undefined || length === undefined) return REFUSED;
    return hexOf(await readWhatCanBe(debuggee, address, length));
  },
  x: async (debuggee, { text }) => {
    const [address, length] = rangeOf(text);
    // LLDB's packet of the same name wants another answer.
    if (address === undefined || !length) return "";
    return Uint8Array.of(0x62, ...(await readWhatCanBe(debuggee, address, length)));
  },
  M: async (debuggee, { text }) => {
    const [place, data = ""] = text.split(":");
    const [address, length] = rangeOf(place);
    const bytes = bytesOfHex(data);
    if (address === undefined || !bytes || bytes.length !== length) return REFUSED;
    return write(debuggee, address, bytes);
  },
  X: async (debuggee, { text, bytes }) => {
    const colon = text.indexOf(":");
    const [address, length] = rangeOf(text.slice(0, colon));
    const data = bytes.subarray(colon + 1);
    if (colon < 0 || address === undefined || data.length !== length) return REFUSED;
    return write(debuggee, address, data);
  },
  "qCRC:": async (debuggee, { text }) => {
    const [address, length] = rangeOf(text);
    if (address === undefined || length === undefined) return REFUSED;
    if (length > MOST_CRC) return "";
    const bytes = await readBlock(debuggee.core.memory, address, length);
    debuggee.points.hide(address, bytes);
    return `C${crc32Of(bytes).toString(16)}`;
  },
};

/** `ADDRESS,LENGTH`; undefined for what is no number. */
export function rangeOf(text: string): readonly [number | undefined, number | undefined] {
  const [address, length] = text.split(",");
  return [numberOfHex(address), numberOfHex(length)];
}

/** Whose memory is read, and the breakpoints that it is not to show. */
interface Readable {
  readonly core: CortexCore;
  readonly points: Pick<Points, "hide">;
}

/**
 * What could be read before the first address that refuses, as far as one packet holds it; throws where that is the first
 * of all.
 */
export async function readWhatCanBe({ core, points }: Readable, address: number, wanted: number): Promise<Uint8Array> {
  const length = Math.min(wanted, MOST_READ);
  const bytes = await readBlock(core.memory, address, length).catch((error: unknown) => {
    const readable = faultedAt(error) - address;
    if (!(readable > 0 && readable < length)) throw error;
    return readBlock(core.memory, address, readable);
  });
  points.hide(address, bytes);
  return bytes;
}

function faultedAt(error: unknown): number {
  if (codeOf(error) !== "memory-fault" || !(error instanceof FlashproofError)) return Number.NaN;
  return Number(error.details["address"]);
}

/** Flash is programmed by `load` only; where a write can erase or lock, it needs a consent. */
async function write(debuggee: Debuggee, address: number, bytes: Uint8Array): Promise<string> {
  const { session, options, points, core, host } = debuggee;
  if (bytes.length === 0) return "OK";
  const chip = session.found.chip;
  const isFlash = chip?.banks.some(({ start, length }) => address < start + length && address + bytes.length > start);
  if (isFlash && options.flashBy === "writes") {
    debuggee.download.write(address, bytes);
    return "OK";
  }
  await debuggee.download.settle();
  if (isFlash) {
    host.print("a plain write to flash was refused: load programs it");
    return REFUSED;
  }
  // A debugger writes debug registers by its trade; the flash controller and option bytes are another matter.
  if (!isDebugRegister(address)) checkRawWrite({ address, bytes }, chip, options.permits);
  await writeBlock(core.memory, address, points.keep(address, bytes));
  return "OK";
}

/** The private peripheral bus (ARMv7-M ARM (DDI 0403E), B3.1). */
const isDebugRegister = (address: number): boolean => address >= 0xe0000000 && address < 0xe0100000;

/** CRC-32 as `qCRC` wants it: polynomial 0x04C11DB7, begins with ones, high bit first, not inverted at the end. */
export function crc32Of(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
