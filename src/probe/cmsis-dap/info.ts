import type { ByteReader } from "../../base/bytes.ts";
import type { DapCommand } from "./command.ts";

/** What DAP_Info can be asked for, by its id (CMSIS-DAP, DAP_Info). */
export const INFO_ID = {
  vendor: 0x01,
  product: 0x02,
  serial: 0x03,
  protocol: 0x04,
  firmware: 0x09,
  capabilities: 0xf0,
  packetCount: 0xfe,
  packetSize: 0xff,
} as const;

/** DAP_Info: one thing that the probe says of itself; empty where it has nothing to say. */
export const INFO: DapCommand<readonly [id: number], Uint8Array> = {
  name: "DAP_Info",
  id: 0x00,
  encode: (id) => Uint8Array.of(id),
  decode: (answer: ByteReader) => answer.bytes(answer.u8()).slice(),
};

/** The text of an answer up to its NUL, which some firmware forgets; Latin-1, so that no odd byte can fail. */
export function infoText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)).trim();
}

/** The little-endian number of an answer of one to four bytes, or undefined where there is none. */
export function infoNumber(bytes: Uint8Array): number | undefined {
  return bytes.length === 0 ? undefined : bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
