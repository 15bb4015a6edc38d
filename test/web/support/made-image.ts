import { writeHex } from "../../../src/image/write-hex.ts";

/** A file as Playwright gives one to a page. */
export interface MadeFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Vectors, a loop for ever, data (6 KB unless given); the flash configuration field leaves the chip open, or secures it. */
export function hexFile(locking = false, length = 0x1800): MadeFile {
  const start = new Uint8Array(0x102);
  start.set([0x00, 0x10, 0x00, 0x20, 0x01, 0x01]);
  start.set([0xfe, 0xe7], 0x100);
  const field = Uint8Array.from({ length: 16 }, (_, i) => (i === 12 ? (locking ? 0x00 : 0xfe) : 0xff));
  const data = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
  const segments = [
    { address: 0, bytes: start, name: "" },
    { address: 0x400, bytes: field, name: "" },
    { address: 0x8000, bytes: data, name: "" },
  ];
  return { name: "image.hex", mimeType: "text/plain", buffer: Buffer.from(writeHex({ segments })) };
}
