import { MICROSECOND, type Picoseconds } from "../../../base/clock.ts";
import { hex8, type u32 } from "../../../base/u32.ts";
import { Bus, type BusMap, type BusRegion } from "../../chip/bus.ts";
import { ChipCore } from "../../chip/chip-core.ts";
import { advanceTogether } from "../../chip/core-runner.ts";
import { AhbAp } from "../../chip/debug/ahb-ap.ts";
import { componentRegion } from "../../chip/debug/rom-table.ts";
import type { LaunchObserver } from "../../chip/flash-model.ts";
import { loseContent, Prng } from "../../chip/prng.ts";
import type { RefusedAccess } from "../../chip/refused-accesses.ts";
import type { ChipDebugPort, ChipOptions, ChipParts, PowerCut } from "../../chip/seam.ts";
import { Timeline } from "../../chip/timeline.ts";
import { createCortexM } from "../../cpu/cortex-m.ts";
import { type AccessSize, BUS_FAULT, type CpuMemory } from "../../cpu/seam.ts";
import { ROM_TABLE, RP2040_CORE } from "./core.ts";
import { FLASH_SIZE } from "./flash/w25q16.ts";
import * as map from "./memory-map.ts";
import { Peripherals } from "./peripherals/all.ts";
import { CHIP_RESET, PSM_PROC0, PSM_PROC1 } from "./peripherals/plain.ts";
import { BOOT_ROM } from "./rom-code.ts";
import { loadParts, saveParts } from "./state.ts";

/** Both cores' SW-DPv2, and what TARGETSEL names (data sheet 2.3.4.1). */
const DP = { dpidr: 0x0bc12477, targetid: 0x01002927, startsDormant: true } as const;
const RESCUE = 0xf;
/** The access port of a Cortex-M0+. */
const AP = { idr: 0x04770031, base: 0xe00ff003 } as const;
/** The brown-out detector's threshold (data sheet 2.11: 0.86 V of the core; the pins' supply here, unsure). */
const POWER_ON_MV = 1_620;
/** From a reset's end to the first instruction (unsure). */
const START_TIME: Picoseconds = 10 * MICROSECOND;
const START = "coresStart";

/** The RP2040 and the flash chip on its board: two cores on one memory, three debug ports on one wire. */
export class Rp2040 {
  readonly name = "RP2040";
  readonly powerOnMv = POWER_ON_MV;
  readonly uid: string;
  readonly debugPorts: readonly ChipDebugPort[];
  onLaunch: LaunchObserver | undefined;
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  closeFlashController = false;
  readonly timeline = new Timeline();
  readonly peripherals: Peripherals;
  readonly sram = new Uint8Array(map.SRAM_SIZE);
  readonly xipSram = new Uint8Array(map.XIP_SRAM_SIZE);
  readonly cores: readonly [ChipCore, ChipCore];
  readonly aps: readonly [AhbAp, AhbAp];
  isPowered = false;
  /** The RUN pin, or the rescue port, holds the chip. */
  isHeld = false;
  private readonly buses: readonly [Bus, Bus];
  private readonly flashWindows: readonly CpuMemory[];
  private readonly executes: boolean;
  private readonly seed: number;

  constructor(options: ChipOptions) {
    const prng = new Prng(options.seed);
    const uid = Array.from({ length: 8 }, () => prng.next() & 0xff);
    this.uid = uid.map(hex8).join("");
    this.seed = options.seed;
    this.executes = options.execute ?? true;
    this.peripherals = new Peripherals(this.timeline, options, uid, prng, this.hooks());
    const { bytes } = this.peripherals.flash.cells;
    this.flashWindows = map.XIP.map((base) => ({ base, bytes, writable: false, direct: false }));
    const memories = this.memories();
    this.buses = [this.createBus(0, memories), this.createBus(1, memories)];
    this.cores = [this.createCore(0, memories, options), this.createCore(1, memories, options)];
    const ap = (n: 0 | 1) => new AhbAp(this.buses[n], AP, this.cores[n].asDebugger, () => !this.isHeld);
    this.aps = [ap(0), ap(1)];
    this.debugPorts = this.createDebugPorts();
    this.timeline.on(START, () => this.startCores());
    if (options.locked) this.peripherals.flash.protectAll();
  }

  get powered(): boolean {
    return this.isPowered;
  }

  get inReset(): boolean {
    return this.isHeld;
  }

  get flashCommands(): number {
    return this.peripherals.flash.launches;
  }

  get refusedAccesses(): readonly RefusedAccess[] {
    return this.buses.flatMap(({ refused }) => refused.list);
  }

  powerOn(at: Picoseconds): void {
    this.advance(at);
    this.isPowered = true;
    this.isHeld = false;
    for (const { cpu } of this.cores) cpu.powerOn();
    for (const ap of this.aps) ap.reset();
    this.peripherals.watchdog.reset();
    this.resetChip(CHIP_RESET.HAD_POR);
    this.timeline.set(START, this.timeline.now + START_TIME);
  }

