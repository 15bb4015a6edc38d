import type { Picoseconds } from "../../base/clock.ts";
import { hex32, type u32 } from "../../base/u32.ts";
import { createCortexM } from "../cpu/cortex-m.ts";
import { type AccessSize, BUS_FAULT, type Cpu, type CpuMemory } from "../cpu/seam.ts";
import { AhbAp } from "./debug/ahb-ap.ts";
import { Bus } from "./bus.ts";
import type { Master, RefusedAccess } from "./refused-accesses.ts";
import { CoreRunner } from "./core-runner.ts";
import { Fcf } from "./flash/fcf.ts";
import { FlashArray } from "./flash/flash-array.ts";
import { FlashEngine, type LaunchObserver, POWER_CUT } from "./flash/flash-engine.ts";
import { UNSECURED_PHRASE } from "./flash/ftfe-write-commands.ts";
import { FLEXRAM_BASE, FLEXRAM_SIZE, SRAM_L_BASE, SRAM_L_SIZE, SRAM_U_BASE, SRAM_U_SIZE } from "./geometry.ts";
import { MdmAp } from "./debug/mdm-ap.ts";
import { MK24_CORE } from "./mk24-core.ts";
import type { Mk24, Mk24Options } from "./mk24-seam.ts";
import { Peripherals } from "./mk24-peripherals.ts";
import { loadParts, type SavableChip, saveParts } from "./mk24-state.ts";
import type { ResetCause } from "./peripherals/rcm.ts";
import { UID_REGISTERS, type UniqueId } from "./peripherals/sim.ts";
import { Prng } from "./prng.ts";
import { ResetSequence } from "./reset.ts";
import type { AccessPort, ChipParts, PowerCut } from "./seam.ts";
import { Timeline } from "./timeline.ts";

const DHCSR = 0xe000edf0;
/** DBGKEY, C_HALT, C_DEBUGEN. */
const DHCSR_HALT = 0xa05f0003;
/** The crystal that boards are supposed to have (unsure: boards differ). */
const EXTAL_HZ = 8_000_000;

/** Everything of the K24 put together, with its events connected. */
class Mk24Chip implements Mk24, SavableChip {
  readonly name = "MK24FN1M0xxx12";
  readonly cpu: Cpu;
  onLaunch: LaunchObserver | undefined;
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  forbidAhbToFtfe = false;

  readonly timeline = new Timeline();
  readonly fcf = new Fcf();
  readonly flash: FlashArray;
  readonly sram = new Uint8Array(SRAM_L_SIZE + SRAM_U_SIZE);
  readonly flexram = new Uint8Array(FLEXRAM_SIZE);
  readonly engine: FlashEngine;
  readonly peripherals: Peripherals;
  readonly ahbAp: AhbAp;
  readonly mdmAp: MdmAp;
  readonly resets: ResetSequence;
  isPowered = false;
  private readonly flashMemory: CpuMemory;
  private readonly bus: Bus;
  private readonly runner: CoreRunner;
  private readonly interrupts = new Map<number, boolean>();
  private readonly executes: boolean;
  private readonly seed: number;
  private readonly uart: (bytes: Uint8Array) => void;

  constructor(options: Mk24Options) {
    const prng = new Prng(options.seed);
    const uid = Array.from({ length: 4 }, () => prng.next()) as unknown as UniqueId;
    this.seed = options.seed;
    this.uart = options.uart ?? (() => {});
    this.executes = options.execute ?? true;
    this.flash = new FlashArray((address, length) => this.flashChanged(address, length));
    this.flashMemory = { base: 0, bytes: this.flash.bytes, writable: false, direct: true };
    const resources = { flash: this.flash, flexram: this.flexram, fcf: this.fcf };
    this.engine = new FlashEngine(this.timeline, resources, options.flash, prng);
    const board = { uid, extalHz: options.extalHz ?? EXTAL_HZ, seed: options.seed };
    this.peripherals = new Peripherals(this.timeline, resources, this.engine, board, this.peripheralHooks());
    const rams = this.rams();
    this.bus = this.createBus(rams);
    this.cpu = this.createCpu([this.flashMemory, ...rams], options.skipPolls ?? true);
    this.runner = new CoreRunner(this.cpu, this.timeline, this.peripherals.coreHz, () => this.updateCounters());
    this.ahbAp = new AhbAp(this.bus, () => this.resets.flashReady && !this.fcf.secure);
    this.resets = this.createResets();
    this.mdmAp = this.createMdmAp();
    this.watchEngine();
    if (!options.locked) this.flash.program(0x408, UNSECURED_PHRASE);
  }

