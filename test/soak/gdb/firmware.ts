import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";
import type { Chance } from "../../support/chance.ts";
import { COUNTING } from "../../support/gdb-client.ts";

/** Sectors of the K24's flash, in bytes. */
export const SECTOR = 0x1000;

/** Where the program begins, and the first instruction of its loop. */
const CODE = 0x420;

/** What a session stops at: an instruction that comes again and again, and the word that it writes. */
export const PLACES = { loop: CODE + COUNTING.loop.start - COUNTING.address, counter: COUNTING.counter } as const;

/** Whole sectors: one with vectors, an open configuration field and the counting program, and up to four of anything. */
export function firmware(chance: Chance): Image {
  const first = chance.bytes(SECTOR);
  const view = new DataView(first.buffer);
  for (let at = 0; at < 0x400; at += 4) view.setUint32(at, CODE + 1, true);
  view.setUint32(0, 0x20030000, true);
  first.fill(0xff, 0x400, 0x410);
  first[0x40c] = 0xfe;
  first.set(Buffer.from(COUNTING.code, "hex"), CODE);
  const more = Array.from({ length: chance.below(5) }, (_, i) => ({
    name: `part ${i}`,
    address: 0x8000 + SECTOR * (2 * i + chance.below(2)),
    bytes: chance.bytes(SECTOR),
  }));
  return buildImage({ format: "raw", segments: [{ name: "program", address: 0, bytes: first }, ...more] });
}

/** What flash holds once an image is programmed: the image where it is, and what stood there elsewhere. */
export function programmed(flash: Uint8Array, image: Image): Uint8Array {
  const after = flash.slice();
  for (const { address, bytes } of image.segments) after.set(bytes, address);
  return after;
}
