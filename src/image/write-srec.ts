import { hex8 } from "../base/u32.ts";
import type { Image } from "./image.ts";
import { bigEndian, hexText, recordsOf } from "./write-hex.ts";

/** An image as Motorola S-records with 32-bit addresses (S0, S3, S7), 16 bytes a record. */
export function writeSrec(image: Pick<Image, "segments" | "entry">): string {
  const data = Array.from(recordsOf(image.segments, 16), ({ address, bytes }) => record("3", address, 4, bytes));
  const lines = [record("0", 0, 2, []), ...data, record("7", image.entry ?? 0, 4, [])];
  return `${lines.join("\r\n")}\r\n`;
}

function record(type: string, address: number, addressBytes: number, data: Iterable<number>): string {
  const body = [...bigEndian(address, addressBytes), ...data];
  const counted = [body.length + 1, ...body];
  return `S${type}${hexText(counted)}${hex8(~counted.reduce((all, byte) => all + byte, 0))}`;
}
