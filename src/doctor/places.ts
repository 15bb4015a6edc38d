import { address32 } from "../base/u32.ts";
import type { Difference } from "../flash/verify.ts";
import type { ImageSymbol } from "../image/image.ts";

/** Where in the program a run of differing bytes lies, as its ELF file names it. */
export interface Place {
  readonly address: number;
  readonly length: number;
  /** The section that holds its first byte: `.text`. */
  readonly section?: string;
  /** The function or variable that holds its first byte. */
  readonly symbol?: string;
  /** Bytes from the start of that function or variable. */
  readonly offset?: number;
  /** `0x00005010 in crc32+0x4 (.text)`; only the address where the file names nothing. */
  readonly text: string;
}

/** Most differences that are placed: more are not read. */
const MOST = 64;

/** The places of the first differences; an image without symbols (raw, HEX) gives addresses only. */
export const placesOf = (differences: readonly Difference[], symbols: readonly ImageSymbol[] = []): readonly Place[] =>
  differences.slice(0, MOST).map((difference) => placeOf(difference, symbols));

function placeOf({ address, expected }: Difference, symbols: readonly ImageSymbol[]): Place {
  const holders = symbols.filter((s) => address >= s.address && address < s.address + s.length);
  const section = holders.find(({ kind }) => kind === "section")?.name;
  const named = holders.filter(({ kind }) => kind !== "section").sort((a, b) => a.length - b.length)[0];
  const offset = named && address - named.address;
  const symbol = named && `${named.name}${offset ? `+0x${offset.toString(16).toUpperCase()}` : ""}`;
  const inside = symbol ? ` in ${symbol}${section ? ` (${section})` : ""}` : section ? ` in ${section}` : "";
  return {
    address,
    length: expected.length,
    ...(section === undefined ? {} : { section }),
    ...(named && offset !== undefined ? { symbol: named.name, offset } : {}),
    text: `${address32(address)}${inside}`,
  };
}
