import type { u32 } from "../../base/u32.ts";
import { type AccessSize, BUS_FAULT, type CpuMemory, NOT_CPU } from "../cpu/seam.ts";
import { FLASH_SIZE } from "./geometry.ts";
import { type ClockGate, isNotModelled, placeOf, SLOTS } from "./memory-map.ts";
import { type Master, type RefusalReason, RefusedAccesses } from "./refused-accesses.ts";
import type { Peripheral } from "./peripherals/peripheral.ts";
import { COMPONENTS, readComponent } from "./debug/rom-table.ts";

/** What the bus needs from the chip around it. */
export interface BusParts {
  /** SRAM_L, SRAM_U, FlexRAM: everything that is memory and not flash. */
  readonly rams: readonly CpuMemory[];
  /** Peripherals by the name of their slot in the memory map, and `MCM`. */
  readonly peripherals: ReadonlyMap<string, Peripheral>;
  readFlash(address: u32, size: AccessSize): number;
  isClocked(gate: ClockGate): boolean;
  ppbRead(address: u32, size: AccessSize, master: Master): number;
  ppbWrite(address: u32, size: AccessSize, value: number, master: Master): number;
  /** Bytes of a RAM changed through this bus. */
  written(address: u32, size: AccessSize): void;
  /** Whether a master may use a peripheral now. */
  permits(peripheral: Peripheral, master: Master): boolean;
}

const MCM = { base: 0xe0080000, name: "MCM" } as const;

/** Bit-band aliases: one word for each bit of the first megabyte of SRAM_U and of the peripherals. */
const BIT_BANDS = [
  { alias: 0x22000000, target: 0x20000000 },
  { alias: 0x42000000, target: 0x40000000 },
] as const;
const ALIAS_LENGTH = 0x02000000;

/** The address map of the K24: everything that the core or the debugger can reach. Accesses are aligned. */
export class Bus {
  /** Accesses to what isn't there, is shut, or isn't modelled. */
  readonly refused = new RefusedAccesses();
  private readonly parts: BusParts;
  private readonly slots = new Map<number, { base: u32; gate?: ClockGate; peripheral: Peripheral }>();

  constructor(parts: BusParts) {
    this.parts = parts;
    for (const { name, base, length, gate } of SLOTS) {
      const peripheral = parts.peripherals.get(name);
      if (!peripheral) throw new RangeError(`no peripheral for slot ${name}`);
      for (let page = base; page < base + length; page += 0x1000)
        this.slots.set(page >>> 12, { base, gate, peripheral });
    }
  }

  /** The value at an aligned address, or `BUS_FAULT`. */
  read(address: u32, size: AccessSize, master: Master): number {
    if (isCrossing(address, size)) return BUS_FAULT;
    if (address < FLASH_SIZE) return this.parts.readFlash(address, size);
    const ram = this.ramAt(address);
    if (ram) return join(ram.bytes, address - ram.base, size);
    const bit = bitBandOf(address);
    if (bit) return this.readBit(bit, master);
    const value = address >= 0xe0000000 ? this.readPpb(address, size, master) : this.readSlot(address, size, master);
    return value === BUS_FAULT ? this.miss(address, "read", master) : value;
  }

  /** Whether the core may read a peripheral's register again without any effect, until the chip's next event. */
  isStable(address: u32, size: AccessSize): boolean {
    const slot = address >= FLASH_SIZE && !bitBandOf(address) ? this.slotAt(address, "core") : undefined;
    return slot?.peripheral.isStable?.(address - slot.base, size) ?? false;
  }

  /** Writes an aligned address; answers 0 or `BUS_FAULT`. A plain write to flash is a fault. */
  write(address: u32, size: AccessSize, value: number, master: Master): number {
    if (isCrossing(address, size) || address < FLASH_SIZE) return BUS_FAULT;
    const ram = this.ramAt(address);
    if (ram) return this.writeRam(ram, address, size, value);
    const bit = bitBandOf(address);
    if (bit) return this.writeBit(bit, value, master);
    const high = address >= 0xe0000000;
    const result = high ? this.writePpb(address, size, value, master) : this.writeSlot(address, size, value, master);
    return result === BUS_FAULT ? this.miss(address, "write", master) : 0;
  }

