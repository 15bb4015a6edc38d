import { type AddressRange, HEADER_LENGTH, isMemory } from "./control-block.ts";

/**
 * Where a control block can be, hex with or without `0x` (unsure without): a word's address in memory. Undefined for anything
 * else: reading a peripheral may change it.
 */
export function parseBlockAddress(text: string | undefined): number | undefined {
  const address = parseHex(text);
  return address !== undefined && address % 4 === 0 && isMemory(address, HEADER_LENGTH) ? address : undefined;
}

/** `0x10000000 0x1000, 0x2000000 0x1000`: starts and lengths (wiki.segger.com/RTT), in memory; undefined for anything else. */
export function parseSearchRanges(text: string | undefined): readonly AddressRange[] | undefined {
  const ranges = (text ?? "").split(",").map((one) => {
    const [start, length, ...more] = one.trim().split(/\s+/).map(parseHex);
    return more.length > 0 ? undefined : searchRange(start, length);
  });
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

/** A range that can be searched; undefined where it is none in memory. */
export const searchRange = (start: number | undefined, length: number | undefined): AddressRange | undefined =>
  start !== undefined && length !== undefined && isMemory(start, length) ? { start, length } : undefined;

function parseHex(text: string | undefined): number | undefined {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text?.trim() ?? "") ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
