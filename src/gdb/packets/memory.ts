import { readShown, readWhatCanBe, writeKept } from "../client-memory.ts";
import type { Debuggee } from "../debuggee.ts";
import { bytesOfHex, hexOf, numberOfHex } from "../rsp.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** GDB waits two seconds for a checksum; a longer range it reads itself, where the answer is empty. */
const MOST_CRC = 0x10000;

/** Memory: what is read shows no breakpoints of ours, and a write leaves them. */
export const MEMORY: PacketTable = {
  m: async (debuggee, { text }) => {
    const [address, length] = rangeOf(text);
    if (address === undefined || length === undefined) return REFUSED;
    return hexOf(await read(debuggee, address, length));
  },
  x: async (debuggee, { text }) => {
    const [address, length] = rangeOf(text);
    // LLDB's packet of the same name wants another answer.
    if (address === undefined || !length) return "";
    return Uint8Array.of(0x62, ...(await read(debuggee, address, length)));
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
    const bytes = await readShown(debuggee, address, length);
    return `C${crc32Of(bytes).toString(16)}`;
  },
};

/** `ADDRESS,LENGTH`; undefined for what is no number. */
export function rangeOf(text: string): readonly [number | undefined, number | undefined] {
  const [address, length] = text.split(",");
  return [numberOfHex(address), numberOfHex(length)];
}

/** The window of a File-I/O request that waits, or the target's memory. */
const read = async (debuggee: Debuggee, address: number, length: number): Promise<Uint8Array> =>
  debuggee.semihosting.fileIo.read(address, length) ?? (await readWhatCanBe(debuggee, address, length));

/** A write that is refused is an error without a reason for GDB; the console has it. */
async function write(debuggee: Debuggee, address: number, bytes: Uint8Array): Promise<string> {
  if (debuggee.semihosting.fileIo.write(address, bytes)) return "OK";
  const refused = await writeKept(debuggee, address, bytes);
  if (refused === undefined) return "OK";
  debuggee.host.print(refused);
  return REFUSED;
}

/** CRC-32 as `qCRC` wants it: polynomial 0x04C11DB7, begins with ones, high bit first, not inverted at the end. */
export function crc32Of(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
