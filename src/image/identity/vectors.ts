import type { Image } from "../image.ts";
import { covers, imageBytes, readAt } from "../image-bytes.ts";

/** The beginning of a Cortex-M vector table. */
export interface VectorTable {
  readonly address: number;
  /** The initial stack pointer. */
  readonly stack: number;
  /** The reset vector, with its Thumb bit. */
  readonly reset: number;
}

/** Where RAM lies on Cortex-M: the SRAM region, and what vendors put below it or beside their code. */
const RAM: readonly (readonly [start: number, end: number])[] = [
  [0x1fff_0000, 0x2100_0000],
  [0x2400_0000, 0x2410_0000],
  [0x3000_0000, 0x3010_0000],
  [0x3800_0000, 0x3802_0000],
  [0x1000_0000, 0x1005_0000],
  [0x1800_0000, 0x1801_0000],
  [0x0080_0000, 0x0084_0000],
  [0x8000_0000, 0x8400_0000],
];

/** A stack pointer of a program: in RAM or one past its end, and aligned. */
export const isStack = (value: number): boolean =>
  value % 4 === 0 && RAM.some(([start, end]) => value > start && value <= end);

/** Eight vectors, of which the last four are reserved on every Cortex-M or faults. */
const TABLE_LENGTH = 16;
/** NMI and HardFault, which every program has and which point to code or to nothing. */
const FAULTS = [8, 12];

/** The vector table at an address, if there is one: its reset vector points into the image. */
function vectorsAt(image: Pick<Image, "segments">, address: number): VectorTable | undefined {
  if (!covers(image, address, TABLE_LENGTH)) return undefined;
  const view = new DataView(imageBytes(image, address, TABLE_LENGTH).buffer);
  const [stack, reset] = [view.getUint32(0, true), view.getUint32(4, true)];
  const faults = FAULTS.map((at) => view.getUint32(at, true));
  const fits = isStack(stack) && isCode(image, reset) && faults.every((word) => word === 0 || word % 2 === 1);
  return fits ? { address, stack, reset } : undefined;
}

const isCode = (image: Pick<Image, "segments">, reset: number): boolean =>
  reset % 2 === 1 && readAt(image, reset - 1) !== undefined;

/** Places behind an image's beginning where headers and boot loaders leave the vectors. */
const BEHIND = [0, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x2400, 0x3000, 0x4000, 0x8000, 0xc000, 0x10000];
/** Segments that are looked into. */
const MOST_SEGMENTS = 64;

/** The vector tables of an image, in the order of their addresses: at its segments' beginnings and behind usual headers. */
export function vectorTables(image: Pick<Image, "segments">): readonly VectorTable[] {
  const starts = image.segments.slice(0, MOST_SEGMENTS).map(({ address }) => address);
  const places = [...new Set(starts.flatMap((start) => BEHIND.map((offset) => start + offset)))].sort((a, b) => a - b);
  return places.flatMap((place) => vectorsAt(image, place) ?? []);
}
