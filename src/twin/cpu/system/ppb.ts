import { attention, type Core, type Master } from "../core.ts";
import { readDwt, writeDwt } from "../debug/dwt.ts";
import { isStimulus, readItm, writeItm, writeStimulus } from "../debug/itm.ts";
import { isTracePort, readTracePort, writeTracePort } from "../debug/trace-port.ts";
import { readFpb, writeFpb } from "../debug/fpb.ts";
import { readNvic, writeNvic } from "./nvic.ts";
import { PAGES } from "../profiles/components.ts";
import { type AccessSize, NOT_CPU } from "../seam.ts";
import { readSysTick, writeSysTick } from "./systick.ts";

/** First offset of the ID registers in a component's 4 KB page, DEVARCH's block, and PIDR4 in it. */
const FIRST_ID_OFFSET = 0xfbc;
const PIDR4 = 0xfd0;

const OWN_PAGES: ReadonlySet<number> = new Set(Object.values(PAGES));

/** Of the TPIU the registers that the pin obeys; what it is stands on the chip's page. */
const TPIU = 0xe0040000;

const pageOf = (address: number): number => (address & 0xfffff000) >>> 0;

const hasItm = ({ profile }: Core): boolean => profile.components.some(({ base }) => base === PAGES.itm);

const isOwn = (core: Core, address: number): boolean =>
  OWN_PAGES.has(pageOf(address)) || (pageOf(address) === TPIU && isTracePort(address & 0xfff) && hasItm(core));

const isSysTick = (address: number): boolean => address >= 0xe000e010 && address <= 0xe000e01c;
const isNvic = (address: number): boolean => address >= 0xe000e100 && address < 0xe000e4f0;

function readScs(core: Core, address: number, master: Master): number {
  if (isSysTick(address)) return readSysTick(core.state, address, master);
  if (isNvic(address)) return readNvic(core, address);
  return core.tables.scs.get(address)?.read?.(core, master) ?? 0;
}

function readWord(core: Core, address: number, master: Master): number {
  const page = pageOf(address);
  if ((address & 0xfff) >= FIRST_ID_OFFSET) return componentId(core, page, address & 0xfff);
  if (page === TPIU) return readTracePort(core, address & 0xfff);
  if (page === PAGES.scs) return readScs(core, address, master);
  if (page === PAGES.dwt) return readDwt(core, address);
  if (page === PAGES.fpb) return readFpb(core, address);
  return readItm(core, address);
}

function writeScs(core: Core, address: number, value: number, master: Master): void {
  if (isSysTick(address)) writeSysTick(core.state, address, value);
  else if (isNvic(address)) writeNvic(core, address, value);
  else {
    const register = core.tables.scs.get(address);
    if (!register?.debugOnly || master === "debug") register?.write?.(core, value);
  }
  attention(core);
}

function writeWord(core: Core, address: number, value: number, master: Master): void {
  const page = pageOf(address);
  if (page === TPIU) writeTracePort(core, address & 0xfff, value);
  else if (page === PAGES.scs) writeScs(core, address, value, master);
  else if (page === PAGES.dwt) writeDwt(core, address, value);
  else if (page === PAGES.fpb) writeFpb(core, address, value);
  else writeItm(core.state, address, value);
}

/** Whether a narrow write at this word stands alone: the bytes beside it count as 0 instead of as they are. */
const strobes = (core: Core, address: number): boolean =>
  (isNvic(address) && address < 0xe000e400) || core.tables.scs.get(address)?.strobes === true;

const maskOf = (size: AccessSize): number => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1);

/** Reads the core's part of the private peripheral bus, by byte lanes; `NOT_CPU` for the chip's part. */
export function ppbRead(core: Core, address: number, size: AccessSize, master: Master): number {
  if (!isOwn(core, address)) return NOT_CPU;
  const word = readWord(core, (address & ~3) >>> 0, master);
  return ((word >>> (8 * (address & 3))) & maskOf(size)) >>> 0;
}

/** Writes the core's part of the private peripheral bus; answers 0, or `NOT_CPU`. */
export function ppbWrite(core: Core, address: number, size: AccessSize, value: number, master: Master): number {
  if (!isOwn(core, address)) return NOT_CPU;
  if (isStimulus(address)) {
    writeStimulus(core, address, size, value);
    return 0;
  }
  const at = (address & ~3) >>> 0;
  const shift = 8 * (address & 3);
  const mask = (maskOf(size) << shift) | 0;
  const beside = size === 4 || strobes(core, at) ? 0 : readWord(core, at, master) & ~mask;
  writeWord(core, at, ((value << shift) & mask) | beside, master);
  return 0;
}

const byteOf = (value: number, index: number): number => (value >>> (8 * index)) & 0xff;

/** The word at `offset` (0xFBC to 0xFFC) of the component at `page` (CoreSight: one byte of ID per word). */
function componentId({ profile }: Core, page: number, offset: number): number {
  const ids = profile.components.find(({ base }) => base === page);
  if (!ids) return 0;
  if (offset >= 0xff0) return byteOf(ids.cid, (offset - 0xff0) >> 2);
  if (offset >= 0xfe0) return byteOf(ids.pid, (offset - 0xfe0) >> 2);
  return offset === PIDR4 ? 4 : (ids.words[offset] ?? 0);
}