  get uid(): string {
    return UID_REGISTERS.map((name) => hex32(this.peripherals.sim.get(name))).join("");
  }

  get powered(): boolean {
    return this.isPowered;
  }

  get inReset(): boolean {
    return this.resets.inReset;
  }

  get flashCommands(): number {
    return this.engine.launches;
  }

  get refusedAccesses(): readonly RefusedAccess[] {
    return this.bus.refused.list;
  }

  accessPort(apsel: number): AccessPort | undefined {
    return [this.ahbAp, this.mdmAp][apsel];
  }

  powerOn(at: Picoseconds): void {
    this.advance(at);
    this.isPowered = true;
    this.interrupts.clear();
    this.cpu.powerOn();
    this.ahbAp.reset();
    this.mdmAp.reset();
    this.resets.begin("POR");
  }

  powerOff(at: Picoseconds, cut: PowerCut): void {
    this.advance(at);
    this.losePower(new Prng(cut.seed));
  }

  setResetPin(level: 0 | 1, at: Picoseconds): void {
    this.advance(at);
    if (level === 1) this.resets.release("pin");
    else this.resets.hold("pin");
  }

  advance(at: Picoseconds): void {
    this.runner.advance(at);
  }

  nextEvent(): Picoseconds {
    return this.timeline.next;
  }

  save(): ChipParts {
    return saveParts(this);
  }

  restore(parts: ChipParts, at: Picoseconds): void {
    this.timeline.clearAll();
    this.runner.advance(at);
    loadParts(this, parts);
    this.interrupts.clear();
    this.runner.setHz(this.peripherals.coreHz);
    this.updateDirect();
  }

  peekFlash(address: number, count: number): Uint8Array {
    return this.flash.peek(address, count);
  }

  receiveUart(bytes: Uint8Array): void {
    this.peripherals.uart.receive(bytes);
  }

  private losePower(prng: Prng): void {
    this.isPowered = false;
    this.peripherals.ftfe.powerOff(prng);
    this.timeline.clearAll();
    this.cpu.powerOn();
    this.resets.powerOff();
    this.forget(this.sram, prng);
    this.forget(this.flexram, prng);
    this.updateCounters();
  }

  /** SRAM comes up with whatever (unsure how much of it survives a short cut; here nothing does). */
  private forget(memory: Uint8Array, prng: Prng): void {
    const words = new DataView(memory.buffer, memory.byteOffset, memory.length);
    for (let at = 0; at < memory.length; at += 4) words.setUint32(at, prng.next(), true);
  }

  private rams(): CpuMemory[] {
    const ram = (base: u32, bytes: Uint8Array): CpuMemory => ({ base, bytes, writable: true, direct: true });
    return [
      ram(SRAM_L_BASE, this.sram.subarray(0, SRAM_L_SIZE)),
      ram(SRAM_U_BASE, this.sram.subarray(SRAM_L_SIZE)),
      ram(FLEXRAM_BASE, this.flexram),
    ];
  }

  private createBus(rams: readonly CpuMemory[]): Bus {
    return new Bus({
      rams,
      peripherals: this.peripherals.byName,
      readFlash: (address, size) => this.readFlash(address, size),
      isClocked: ({ register, bit }) => ((this.peripherals.sim.get(register) >>> bit) & 1) === 1,
      ppbRead: (address, size, master) => this.cpu.ppbRead(address, size, master),
      ppbWrite: (address, size, value, master) => this.writePpb(address, size, value, master),
      written: (address, size) => this.cpu.invalidate(address, size),
      permits: (peripheral, master) => this.permits(peripheral.name, master),
    });
  }

  private createCpu(memories: readonly CpuMemory[], skipPolls: boolean): Cpu {
    const bus = {
      memories,
      read: (address: u32, size: AccessSize) => {
        this.runner.catchUp();
        return this.bus.read(address, size, "core");
      },
      write: (address: u32, size: AccessSize, value: u32) => {
        this.runner.catchUp();
        return this.bus.write(address, size, value, "core");
      },
      stableUntil: (address: u32, size: AccessSize) =>
        this.bus.isStable(address, size) ? this.runner.cyclesBeforeEvent() : 0,
    };
    const hooks = {
      resetRequested: (kind: "system" | "core" | "lockup") => this.resetRequested(kind),
      unimplemented: (opcode: u32, pc: u32) => this.onUnimplemented?.(opcode, pc),
      refused: (_: u32, pc: u32) => this.bus.refused.blame(pc),
    };
    return createCortexM(MK24_CORE, bus, hooks, { execute: this.executes, skipPolls });
  }

