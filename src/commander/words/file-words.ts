import { address32 } from "../../base/u32.ts";
import type { Image, ImageFormat } from "../../image/image.ts";

const FORMATS: { readonly [Format in ImageFormat]: string } = {
  raw: "a raw file",
  hex: "Intel HEX",
  srec: "S-records",
  elf: "ELF",
  uf2: "UF2",
};

/** Where a file goes that brings its own addresses and is given another one; undefined where nothing is moved. */
export function movedText({ format, segments }: Image, path: string, offset: number | undefined): string | undefined {
  if (format === "raw" || offset === undefined || offset === 0) return undefined;
  const start = Math.min(...segments.map(({ address }) => address));
  const end = Math.max(...segments.map(({ address, bytes }) => address + bytes.length)) - 1;
  const range = (by: number) => `${address32(start - by)}-${address32(end - by)}`;
  return `${path} is ${FORMATS[format]} with addresses of its own: ${address32(offset)} is added to each, so it goes to ${range(0)} and not to ${range(offset)} (what J-Link does with an address here is unsure)`;
}

/** A file for other addresses of the flash: what it begins at, and where those bytes are. */
export const aliasText = (path: string, address: number, own: number): string =>
  `${path} is for ${address32(address)}, which is another address of the flash at ${address32(own)}: it is programmed there`;

/** The same of a file that isn't there, by the format that its name says. */
export function movedByName(path: string, format: ImageFormat | undefined, offset: number | undefined) {
  if (format === undefined || format === "raw" || offset === undefined || offset === 0) return undefined;
  return `${path} is ${FORMATS[format]} by its name, with addresses of its own: ${address32(offset)} is added to each (what J-Link does with an address here is unsure)`;
}

/** What `verifybin` makes of a file that isn't raw; undefined for a raw one. */
export const comparedAsText = (path: string, content: ImageFormat | undefined): string | undefined =>
  content === undefined
    ? undefined
    : `${path} is ${FORMATS[content]}: verifybin compares the file's own bytes, not the firmware that they describe`;

/** What to do instead. */
export const VERIFY_INSTEAD =
  "To compare what it describes: flashproof verify FILE --chip CHIP; or verifybin of the raw file (objcopy -O binary).";
