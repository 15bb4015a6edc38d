import { hex16, hex32, hex8 } from "../../../base/u32.ts";

/** Bytes that one line of a dump holds. */
const PER_LINE = 16;

/** The answer to `mem`: bytes in two groups of eight, and as characters [L V6 on]. */
export const dumpMem = (address: number, bytes: Uint8Array): readonly string[] =>
  dump(address, bytes, (line) => `${bytesInGroups(line).padEnd(PER_LINE * 3 + 1)} ${characters(line)}`);

/** The answer to `mem8`: bytes, each with a blank behind it [L V7]. */
export const dumpMem8 = (address: number, bytes: Uint8Array): readonly string[] =>
  dump(address, bytes, (line) => items(line, 1));

/** The answer to `mem16`: eight halfwords a line (unsure: no public log). */
export const dumpMem16 = (address: number, bytes: Uint8Array): readonly string[] =>
  dump(address, bytes, (line) => items(line, 2));

/** The answer to `mem32`: four words a line, each with a blank behind it [L V7]. */
export const dumpMem32 = (address: number, bytes: Uint8Array): readonly string[] =>
  dump(address, bytes, (line) => items(line, 4));

/** The answer to `mem64`: two double words a line (unsure: no public log). */
export const dumpMem64 = (address: number, bytes: Uint8Array): readonly string[] =>
  dump(address, bytes, (line) => items(line, 8));

function dump(address: number, bytes: Uint8Array, format: (line: Uint8Array) => string): readonly string[] {
  return Array.from({ length: Math.ceil(bytes.length / PER_LINE) }, (_, i) => {
    const line = bytes.subarray(i * PER_LINE, (i + 1) * PER_LINE);
    return `${hex32(address + i * PER_LINE)} = ${format(line)}`;
  });
}

const bytesInGroups = (line: Uint8Array) =>
  [...line].map((byte, i) => `${hex8(byte)} ${i === PER_LINE / 2 - 1 ? " " : ""}`).join("");

const characters = (line: Uint8Array) =>
  [...line].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");

/** Little-endian numbers of `size` bytes, most significant digit first. */
function items(line: Uint8Array, size: number): string {
  let text = "";
  for (let at = 0; at < line.length; at += size) {
    text += [...line.subarray(at, at + size)].reverse().map(hex8).join("") + " ";
  }
  return text;
}

/** Memory that can't be read [L V7]. */
export const memoryUnreadable = (): readonly string[] => ["Could not read memory."];

/** Memory that can't be written (unsure). */
export const memoryUnwritable = (): readonly string[] => ["Could not write memory."];

/** The answer to `w1`, `w2`, `w4`: as many digits as the item has [L V7 for `w4`; the others (unsure)]. */
export const memoryWritten = (address: number, value: number, size: 1 | 2 | 4): readonly string[] => [
  `Writing ${{ 1: hex8, 2: hex16, 4: hex32 }[size](value)} -> ${hex32(address)}`,
];

/** The answer to `w8` (unsure). */
export const doubleWordWritten = (address: number, value: bigint): readonly string[] => [
  `Writing ${value.toString(16).toUpperCase().padStart(16, "0")} -> ${hex32(address)}`,
];