  powerOff(at: Picoseconds, cut: PowerCut): void {
    this.advance(at);
    this.losePower(new Prng(cut.seed));
  }

  /** RUN resets the whole chip but its debug ports (unsure). */
  setResetPin(level: 0 | 1, at: Picoseconds): void {
    this.advance(at);
    if (level === 0) this.hold(CHIP_RESET.HAD_RUN);
    else this.release();
  }

  advance(at: Picoseconds): void {
    advanceTogether(
      this.cores.map(({ runner }) => runner),
      this.timeline,
      at,
    );
  }

  nextEvent(): Picoseconds {
    return this.timeline.next;
  }

  save(): ChipParts {
    return saveParts(this);
  }

  restore(parts: ChipParts, at: Picoseconds): void {
    this.timeline.clearAll();
    this.advance(at);
    loadParts(this, parts);
    this.clocksChanged();
    this.updateWindows();
  }

  peekFlash(address: number, count: number): Uint8Array {
    const from = (address - map.XIP[0]) % FLASH_SIZE;
    return this.peripherals.flash.cells.bytes.slice(from, from + count);
  }

  receiveUart(bytes: Uint8Array): void {
    this.peripherals.uart.receive(bytes);
  }

  private hooks() {
    return {
      setInterrupt: (line: number, asserted: boolean) => {
        for (const { cpu } of this.cores ?? []) cpu.setInterrupt(line, asserted);
      },
      setCoreInterrupt: (core: number, line: number, asserted: boolean) =>
        this.cores?.[core].cpu.setInterrupt(line, asserted),
      clocksChanged: () => this.clocksChanged(),
      watchdogExpired: () => this.watchdogReset(),
      forceOff: (bits: number) => this.forceOff(bits),
      launched: (launch: Parameters<LaunchObserver>[0]) => this.onLaunch?.(launch),
      powerCut: (at: Picoseconds) => {
        this.losePower(new Prng(this.seed + this.peripherals.flash.launches));
        this.onPowerCut?.(at);
      },
      flashChanged: (address: number, length: number) => this.flashChanged(address, length),
    };
  }

  private memories(): readonly CpuMemory[] {
    const ram = (base: u32, bytes: Uint8Array): CpuMemory => ({ base, bytes, writable: true, direct: true });
    const rom = new Uint8Array(map.ROM_SIZE);
    for (let i = 0; i < BOOT_ROM.length / 2; i++) rom[i] = Number.parseInt(BOOT_ROM.slice(2 * i, 2 * i + 2), 16);
    return [
      { base: 0, bytes: rom, writable: false, direct: true },
      ram(map.SRAM, this.sram),
      ram(map.XIP_SRAM, this.xipSram),
      ...this.flashWindows,
    ];
  }

  private createBus(core: 0 | 1, memories: readonly CpuMemory[]): Bus {
    const window = { read: (at: number, size: AccessSize) => this.readFlash(at, size), write: () => BUS_FAULT };
    const [base, ...aliases] = map.XIP;
    const regions: BusRegion[] = [
      { base, aliases, length: FLASH_SIZE, of: "flash", window },
      ...memories
        .filter((memory) => !this.flashWindows.includes(memory))
        .map((memory): BusRegion => ({ base: memory.base, of: "memory", memory })),
      ...map.SLOTS.map((slot) => this.slotRegion(slot)),
      { base: map.SIO, length: 0x1000, of: "peripheral", peripheral: this.peripherals.sios[core] },
      componentRegion(ROM_TABLE),
    ];
    const bus: BusMap = { regions, placeOf: map.placeOf, isNotModelled: map.isNotModelled };
    return new Bus(bus, { written: (address, size) => this.forget(address, size) });
  }

  private slotRegion({ name, base, reset }: map.Slot): BusRegion {
    const peripheral = this.peripherals.byName.get(name);
    if (!peripheral) throw new RangeError(`no peripheral for slot ${name}`);
    return {
      ...{ base, length: map.SLOT_LENGTH, of: "peripheral", peripheral },
      ...(reset && { isClocked: () => this.peripherals.resets.isReleased(reset) }),
      ...(name === "SSI" && { permits: (master) => !(this.closeFlashController && master === "debug") }),
    };
  }

  private createCore(n: 0 | 1, memories: readonly CpuMemory[], { skipPolls = true }: ChipOptions): ChipCore {
    return new ChipCore({
      timeline: this.timeline,
      bus: () => this.buses[n],
      memories,
      hz: this.peripherals.clocks.sysHz,
      hooks: {
        resetRequested: (kind) => this.resetRequested(kind),
        unimplemented: (opcode, pc) => this.onUnimplemented?.(opcode, pc),
        eventSent: () => this.cores[n === 0 ? 1 : 0].cpu.signalEvent(),
      },
      create: (bus, hooks) => createCortexM(RP2040_CORE, bus, hooks, { execute: this.executes, skipPolls }),
      changed: () => this.coreChanged(),
    });
  }

