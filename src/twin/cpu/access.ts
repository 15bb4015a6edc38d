import { attention, type Core } from "./core.ts";
import { watch } from "./debug/dwt.ts";
import { traceData } from "./debug/dwt-trace.ts";
import { CFSR, dataBusFault, stopHere, usageFault } from "./system/faults.ts";
import { regionAt } from "./memories.ts";
import { ppbRead, ppbWrite } from "./system/ppb.ts";
import { NO_REGION, type Region } from "./regions.ts";
import { type AccessSize, BUS_FAULT, NOT_CPU } from "./seam.ts";
import { privileged } from "./system/special-registers.ts";

const UNALIGN_TRP = 8;
const USERSETMPEND = 2;
const STIR = 0xe000ef00;

/** Slow accesses to one other memory after which the interpreter makes it its first choice. */
const SWITCH_AFTER = 256;

/** Makes a memory that is often wanted the interpreter's first choice. */
function noteOther(core: Core, region: Region): void {
  if (region === core.data || ++core.otherData < SWITCH_AFTER) return;
  core.otherData = 0;
  core.data = region;
  attention(core);
}

const isPpb = (address: number): boolean => address >>> 20 === 0xe00;

const ppbAllowed = (core: Core, address: number): boolean =>
  privileged(core.state) || (address === STIR && (core.state.ccr & USERSETMPEND) !== 0);

/** After the chip had its say: its memories may have closed, or it may have reset the core in mid-instruction. */
function afterBus(core: Core, epoch: number): void {
  if (core.epoch !== epoch) stopHere(core);
  if (!core.data.memory.direct || !core.codeMemory.memory.direct) attention(core);
}

function busRead(core: Core, address: number, size: AccessSize): number {
  const epoch = core.epoch;
  const value = core.bus.read(address, size);
  afterBus(core, epoch);
  return value;
}

function busWrite(core: Core, address: number, size: AccessSize, value: number): number {
  const epoch = core.epoch;
  const answer = core.bus.write(address, size, value);
  afterBus(core, epoch);
  return answer;
}

/** What the private peripheral bus answers, or `NOT_CPU` when the address is the chip's. */
function ppbAccess(core: Core, address: number, size: AccessSize, value?: number): number {
  if (!isPpb(address)) return NOT_CPU;
  if (!ppbAllowed(core, address)) return BUS_FAULT;
  if (address & (size - 1)) usageFault(core, CFSR.UNALIGNED);
  if (value === undefined) return ppbRead(core, address, size, "core");
  const epoch = core.epoch;
  const answer = ppbWrite(core, address, size, value, "core");
  if (core.epoch !== epoch) stopHere(core);
  return answer;
}

function readRegion(core: Core, region: Region, offset: number, size: AccessSize): number {
  noteOther(core, region);
  if (size === 1) return region.u8[offset];
  return size === 2 ? region.u16[offset >> 1] : region.i32[offset >> 2] >>> 0;
}

function writeRegion(core: Core, region: Region, offset: number, size: AccessSize, value: number): void {
  noteOther(core, region);
  if (size === 1) region.u8[offset] = value;
  else if (size === 2) region.u16[offset >> 1] = value;
  else region.i32[offset >> 2] = value;
  region.forget(offset, size);
}

/** An aligned access within one memory or register; `BUS_FAULT` comes back as it is. */
function readAligned(core: Core, address: number, size: AccessSize): number {
  const region = regionAt(core, address);
  if (region !== NO_REGION) return readRegion(core, region, address - region.base, size);
  core.slowReads++;
  core.slowAddress = address;
  core.slowSize = size;
  const own = ppbAccess(core, address, size);
  return own === NOT_CPU ? busRead(core, address, size) : own;
}

function writeAligned(core: Core, address: number, size: AccessSize, value: number): number {
  const region = regionAt(core, address);
  if (region !== NO_REGION && region.memory.writable) {
    writeRegion(core, region, address - region.base, size, value);
    return 0;
  }
  const own = ppbAccess(core, address, size, value);
  return own === NOT_CPU ? busWrite(core, address, size, value) : own;
}

/** The byte and bit behind a bit-band alias address (ARMv7-M ARM B3.1.1; K24: SRAM_U and the peripherals). */
const bitBandTarget = (address: number): number =>
  ((address & 0xf0000000) >>> 0) + (((address & 0x01ffffff) >>> 5) & 0xfffff);