  private createResets(): ResetSequence {
    return new ResetSequence(this.timeline, {
      enter: (cause) => this.enterReset(cause),
      flashReady: () => this.flashReady(),
      leave: () => this.leaveReset(),
    });
  }

  private createMdmAp(): MdmAp {
    const chip = this;
    return new MdmAp({
      fcf: this.fcf,
      get flashReady() {
        return chip.resets.flashReady;
      },
      get inReset() {
        return chip.resets.inReset;
      },
      get coreState() {
        return chip.cpu.state;
      },
      massErase: () => this.peripherals.ftfe.massErase(),
      holdSystem: (hold) => (hold ? this.resets.hold("mdm") : this.resets.release("mdm")),
      releaseCore: () => this.releaseCore(),
      haltCore: () => this.haltCore(),
    });
  }

  private peripheralHooks() {
    return {
      setInterrupt: (line: number, asserted: boolean) => this.setInterrupt(line, asserted),
      watchdogReset: () => this.resets.begin("WDOG"),
      uartSend: (byte: number) => this.uart(Uint8Array.of(byte)),
      clocksChanged: () => this.runner?.setHz(this.peripherals.coreHz),
    };
  }

  private watchEngine(): void {
    this.engine.onLaunch = (launch) => this.onLaunch?.(launch);
    this.engine.onBusyChange = () => this.updateDirect();
    this.peripherals.ftfe.onMassErased = () => this.mdmAp.massEraseDone();
    this.timeline.on(POWER_CUT, (at) => {
      this.losePower(new Prng(this.seed + this.engine.launches));
      this.onPowerCut?.(at);
    });
  }

  private readFlash(address: u32, size: AccessSize): number {
    return this.peripherals.ftfe.collides(address) ? BUS_FAULT : this.flash.read(address, size);
  }

  private writePpb(address: u32, size: AccessSize, value: number, master: Master): number {
    const before = this.cpu.state;
    const result = this.cpu.ppbWrite(address, size, value, master);
    if (this.cpu.state !== before) this.coreChanged();
    return result;
  }

  private permits(name: string, master: Master): boolean {
    // Peripherals in reset do not answer (unsure).
    if (this.resets.inReset) return false;
    return !(this.forbidAhbToFtfe && master === "debug" && name === "FTFE");
  }

  private resetRequested(kind: "system" | "core" | "lockup"): void {
    this.runner.catchUp();
    if (kind !== "core") this.resets.begin(kind === "system" ? "SW" : "LOCKUP");
    else if (!this.resets.inReset) {
      this.cpu.enterReset();
      this.releaseCore();
    }
  }

  private enterReset(cause: ResetCause): void {
    if (cause === "POR") this.peripherals.powerOn();
    this.peripherals.reset();
    this.peripherals.rcm.record(cause);
    this.peripherals.wdog.countReset(cause);
    this.mdmAp.systemReset();
    this.cpu.enterReset();
    this.coreChanged();
  }

  private flashReady(): void {
    this.fcf.load(this.flash);
    this.peripherals.ftfe.ready();
    this.mdmAp.flashReady();
  }

  private leaveReset(): void {
    if (!this.mdmAp.coreHold) this.releaseCore();
  }

  private releaseCore(): void {
    if (this.resets.inReset) return;
    this.cpu.leaveReset();
    if (this.mdmAp.debugRequest) this.haltCore();
    this.coreChanged();
  }

  private haltCore(): void {
    this.cpu.ppbWrite(DHCSR, 4, DHCSR_HALT, "debug");
    this.coreChanged();
  }

  private coreChanged(): void {
    this.runner.align();
    this.updateCounters();
  }

  /** The watchdog stands still in debug halt (DBGEN = 0), and where nothing executes that could refresh it; timers may, too. */
  private updateCounters(): void {
    const { state } = this.cpu;
    const running = this.executes && (state === "running" || state === "sleeping");
    this.peripherals.coreIs({ running, halted: state === "halted" });
  }

  private flashChanged(address: u32, length: number): void {
    this.cpu?.invalidate(address, length);
    this.updateDirect();
  }

  /** The core may read flash by itself only while every byte of it reads as its cells are. */
  private updateDirect(): void {
    this.flashMemory.direct = this.flash.plain && !this.engine.busy;
  }

  private setInterrupt(line: number, asserted: boolean): void {
    if (this.interrupts.get(line) === asserted) return;
    this.interrupts.set(line, asserted);
    this.cpu.setInterrupt(line, asserted);
  }
}

/** Makes an MK24FN1M0xxx12 without power; `powerOn` starts it. */
export const createMk24 = (options: Mk24Options): Mk24 => new Mk24Chip(options);
