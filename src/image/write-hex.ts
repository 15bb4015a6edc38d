import { hex8, hex16 } from "../base/u32.ts";
import type { Image } from "./image.ts";
import { HexRecordType } from "./intel-hex.ts";

/** An image as Intel HEX text: 16 bytes a record, linear addresses, CRLF as the specification's tools wrote it. */
export function writeHex(image: Pick<Image, "segments" | "entry">): string {
  const lines: string[] = [];
  let base = 0;
  for (const { address, bytes } of recordsOf(image.segments, 16)) {
    const high = Math.floor(address / 0x10000);
    if (high !== base) lines.push(record(HexRecordType.linearAddress, 0, bigEndian(high, 2)));
    base = high;
    lines.push(record(HexRecordType.data, address % 0x10000, bytes));
  }
  if (image.entry !== undefined) lines.push(record(HexRecordType.startLinear, 0, bigEndian(image.entry, 4)));
  lines.push(record(HexRecordType.end, 0, []));
  return `${lines.join("\r\n")}\r\n`;
}

/** Segments cut into records of at most `size` bytes that end on multiples of `size`. */
export function* recordsOf(
  segments: Image["segments"],
  size: number,
): Generator<{ address: number; bytes: Uint8Array }> {
  for (const { address, bytes } of segments) {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(size - ((address + at) % size), bytes.length - at);
      yield { address: address + at, bytes: bytes.subarray(at, at + length) };
      at += length;
    }
  }
}

/** The `count` bytes of a number, highest first. */
export const bigEndian = (value: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** (count - 1 - i)) & 0xff);

/** Two upper-case hex digits for each byte. */
export const hexText = (bytes: Iterable<number>): string => Array.from(bytes, hex8).join("");

function record(type: number, offset: number, data: ArrayLike<number> & Iterable<number>): string {
  const body = `${hex8(data.length)}${hex16(offset)}${hex8(type)}${hexText(data)}`;
  const sum = data.length + (offset >>> 8) + offset + type + Array.from(data).reduce((all, byte) => all + byte, 0);
  return `:${body}${hex8(-sum)}`;
}