  private createDebugPorts(): readonly ChipDebugPort[] {
    const [first, second] = this.aps;
    return [
      { identity: { ...DP, instance: 0 }, accessPort: (apsel) => (apsel === 0 ? first : undefined) },
      { identity: { ...DP, instance: 1 }, accessPort: (apsel) => (apsel === 0 ? second : undefined) },
      {
        identity: { ...DP, instance: RESCUE },
        accessPort: () => undefined,
        debugPowerRequested: (on) => this.rescue(on),
      },
    ];
  }

  /** The rescue port's power request restarts the chip with a flag that the boot ROM obeys; it starts when it is taken back. */
  private rescue(on: boolean): void {
    if (!on) return void this.release();
    if (this.isHeld) return;
    this.hold(CHIP_RESET.HAD_PSM_RESTART | CHIP_RESET.RESTART_FLAG);
  }

  private hold(cause: number): void {
    this.isHeld = true;
    this.timeline.clear(START);
    this.resetChip(cause);
  }

  private release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.timeline.set(START, this.timeline.now + START_TIME);
  }

  /** Everything but the debug ports, SRAM and what the watchdog keeps. */
  private resetChip(cause: number): void {
    this.peripherals.resetAll();
    this.peripherals.watchdog.systemReset(0);
    this.peripherals.vreg.set("CHIP_RESET", cause);
    this.resetCores();
    this.clocksChanged();
    this.updateWindows();
  }

  private resetCores(): void {
    this.peripherals.resetSio();
    for (const core of this.cores) {
      core.cpu.enterReset();
      core.stateChanged();
    }
  }

  private startCores(): void {
    const off = this.peripherals.psm.get("FRCE_OFF");
    this.cores.forEach((core, n) => {
      if ((off & [PSM_PROC0, PSM_PROC1][n]) !== 0) return;
      core.cpu.leaveReset();
      core.stateChanged();
    });
  }

  /** SYSRESETREQ of either core resets both, and no peripheral (unsure). A core that locks up stays so. */
  private resetRequested(kind: "system" | "core" | "lockup"): void {
    if (kind === "lockup") return;
    for (const { runner } of this.cores) runner.catchUp();
    this.resetCores();
    this.timeline.set(START, this.timeline.now + START_TIME);
  }

  /** What PSM.WDSEL names, with all that starts behind it: everything from the oscillators on, or the cores alone. */
  private watchdogReset(): void {
    const selected = this.peripherals.psm.get("WDSEL");
    const reason = this.peripherals.watchdog.get("REASON");
    if (selected === 0) return;
    const first = Math.log2(selected & -selected);
    if (first < 15) this.peripherals.resetAll();
    this.peripherals.watchdog.systemReset(reason);
    this.resetCores();
    this.clocksChanged();
    this.updateWindows();
    this.timeline.set(START, this.timeline.now + START_TIME);
  }

  private forceOff(bits: number): void {
    this.cores.forEach((core, n) => {
      const off = (bits & [PSM_PROC0, PSM_PROC1][n]) !== 0;
      if (off === (core.cpu.state === "reset")) return;
      if (off) core.cpu.enterReset();
      else core.cpu.leaveReset();
      core.stateChanged();
    });
  }

  private losePower(prng: Prng): void {
    this.isPowered = false;
    this.peripherals.flash.powerOff(prng);
    this.timeline.clearAll();
    for (const { cpu } of this.cores) cpu.powerOn();
    this.peripherals.resetAll();
    for (const memory of [this.sram, this.xipSram]) loseContent(memory, prng);
    this.updateWindows();
  }

  private clocksChanged(): void {
    for (const { runner } of this.cores ?? []) runner.setHz(this.peripherals.clocks.sysHz);
  }

  private coreChanged(): void {
    if (!this.cores) return;
    this.peripherals.watchdog.setHalted(this.cores.some(({ cpu }) => cpu.state === "halted"));
  }

  /**
   * A busy flash drives nothing (unsure). One that the SSI does not reach as memory reads as 0 (unsure): no fault, because
   * pyOCD reads there before it has called any function of the ROM.
   */
  private readFlash(offset: number, size: AccessSize): number {
    const { flash, ssi } = this.peripherals;
    if (!ssi.readsFlash) return 0;
    if (flash.busy) return size === 4 ? 0xffffffff : (1 << (8 * size)) - 1;
    return flash.cells.read(offset, size);
  }

  private flashChanged(address: number, length: number): void {
    if (!this.cores) return;
    if (length > 0) for (const base of map.XIP) this.forget(base + address, length);
    this.updateWindows();
  }

  /** The cores may read flash by themselves only while every byte of it comes through the window. */
  private updateWindows(): void {
    const open = this.isPowered && this.peripherals.ssi.readsFlash && !this.peripherals.flash.busy;
    for (const window of this.flashWindows) window.direct = open;
  }

  private forget(address: number, size: number): void {
    for (const { cpu } of this.cores) cpu.invalidate(address, size);
  }
}

/** How to make the chip, without power; `powerOn` starts it. */
export const createRp2040 = (options: ChipOptions): Rp2040 => new Rp2040(options);