  private ramAt(address: u32): CpuMemory | undefined {
    for (const ram of this.parts.rams) {
      const offset = address - ram.base;
      if (offset >= 0 && offset < ram.bytes.length) return ram;
    }
    return undefined;
  }

  private writeRam(ram: CpuMemory, address: u32, size: AccessSize, value: number): number {
    for (let i = 0; i < size; i++) ram.bytes[address - ram.base + i] = value >>> (8 * i);
    this.parts.written(address, size);
    return 0;
  }

  private readSlot(address: u32, size: AccessSize, master: Master): number {
    const slot = this.slotAt(address, master);
    return slot ? slot.peripheral.read(address - slot.base, size) : BUS_FAULT;
  }

  private writeSlot(address: u32, size: AccessSize, value: number, master: Master): number {
    const slot = this.slotAt(address, master);
    return slot ? slot.peripheral.write(address - slot.base, size, value) : BUS_FAULT;
  }

  private slotAt(address: u32, master: Master) {
    const slot = this.slots.get(address >>> 12);
    if (!slot || (slot.gate && !this.parts.isClocked(slot.gate))) return undefined;
    return this.parts.permits(slot.peripheral, master) ? slot : undefined;
  }

  private readPpb(address: u32, size: AccessSize, master: Master): number {
    const own = this.parts.ppbRead(address, size, master);
    if (own !== NOT_CPU) return own;
    const page = (address & 0xfffff000) >>> 0;
    if (page === MCM.base) return this.parts.peripherals.get(MCM.name)!.read(address - MCM.base, size);
    const component = COMPONENTS.find(({ base }) => base === page);
    return component ? readComponent(component, address - page, size) : BUS_FAULT;
  }

  private writePpb(address: u32, size: AccessSize, value: number, master: Master): number {
    const own = this.parts.ppbWrite(address, size, value, master);
    if (own !== NOT_CPU) return own;
    const page = (address & 0xfffff000) >>> 0;
    if (page === MCM.base) return this.parts.peripherals.get(MCM.name)!.write(address - MCM.base, size, value);
    return COMPONENTS.some(({ base }) => base === page) ? 0 : BUS_FAULT;
  }

  private readBit({ address, bit }: BitBand, master: Master): number {
    const word = this.read(address, 4, master);
    return word === BUS_FAULT ? BUS_FAULT : (word >>> bit) & 1;
  }

  private writeBit({ address, bit }: BitBand, value: number, master: Master): number {
    const word = this.read(address, 4, master);
    if (word === BUS_FAULT) return BUS_FAULT;
    return this.write(address, 4, ((word & ~(1 << bit)) | ((value & 1) << bit)) >>> 0, master);
  }

  private miss(address: u32, kind: "read" | "write", master: Master): number {
    this.refused.add({ address, place: placeOf(address), why: this.reason(address), kind, master });
    return BUS_FAULT;
  }

  private reason(address: u32): RefusalReason {
    const slot = this.slots.get(address >>> 12);
    if (slot?.gate && !this.parts.isClocked(slot.gate)) return "clock off";
    if (slot) return "no such register";
    return isNotModelled(address) ? "not modelled" : "nothing there";
  }
}

interface BitBand {
  readonly address: u32;
  readonly bit: number;
}

function bitBandOf(address: u32): BitBand | undefined {
  const band = BIT_BANDS.find(({ alias }) => address >= alias && address < alias + ALIAS_LENGTH);
  if (!band) return undefined;
  const index = (address - band.alias) >>> 2;
  return { address: band.target + (index >>> 5) * 4, bit: index & 31 };
}

/** An access that isn't aligned would straddle words, and the bus has no such thing. */
const isCrossing = (address: u32, size: AccessSize): boolean => address % size !== 0;

function join(bytes: Uint8Array, offset: number, size: AccessSize): u32 {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i];
  return value;
}
