import type { AddressRange } from "./control-block.ts";

/** An address or a length, hex with or without `0x` (unsure without); undefined for anything else. */
export function parseAddress(text: string | undefined): number | undefined {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text?.trim() ?? "") ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** `0x10000000 0x1000, 0x2000000 0x1000`: starts and lengths (wiki.segger.com/RTT); undefined for anything else. */
export function parseSearchRanges(text: string | undefined): readonly AddressRange[] | undefined {
  const ranges = (text ?? "").split(",").map(parseRange);
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function parseRange(text: string): AddressRange | undefined {
  const [start, length, ...more] = text.trim().split(/\s+/).map(parseAddress);
  return start === undefined || length === undefined || more.length > 0 ? undefined : { start, length };
}
