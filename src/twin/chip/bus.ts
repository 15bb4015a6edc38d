import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import { type AccessSize, BUS_FAULT, type CpuMemory, NOT_CPU } from "../cpu/seam.ts";
import type { Peripheral } from "./peripherals/peripheral.ts";
import { type Master, type RefusalReason, RefusedAccesses } from "./refused-accesses.ts";

/** What an access answers that has to wait: nothing has happened yet, and it is to be tried again at `Bus.readyAt`. */
export const STALLED = -3;

/** A core's private peripheral bus, as one initiator sees it: `NOT_CPU` for what belongs to the chip. */
export interface PrivateBus {
  read(address: u32, size: AccessSize): number;
  write(address: u32, size: AccessSize, value: number): number;
}

/** Who asks: a core, or the debugger through the access port of a core, with that core's private bus. */
export interface Initiator {
  readonly master: Master;
  readonly privateBus?: PrivateBus;
}

/** Flash as it shows on the bus; answers are values, `BUS_FAULT` or `STALLED`. Offsets are from the window's base. */
export interface FlashWindow {
  read(offset: number, size: AccessSize, master: Master): number;
  write(offset: number, size: AccessSize, value: number, master: Master): number;
  /** When an access that has just been answered by `STALLED` can be tried again. */
  readonly readyAt?: Picoseconds;
}

/** One run of addresses and what answers there; aliases are further bases of the same thing. */
export type BusRegion = {
  readonly base: u32;
  readonly aliases?: readonly u32[];
} & (
  | { readonly of: "memory"; readonly memory: CpuMemory }
  | { readonly of: "flash"; readonly length: number; readonly window: FlashWindow }
  | {
      readonly of: "peripheral";
      readonly length: number;
      readonly peripheral: Peripheral & { readonly readyAt?: Picoseconds };
      /** Whether its clock is on; always, where absent. */
      readonly isClocked?: () => boolean;
      /** False where the twin has no more of it than a look whether it is on. */
      readonly isModelled?: false;
      /** Whether a master may use it now; always, where absent. */
      readonly permits?: (master: Master) => boolean;
    }
);

/** Words that stand for one bit each of the megabyte at `target`. */
export interface BitBand {
  readonly alias: u32;
  readonly target: u32;
}

/** The address map of a chip as data. */
export interface BusMap {
  readonly regions: readonly BusRegion[];
  readonly bitBands?: readonly BitBand[];
  /** The name of whatever an address belongs to, for the text of a refusal. */
  placeOf(address: u32): string;
  /** Whether an address belongs to a peripheral that the chip has and the twin hasn't. */
  isNotModelled(address: u32): boolean;
}

/** What the bus asks of the chip around it. */
export interface BusHooks {
  /** Bytes of a memory changed through this bus. */
  written(address: u32, size: AccessSize): void;
}

type PeripheralRegion = Extract<BusRegion, { of: "peripheral" }>;

interface Window<R> {
  readonly base: u32;
  readonly end: number;
  readonly region: R;
}

const BIT_BAND_LENGTH = 0x02000000;
const PRIVATE_BUS: u32 = 0xe0000000;

/** Everything that the cores or the debugger can reach. Accesses are aligned. */
export class Bus {
  /** Accesses to what isn't there, is shut, or isn't modelled. */
  readonly refused = new RefusedAccesses();
  /** When the access that was answered last by `STALLED` can be tried again. */
  readyAt: Picoseconds = 0;
  private readonly map: BusMap;
  private readonly hooks: BusHooks;
  private readonly memories: readonly Window<CpuMemory>[];
  private readonly flashes: readonly Window<FlashWindow>[];
  private readonly pages = new Map<number, Window<PeripheralRegion>>();

  constructor(map: BusMap, hooks: BusHooks) {
    this.map = map;
    this.hooks = hooks;
    this.memories = map.regions.flatMap((region) =>
      region.of === "memory" ? windowsOf(region, region.memory.bytes.length, region.memory) : [],
    );
    this.flashes = map.regions.flatMap((region) =>
      region.of === "flash" ? windowsOf(region, region.length, region.window) : [],
    );
    for (const region of map.regions) if (region.of === "peripheral") this.addPages(region);
  }

  /** The value at an aligned address, `BUS_FAULT`, or `STALLED`. */
  read(address: u32, size: AccessSize, by: Initiator): number {
    if (isCrossing(address, size)) return BUS_FAULT;
    const flash = at(this.flashes, address);
    if (flash) return this.answer(flash.region.read(address - flash.base, size, by.master), flash.region);
    const memory = at(this.memories, address);
    if (memory) return join(memory.region.bytes, address - memory.base, size);
    const bit = this.bitAt(address);
    if (bit) return this.readBit(bit, by);
    const value = this.readRegister(address, size, by);
    return value === BUS_FAULT ? this.miss(address, "read", by.master) : value;
  }

