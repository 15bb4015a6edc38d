import { MICROSECOND, type Picoseconds } from "../../../../src/base/clock.ts";
import { Bus, STALLED } from "../../../../src/twin/chip/bus.ts";
import { ChipCore } from "../../../../src/twin/chip/chip-core.ts";
import { advanceTogether } from "../../../../src/twin/chip/core-runner.ts";
import { AhbAp } from "../../../../src/twin/chip/debug/ahb-ap.ts";
import { SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { SwdWire } from "../../../../src/twin/chip/debug/swd-wire.ts";
import { FlashCells } from "../../../../src/twin/chip/flash-cells.ts";
import { Timeline } from "../../../../src/twin/chip/timeline.ts";
import { createCortexM } from "../../../../src/twin/cpu/cortex-m.ts";
import { BUS_FAULT, type CpuMemory } from "../../../../src/twin/cpu/seam.ts";
import { MK24_CORE } from "../../../../src/twin/families/kinetis-ftfe/mk24-core.ts";

/** Cycles a second of both cores. */
export const HZ = 10_000_000;
/** How long the flash is busy after `program`. */
export const BUSY: Picoseconds = 50 * MICROSECOND;
export const FLASH = 0x10000000;
export const FLASH_ALIAS = 0x11000000;
export const RAM = 0x20000000;
/** TARGETID of both debug ports; they differ in their instance. */
export const TARGETID = 0x01002927;

const DONE = "programDone";

/**
 * A made-up chip of no family: two cores on one bus, a debug port each on one wire, and a flash that takes writes and
 * stalls every access while it works on one.
 */
export class TestChip {
  readonly timeline = new Timeline();
  readonly cells = new FlashCells({ size: 0x1000, erased: 0xff, unit: 8, ecc: true });
  readonly ram: CpuMemory = { base: RAM, bytes: new Uint8Array(0x2000), writable: true, direct: true };
  readonly bus: Bus;
  readonly cores: readonly ChipCore[];
  readonly aps: readonly AhbAp[];
  readonly dps: readonly SwdDp[];
  readonly wire: SwdWire;
  private busyUntil: Picoseconds = 0;

  constructor(options: { readonly startsDormant?: boolean } = {}) {
    const chip = this;
    this.timeline.on(DONE, () => {});
    const window = {
      read: (offset: number, size: 1 | 2 | 4) => (chip.busy ? STALLED : chip.cells.read(offset, size)),
      write: (offset: number, size: 1 | 2 | 4, value: number) =>
        chip.busy ? STALLED : chip.begin(offset, size, value),
      get readyAt() {
        return chip.busyUntil;
      },
    };
    this.bus = new Bus(
      {
        regions: [
          { base: FLASH, aliases: [FLASH_ALIAS], length: 0x1000, of: "flash", window },
          { base: RAM, aliases: [0x30000000], of: "memory", memory: this.ram },
        ],
        placeOf: () => "nowhere",
        isNotModelled: () => false,
      },
      { written: (address, size) => this.forget(address, size) },
    );
    this.cores = [0, 1].map(() => this.core());
    this.aps = this.cores.map(
      (core) => new AhbAp(this.bus, { idr: 0x04770031, base: 0xf0000003 }, core.asDebugger, () => true),
    );
    this.dps = this.aps.map((ap, instance) => {
      const of = (apsel: number, act: () => ReturnType<AhbAp["read"]>) => (apsel === 0 ? act() : 0);
      const bus = {
        read: (apsel: number, address: number) => of(apsel, () => ap.read(address)),
        write: (apsel: number, address: number, value: number) => of(apsel, () => ap.write(address, value)),
        abort: () => ap.abort(),
      };
      return new SwdDp(bus, { dpidr: 0x0bc12477, targetid: TARGETID, instance, ...options });
    });
    this.wire = new SwdWire(this.dps);
    this.wire.powerOn();
    for (const { cpu } of this.cores) cpu.powerOn();
  }

  get busy(): boolean {
    return this.timeline.now < this.busyUntil;
  }

  /** Lets a core run code in RAM: halted out of reset, set up, released. */
  start(index: number, code: readonly number[]): void {
    const { cpu } = this.cores[index];
    const at = RAM + 0x400 * (index + 1);
    const view = new DataView(this.ram.bytes.buffer);
    for (const [i, half] of code.entries()) view.setUint16(at - RAM + 2 * i, half, true);
    const write = (address: number, value: number) =>
      this.bus.write(address, 4, value >>> 0, this.cores[index].asDebugger);
    write(0xe000edf0, 0xa05f0003);
    cpu.leaveReset();
    for (const [selector, value] of [
      [13, RAM + 0x2000 - 0x400 * index],
      [15, at],
      [16, 0x01000000],
    ] as const) {
      write(0xe000edf8, value);
      write(0xe000edf4, 0x10000 | selector);
    }
    write(0xe000edf0, 0xa05f0001);
  }

  advance(at: Picoseconds): void {
    advanceTogether(
      this.cores.map(({ runner }) => runner),
      this.timeline,
      at,
    );
  }

  private forget(address: number, size: number): void {
    for (const { cpu } of this.cores) cpu.invalidate(address, size);
  }

  private begin(offset: number, size: 1 | 2 | 4, value: number): number {
    if (size !== 4) return BUS_FAULT;
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, value, true);
    this.cells.program(offset, word);
    this.busyUntil = this.timeline.now + BUSY;
    this.timeline.set(DONE, this.busyUntil);
    return 0;
  }

  private core(): ChipCore {
    return new ChipCore({
      timeline: this.timeline,
      bus: () => this.bus,
      memories: [this.ram],
      hz: HZ,
      hooks: { resetRequested: () => {}, unimplemented: () => {} },
      create: (bus, hooks) => createCortexM(MK24_CORE, bus, hooks),
      changed: () => {},
    });
  }
}
