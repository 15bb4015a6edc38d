import type { MemoryRange } from "../image-bytes.ts";
import { rawPlaces } from "../raw-place.ts";
import { imxrtBase } from "./parts/imxrt.ts";
import { mcubootHeaderLength } from "./parts/mcuboot.ts";
import { isBoot2 } from "./parts/rp2.ts";
import { isStack } from "./vectors.ts";

/** Where a raw file belongs, by its own bytes. */
export interface BaseGuess {
  readonly base: number;
  readonly why: string;
}

/** Windows in which flash begins, the widest first to be looked into, and the step at which programs begin there. */
const WINDOWS: readonly (MemoryRange & { readonly step: number })[] = [
  { start: 0x0000_0000, length: 0x40_0000, step: 0x400 },
  { start: 0x0800_0000, length: 0x40_0000, step: 0x400 },
  { start: 0x1000_0000, length: 0x40_0000, step: 0x1000 },
  { start: 0x1400_0000, length: 0x40_0000, step: 0x1000 },
  { start: 0x1a00_0000, length: 0x10_0000, step: 0x1000 },
  { start: 0x3000_0000, length: 0x80_0000, step: 0x1000 },
  { start: 0x6000_0000, length: 0x80_0000, step: 0x1000 },
  { start: 0x7000_0000, length: 0x80_0000, step: 0x1000 },
];

/** Headers before the vectors: none, boot2, and the usual ones of boot loaders. */
const OFFSETS = [0, 0x100, 0x200, 0x400, 0x1000, 0x2000];
const EVERYWHERE: readonly MemoryRange[] = [{ start: 0, length: 0xffff_ffff }];

/**
 * Guesses where a raw file belongs: the lowest address at which its vectors fit and most of its pointers lead to
 * functions. Undefined where it has no vectors.
 */
export function guessBase(bytes: Uint8Array): BaseGuess | undefined {
  const table = imxrtBase({ segments: [{ name: "raw", address: 0, bytes }] });
  if (table !== undefined) return { base: table, why: "its image vector table says so" };
  for (const offset of offsetsOf(bytes)) {
    const guess = baseFor(bytes, offset);
    if (guess) return guess;
  }
  return undefined;
}

function offsetsOf(bytes: Uint8Array): readonly number[] {
  if (isBoot2(bytes)) return [0x100];
  const header = bytes.length < 32 ? 0 : mcubootHeaderLength({ segments: [{ name: "raw", address: 0, bytes }] }, 0);
  return header > 0 ? [header] : OFFSETS;
}

function baseFor(bytes: Uint8Array, offset: number): BaseGuess | undefined {
  if (bytes.length < offset + 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [stack, reset, nmi, fault] = [0, 4, 8, 12].map((at) => view.getUint32(offset + at, true));
  if (!isStack(stack) || reset % 2 === 0) return undefined;
  if ([nmi, fault].some((word) => word !== 0 && word % 2 === 0)) return undefined;
  const window = WINDOWS.find(({ start, length }) => reset >= start && reset < start + length);
  if (!window) return undefined;
  const place = placeIn(bytes.subarray(offset), window, offset);
  if (place === undefined) return undefined;
  const behind = offset > 0 ? `, its vectors 0x${offset.toString(16).toUpperCase()} behind it` : "";
  return { base: place - offset, why: `its reset vector points there${behind}` };
}

/** The place of the vectors: of the window's beginning where it fits best or as well as others, else the lowest. */
function placeIn(
  code: Uint8Array,
  { start, length, step }: (typeof WINDOWS)[number],
  offset: number,
): number | undefined {
  // A file may be longer than the window, which then holds only its beginning.
  const flash = { start: start + offset, length: Math.max(length, code.length) };
  const places = rawPlaces(code, { ram: EVERYWHERE, flash, step });
  return places.includes(flash.start) ? flash.start : places[0];
}