  /** Writes an aligned address; answers 0, `BUS_FAULT` or `STALLED`. */
  write(address: u32, size: AccessSize, value: number, by: Initiator): number {
    if (isCrossing(address, size)) return BUS_FAULT;
    const flash = at(this.flashes, address);
    if (flash) return this.answer(flash.region.write(address - flash.base, size, value, by.master), flash.region);
    const memory = at(this.memories, address);
    if (memory) return this.writeMemory(memory, address, size, value);
    const bit = this.bitAt(address);
    if (bit) return this.writeBit(bit, value, by);
    const result = this.writeRegister(address, size, value, by);
    return result === BUS_FAULT ? this.miss(address, "write", by.master) : result;
  }

  /** Whether a core may read a peripheral's register again without any effect, until the chip's next event. */
  isStable(address: u32, size: AccessSize): boolean {
    const page = this.bitAt(address) ? undefined : this.openPage(address, "core");
    return page?.region.peripheral.isStable?.(address - page.base, size) ?? false;
  }

  private addPages(region: PeripheralRegion): void {
    for (const window of windowsOf(region, region.length, region))
      for (let page = window.base; page < window.end; page += 0x1000) this.pages.set(page >>> 12, window);
  }

  private answer(value: number, from: { readonly readyAt?: Picoseconds }): number {
    if (value === STALLED) this.readyAt = from.readyAt ?? 0;
    return value;
  }

  private writeMemory(memory: Window<CpuMemory>, address: u32, size: AccessSize, value: number): number {
    if (!memory.region.writable) return BUS_FAULT;
    for (let i = 0; i < size; i++) memory.region.bytes[address - memory.base + i] = value >>> (8 * i);
    this.hooks.written(memory.region.base + address - memory.base, size);
    return 0;
  }

  private readRegister(address: u32, size: AccessSize, { master, privateBus }: Initiator): number {
    const own = address >= PRIVATE_BUS ? (privateBus?.read(address, size) ?? NOT_CPU) : NOT_CPU;
    if (own !== NOT_CPU) return own;
    const page = this.openPage(address, master);
    if (!page) return BUS_FAULT;
    const { peripheral } = page.region;
    return this.answer(peripheral.read(address - page.base, size), peripheral);
  }

  private writeRegister(address: u32, size: AccessSize, value: number, { master, privateBus }: Initiator): number {
    const own = address >= PRIVATE_BUS ? (privateBus?.write(address, size, value) ?? NOT_CPU) : NOT_CPU;
    if (own !== NOT_CPU) return own;
    const page = this.openPage(address, master);
    if (!page) return BUS_FAULT;
    const { peripheral } = page.region;
    return this.answer(peripheral.write(address - page.base, size, value), peripheral);
  }

  private openPage(address: u32, master: Master): Window<PeripheralRegion> | undefined {
    const page = this.pages.get(address >>> 12);
    if (!page || page.region.isClocked?.() === false || page.region.permits?.(master) === false) return undefined;
    return page;
  }

  private bitAt(address: u32): Bit | undefined {
    const band = this.map.bitBands?.find(({ alias }) => address >= alias && address < alias + BIT_BAND_LENGTH);
    if (!band) return undefined;
    const index = (address - band.alias) >>> 2;
    return { address: band.target + (index >>> 5) * 4, bit: index & 31 };
  }

  private readBit({ address, bit }: Bit, by: Initiator): number {
    const word = this.read(address, 4, by);
    return word < 0 ? word : (word >>> bit) & 1;
  }

  private writeBit({ address, bit }: Bit, value: number, by: Initiator): number {
    const word = this.read(address, 4, by);
    if (word < 0) return word;
    return this.write(address, 4, ((word & ~(1 << bit)) | ((value & 1) << bit)) >>> 0, by);
  }

  private miss(address: u32, kind: "read" | "write", master: Master): number {
    this.refused.add({ address, place: this.map.placeOf(address), why: this.reason(address), kind, master });
    return BUS_FAULT;
  }

  private reason(address: u32): RefusalReason {
    const page = this.pages.get(address >>> 12);
    if (page?.region.isClocked?.() === false) return "clock off";
    if (page && page.region.isModelled !== false) return "no such register";
    return this.map.isNotModelled(address) ? "not modelled" : "nothing there";
  }
}

interface Bit {
  readonly address: u32;
  readonly bit: number;
}

function windowsOf<R>(region: BusRegion, length: number, of: R): Window<R>[] {
  return [region.base, ...(region.aliases ?? [])].map((base) => ({ base, end: base + length, region: of }));
}

function at<R>(windows: readonly Window<R>[], address: u32): Window<R> | undefined {
  for (const window of windows) if (address >= window.base && address < window.end) return window;
  return undefined;
}

/** An access that isn't aligned would straddle words, and the bus has no such thing. */
const isCrossing = (address: u32, size: AccessSize): boolean => address % size !== 0;

function join(bytes: Uint8Array, offset: number, size: AccessSize): u32 {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i];
  return value;
}
