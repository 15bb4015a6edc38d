import type { State } from "../state.ts";
import { attention, type Core } from "../core.ts";
import { readDwt, writeDwt } from "../debug/dwt.ts";
import { readFpb, writeFpb } from "../debug/fpb.ts";
import { readNvic, writeNvic } from "./nvic.ts";
import { type Master, SCS_REGISTERS } from "./scs-registers.ts";
import { type AccessSize, NOT_CPU } from "../seam.ts";
import { readSysTick, writeSysTick } from "./systick.ts";

/** CID and PIDR3..0 of the core's own CoreSight components, by page (J-Link's ROM table walk of a K24; PIDR4 is 4). */
const COMPONENTS: ReadonlyMap<number, { readonly cid: number; readonly pid: number }> = new Map([
  [0xe0000000, { cid: 0xb105e00d, pid: 0x003bb001 }],
  [0xe0001000, { cid: 0xb105e00d, pid: 0x003bb002 }],
  [0xe0002000, { cid: 0xb105e00d, pid: 0x002bb003 }],
  [0xe000e000, { cid: 0xb105e00d, pid: 0x000bb00c }],
]);

/** First offset of the ID registers in a component's 4 KB page: PIDR4. */
const FIRST_ID_OFFSET = 0xfd0;

const ITM_UNLOCK_KEY = 0xc5acce55;
const PAGES = { itm: 0xe0000000, dwt: 0xe0001000, fpb: 0xe0002000, scs: 0xe000e000 } as const;
const OWN_PAGES: ReadonlySet<number> = new Set(Object.values(PAGES));

const pageOf = (address: number): number => (address & 0xfffff000) >>> 0;

const isSysTick = (address: number): boolean => address >= 0xe000e010 && address <= 0xe000e01c;
const isNvic = (address: number): boolean => address >= 0xe000e100 && address < 0xe000e4f0;

function readScs(core: Core, address: number, master: Master): number {
  if (isSysTick(address)) return readSysTick(core.state, address);
  if (isNvic(address)) return readNvic(core.state, address);
  return SCS_REGISTERS.get(address)?.read?.(core, master) ?? 0;
}

function readWord(core: Core, address: number, master: Master): number {
  const page = pageOf(address);
  if ((address & 0xfff) >= FIRST_ID_OFFSET) return componentId(page, address & 0xfff);
  if (page === PAGES.scs) return readScs(core, address, master);
  if (page === PAGES.dwt) return readDwt(core.state, address);
  if (page === PAGES.fpb) return readFpb(core.state, address);
  return readItm(core.state, address);
}

function writeScs(core: Core, address: number, value: number, master: Master): void {
  if (isSysTick(address)) writeSysTick(core.state, address, value);
  else if (isNvic(address)) writeNvic(core.state, address, value);
  else {
    const register = SCS_REGISTERS.get(address);
    if (!register?.debugOnly || master === "debug") register?.write?.(core, value);
  }
  attention(core);
}

function writeWord(core: Core, address: number, value: number, master: Master): void {
  const page = pageOf(address);
  if (page === PAGES.scs) writeScs(core, address, value, master);
  else if (page === PAGES.dwt) writeDwt(core, address, value);
  else if (page === PAGES.fpb) writeFpb(core, address, value);
  else writeItm(core.state, address, value);
}

/** Whether a narrow write at this word stands alone: the bytes beside it count as 0 instead of as they are. */
const strobes = (address: number): boolean =>
  (isNvic(address) && address < 0xe000e400) || SCS_REGISTERS.get(address)?.strobes === true;

const maskOf = (size: AccessSize): number => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1);

/** Reads the core's part of the private peripheral bus, by byte lanes; `NOT_CPU` for the chip's part. */
export function ppbRead(core: Core, address: number, size: AccessSize, master: Master): number {
  if (!OWN_PAGES.has(pageOf(address))) return NOT_CPU;
  const word = readWord(core, (address & ~3) >>> 0, master);
  return ((word >>> (8 * (address & 3))) & maskOf(size)) >>> 0;
}

/** Writes the core's part of the private peripheral bus; answers 0, or `NOT_CPU`. */
export function ppbWrite(core: Core, address: number, size: AccessSize, value: number, master: Master): number {
  if (!OWN_PAGES.has(pageOf(address))) return NOT_CPU;
  const at = (address & ~3) >>> 0;
  const shift = 8 * (address & 3);
  const mask = (maskOf(size) << shift) | 0;
  const beside = size === 4 || strobes(at) ? 0 : readWord(core, at, master) & ~mask;
  writeWord(core, at, ((value << shift) & mask) | beside, master);
  return 0;
}

const byteOf = (value: number, index: number): number => (value >>> (8 * index)) & 0xff;

/** The word at `offset` (0xFD0 to 0xFFC) of the component at `page` (CoreSight: one byte of ID per word). */
function componentId(page: number, offset: number): number {
  const ids = COMPONENTS.get(page);
  if (!ids) return 0;
  if (offset >= 0xff0) return byteOf(ids.cid, (offset - 0xff0) >> 2);
  if (offset >= 0xfe0) return byteOf(ids.pid, (offset - 0xfe0) >> 2);
  return offset === FIRST_ID_OFFSET ? 4 : 0;
}

/** Reads an ITM register (0xE0000000 page). A stimulus port is always ready; nothing listens to it. */
function readItm(s: State, address: number): number {
  const offset = address - 0xe0000000;
  if (offset < 0x80) return s.itmTcr & 1 ? 1 : 0;
  if (offset === 0xe00) return s.itmTer;
  if (offset === 0xe40) return s.itmTpr;
  if (offset === 0xe80) return s.itmTcr;
  return offset === 0xfb4 ? (s.itmUnlocked ? 1 : 3) : 0;
}

/** Writes an ITM register: LAR unlocks with C5ACCE55, and the control registers obey only then. */
function writeItm(s: State, address: number, value: number): void {
  const offset = address - 0xe0000000;
  if (offset === 0xfb0) s.itmUnlocked = value >>> 0 === ITM_UNLOCK_KEY ? 1 : 0;
  if (!s.itmUnlocked) return;
  if (offset === 0xe00) s.itmTer = value >>> 0;
  if (offset === 0xe40) s.itmTpr = value & 15;
  if (offset === 0xe80) s.itmTcr = value & 0x007f0f1f;
}