const isBitBand = (address: number): boolean => address >>> 25 === 0x11 || address >>> 25 === 0x21;

const bandBit = (address: number, size: AccessSize): number =>
  ((address >>> 2) & 7) + 8 * (bitBandTarget(address) & (size - 1));

function readPiece(core: Core, address: number, size: AccessSize): number {
  if (!core.profile.bitBand || !isBitBand(address)) return readAligned(core, address, size);
  const word = readAligned(core, bitBandTarget(address) & -size, size);
  return word < 0 ? word : (word >>> bandBit(address, size)) & 1;
}

function writePiece(core: Core, address: number, size: AccessSize, value: number): number {
  if (!core.profile.bitBand || !isBitBand(address)) return writeAligned(core, address, size, value);
  const target = bitBandTarget(address) & -size;
  const word = readAligned(core, target, size);
  const bit = 1 << bandBit(address, size);
  return word < 0 ? word : writeAligned(core, target, size, (value & 1 ? word | bit : word & ~bit) >>> 0);
}

function checkAlignment(core: Core, address: number, size: AccessSize): boolean {
  if ((address & (size - 1)) === 0) return true;
  if (core.state.ccr & UNALIGN_TRP || isPpb(address)) usageFault(core, CFSR.UNALIGNED);
  return false;
}

function loadPieces(core: Core, address: number, size: AccessSize): number {
  if (core.watching) watch(core, address, size, false);
  const step: AccessSize = checkAlignment(core, address, size) ? size : 1;
  let value = 0;
  for (let done = 0; done < size; done += step) {
    const piece = readPiece(core, (address + done) >>> 0, step);
    if (piece < 0) dataBusFault(core, address + done);
    value |= piece << (8 * done);
  }
  if (core.watching) traceData(core, address, size, false, value);
  return value >>> 0;
}

function storePieces(core: Core, address: number, size: AccessSize, value: number): void {
  if (core.watching) {
    watch(core, address, size, true);
    traceData(core, address, size, true, value);
  }
  const step: AccessSize = checkAlignment(core, address, size) ? size : 1;
  const mask = step === 4 ? 0xffffffff : (1 << (8 * step)) - 1;
  for (let done = 0; done < size; done += step) {
    const piece = ((value >>> (8 * done)) & mask) >>> 0;
    if (writePiece(core, (address + done) >>> 0, step, piece) < 0) dataBusFault(core, address + done);
  }
}

/** The memory that a plain aligned access may use without further checks, or `NO_REGION`. */
const plainRegion = (core: Core, address: number, size: AccessSize): Region =>
  core.watching || (address & (size - 1)) !== 0 ? NO_REGION : regionAt(core, address);

/**
 * Reads as an instruction does, unsigned: any alignment, bit-band, PPB; throws `FAULT`. `at` is any 32-bit number, `elapsed`
 * the cycles since the slice began, for the chip that reads the time.
 */
export function load(core: Core, at: number, size: AccessSize, elapsed: number): number {
  const address = at >>> 0;
  const region = plainRegion(core, address, size);
  if (region !== NO_REGION) return readRegion(core, region, address - region.base, size);
  core.state.cycles = core.sliceStart + elapsed;
  return loadPieces(core, address, size);
}

/** Writes as an instruction does; the counterpart of `load`. */
export function store(core: Core, at: number, size: AccessSize, value: number, elapsed: number): void {
  const address = at >>> 0;
  const region = plainRegion(core, address, size);
  if (region.memory.writable) {
    writeRegion(core, region, address - region.base, size, value);
    return;
  }
  core.state.cycles = core.sliceStart + elapsed;
  storePieces(core, address, size, value);
}

/** A word load as a signed number. */
export const load32 = (core: Core, at: number, elapsed: number): number => load(core, at, 4, elapsed) | 0;

/** A word access that must be aligned whatever CCR says: LDM, LDRD, LDREX, VLDR (ARMv7-M ARM A3.2.1). */
export function requireAligned(core: Core, at: number, size: AccessSize): void {
  if (at & (size - 1)) usageFault(core, CFSR.UNALIGNED);
}
