import type { Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import type { BusRegion } from "../../../chip/bus.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/** A peripheral at its address, with what switches its clock on. */
export interface Placed {
  readonly base: u32;
  readonly length: number;
  readonly peripheral: Peripheral & { readonly readyAt?: Picoseconds };
  /** Whether its clock is on; always, where absent. Off, it reads 0 and takes nothing (RM0090, 7.3.11 (unsure)). */
  readonly isClocked?: () => boolean;
}

/** Peripherals are 0x400 bytes apart, several on a page of the bus: each page is one region that finds them. */
export function bridgeRegions(placed: readonly Placed[]): readonly BusRegion[] {
  const pages = new Map<number, Placed[]>();
  for (const one of placed)
    for (let page = one.base >>> 12; page <= (one.base + one.length - 1) >>> 12; page++)
      pages.set(page, [...(pages.get(page) ?? []), one]);
  return [...pages].map(([page, on]) => ({
    base: (page << 12) >>> 0,
    length: 0x1000,
    of: "peripheral",
    peripheral: new Page((page << 12) >>> 0, on),
  }));
}

/** One page of the bus; its parts are saved and reset by the chip, which knows them by name. */
class Page implements Peripheral {
  readonly name: string;
  readyAt: Picoseconds = 0;
  private readonly base: u32;
  private readonly on: readonly Placed[];

  constructor(base: u32, on: readonly Placed[]) {
    this.base = base;
    this.on = on;
    this.name = on.map(({ peripheral }) => peripheral.name).join(", ");
  }

  read(offset: number, size: AccessSize): number {
    const one = this.at(offset);
    if (!one) return BUS_FAULT;
    if (one.isClocked?.() === false) return 0;
    const value = one.peripheral.read(this.base + offset - one.base, size);
    this.readyAt = one.peripheral.readyAt ?? 0;
    return value;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const one = this.at(offset);
    if (!one) return BUS_FAULT;
    if (one.isClocked?.() === false) return 0;
    const result = one.peripheral.write(this.base + offset - one.base, size, value);
    this.readyAt = one.peripheral.readyAt ?? 0;
    return result;
  }

  isStable(offset: number, size: AccessSize): boolean {
    const one = this.at(offset);
    if (!one) return false;
    return one.isClocked?.() === false || (one.peripheral.isStable?.(this.base + offset - one.base, size) ?? false);
  }

  reset(): void {}

  save(): Record<string, never> {
    return {};
  }

  restore(): void {}

  private at(offset: number): Placed | undefined {
    const address = this.base + offset;
    return this.on.find(({ base, length }) => address >= base && address < base + length);
  }
}
