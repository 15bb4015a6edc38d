import type { Image } from "../image.ts";

/** Pages of addresses that code names: of every 32-bit constant, its upper 22 bits. */
export const PAGE = 0x400;

/** Constants below these lie in flash and RAM, of which every image is full. */
const PERIPHERALS = { start: 0x4000_0000, end: 0xe010_0000 };
const OTHERS = new Set([
  0x1000_0000,
  0x1000_1000,
  0x00ff_0000,
  0x00ff_8000,
  0x0080_0000,
  0x0080_6000,
  0x0fe0_8000,
  0x0fe0_81b0 & ~(PAGE - 1),
  0x1800_0000,
  0x2009_8000,
  0x2009_c000,
]);

/**
 * The pages of peripherals that an image's code names: words in its literal pools, and what MOVW and MOVT put together
 * (ARMv7-M ARM, A7.7.76 and A7.7.79). Words of data that only look like an address are among them, so that a page says
 * little and several of one family say much. A page is true where a constant is its very first address, as that of a
 * peripheral is; instructions that look like an address hardly ever are.
 */
export function peripheralPages(image: Pick<Image, "segments">): ReadonlyMap<number, boolean> {
  const pages = new Map<number, boolean>();
  for (const { address, bytes } of image.segments) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = -address & 3; at + 4 <= bytes.length; at += 4) take(view.getUint32(at, true), pages);
    for (let at = -address & 1; at + 8 <= bytes.length; at += 2) takePair(view, at, pages);
  }
  return pages;
}

function take(word: number, pages: Map<number, boolean>): void {
  const page = (word & ~(PAGE - 1)) >>> 0;
  if ((page >= PERIPHERALS.start && page < PERIPHERALS.end) || OTHERS.has(page))
    pages.set(page, pages.get(page) === true || word === page);
}

const MOVW = 0xf240;
const MOVT = 0xf2c0;
const MOV_MASK = 0xfbf0;
/** Halfwords between MOVW and its MOVT, at most: the compiler may put one instruction between them. */
const FARTHEST = 8;

/** A MOVW at this place, and the MOVT that gives the same register its upper half. */
function takePair(view: DataView, at: number, pages: Map<number, boolean>): void {
  if ((view.getUint16(at, true) & MOV_MASK) !== MOVW) return;
  const register = (view.getUint16(at + 2, true) >> 8) & 0xf;
  for (let next = at + 4; next <= at + FARTHEST && next + 4 <= view.byteLength; next += 2) {
    const isUpper = (view.getUint16(next, true) & MOV_MASK) === MOVT;
    if (isUpper && ((view.getUint16(next + 2, true) >> 8) & 0xf) === register) {
      take(((immediate(view, next) << 16) | immediate(view, at)) >>> 0, pages);
      return;
    }
  }
}

/** The 16-bit immediate of a MOVW or MOVT: imm4:i:imm3:imm8. */
function immediate(view: DataView, at: number): number {
  const [first, second] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  return ((first & 0xf) << 12) | (((first >> 10) & 1) << 11) | (((second >> 12) & 7) << 8) | (second & 0xff);
}
