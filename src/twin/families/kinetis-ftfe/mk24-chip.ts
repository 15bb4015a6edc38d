import type { Picoseconds } from "../../../base/clock.ts";
import { hex32, type u32 } from "../../../base/u32.ts";
import { Bus, type BusMap, type BusRegion } from "../../chip/bus.ts";
import { ChipCore } from "../../chip/chip-core.ts";
import { AhbAp } from "../../chip/debug/ahb-ap.ts";
import { componentRegion } from "../../chip/debug/rom-table.ts";
import type { LaunchObserver } from "../../chip/flash-model.ts";
import { loseContent, Prng } from "../../chip/prng.ts";
import type { Master, RefusedAccess } from "../../chip/refused-accesses.ts";
import type { AccessPort, ChipDebugPort, ChipOptions, ChipParts, PowerCut, SwoByte } from "../../chip/seam.ts";
import { Timeline } from "../../chip/timeline.ts";
import { createCortexM } from "../../cpu/cortex-m.ts";
import { type AccessSize, BUS_FAULT, type Cpu, type CpuMemory } from "../../cpu/seam.ts";
import type { KinetisChip } from "./chip-data.ts";
import { COMPONENTS } from "./components.ts";
import { Fcf } from "./flash/fcf.ts";
import { FlashArray } from "./flash/flash-array.ts";
import { FlashEngine, POWER_CUT } from "./flash/flash-engine.ts";
import { UNSECURED_PHRASE } from "./flash/ftfe-write-commands.ts";
import { FLASH_SIZE, FLEXRAM_BASE, FLEXRAM_SIZE } from "./geometry.ts";
import { MdmAp } from "./mdm-ap.ts";
import { BIT_BANDS, isNotModelled, MCM, placeOf, type Slot, SLOTS } from "./memory-map.ts";
import { MK24_CORE } from "./mk24-core.ts";
import { Peripherals } from "./mk24-peripherals.ts";
import type { Mk24 } from "./mk24-seam.ts";
import { loadParts, type SavableChip, saveParts } from "./mk24-state.ts";
import type { ResetCause } from "./peripherals/rcm.ts";
import { UID_REGISTERS, type UniqueId } from "./peripherals/sim.ts";
import { ResetSequence } from "./reset.ts";

/** SW-DP of a Cortex-M4: DPv1, designer 0x23B, part 0xBA, revision 2 (K24 Sub-Family Reference Manual, debug chapter). */
const DP_IDENTITY = { dpidr: 0x2ba01477 } as const;
/** The Cortex-M4's AHB-AP (seed log). */
const AHB_AP_IDENTITY = { idr: 0x24770011, base: 0xe00ff003 } as const;
/** VPOR at most (K24 data sheet, "LVD and POR", 1.5 V). */
const POWER_ON_MV = 1_500;
const DHCSR = 0xe000edf0;
/** DBGKEY, C_HALT, C_DEBUGEN. */
const DHCSR_HALT = 0xa05f0003;
/** The crystal that boards are supposed to have (unsure: boards differ). */
const EXTAL_HZ = 8_000_000;

/** Everything of a Kinetis with an FTFE put together, with its events connected. */
class Mk24Chip implements Mk24, SavableChip {
  readonly name: string;
  readonly powerOnMv = POWER_ON_MV;
  readonly debugPorts: readonly ChipDebugPort[];
  onLaunch: LaunchObserver | undefined;
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  onSwo: ((byte: SwoByte) => void) | undefined;
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  closeFlashController = false;

  readonly timeline = new Timeline();
  readonly fcf = new Fcf();
  readonly flash: FlashArray;
  readonly sram: Uint8Array;
  readonly flexram = new Uint8Array(FLEXRAM_SIZE);
  readonly engine: FlashEngine;
  readonly peripherals: Peripherals;
  readonly ahbAp: AhbAp;
  readonly mdmAp: MdmAp;
  readonly resets: ResetSequence;
  isPowered = false;
  private readonly data: KinetisChip;
  private readonly flashMemory: CpuMemory;
  private readonly bus: Bus;
  private readonly core: ChipCore;
  private readonly interrupts = new Map<number, boolean>();
  private readonly executes: boolean;
  private readonly seed: number;
  private readonly uart: (bytes: Uint8Array) => void;

  constructor(data: KinetisChip, options: ChipOptions) {
    const prng = new Prng(options.seed);
    const uid = Array.from({ length: 4 }, () => prng.next()) as unknown as UniqueId;
    this.data = data;
    this.name = data.name;
    this.seed = options.seed;
    this.uart = options.uart ?? (() => {});
    this.executes = options.execute ?? true;
    this.sram = new Uint8Array(data.sramL.size + data.sramU.size);
    this.flash = new FlashArray((address, length) => this.flashChanged(address, length));
    this.flashMemory = { base: 0, bytes: this.flash.bytes, writable: false, direct: true };
    const resources = { flash: this.flash, flexram: this.flexram, fcf: this.fcf };
    this.engine = new FlashEngine(this.timeline, resources, options.flash, prng);
    const identity = { uid, sdid: data.sdid, sopt1: data.sopt1 };
    const board = { identity, extalHz: options.extalHz ?? EXTAL_HZ, seed: options.seed };
    this.peripherals = new Peripherals(this.timeline, resources, this.engine, board, this.peripheralHooks());
    const rams = this.rams();
    this.bus = new Bus(this.busMap(rams), { written: (address, size) => this.cpu.invalidate(address, size) });
    this.core = this.createCore([this.flashMemory, ...rams], options.skipPolls ?? true);
    const isOpen = () => this.resets.flashReady && !this.fcf.secure;
    this.ahbAp = new AhbAp(this.bus, AHB_AP_IDENTITY, this.core.asDebugger, isOpen);
    this.resets = this.createResets();
    this.mdmAp = this.createMdmAp();
    this.debugPorts = [{ identity: DP_IDENTITY, accessPort: (apsel) => this.accessPort(apsel) }];
    this.watchEngine();
    if (!options.locked) this.flash.program(0x408, UNSECURED_PHRASE);
  }

  get cpu(): Cpu {
    return this.core.cpu;
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
    this.core.runner.advance(at);
  }

  nextEvent(): Picoseconds {
    return this.timeline.next;
  }

  save(): ChipParts {
    return saveParts(this);
  }

  restore(parts: ChipParts, at: Picoseconds): void {
    this.timeline.clearAll();
    this.core.runner.advance(at);
    loadParts(this, parts);
    this.interrupts.clear();
    this.core.runner.setHz(this.peripherals.coreHz);
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
    loseContent(this.sram, prng);
    loseContent(this.flexram, prng);
    this.updateCounters();
  }

  private rams(): CpuMemory[] {
    const { sramL, sramU } = this.data;
    const ram = (base: u32, bytes: Uint8Array): CpuMemory => ({ base, bytes, writable: true, direct: true });
    return [
      ram(sramL.base, this.sram.subarray(0, sramL.size)),
      ram(sramU.base, this.sram.subarray(sramL.size)),
      ram(FLEXRAM_BASE, this.flexram),
    ];
  }

  private busMap(rams: readonly CpuMemory[]): BusMap {
    // A plain write to flash is a fault.
    const window = { read: (at: number, size: AccessSize) => this.readFlash(at, size), write: () => BUS_FAULT };
    const regions: BusRegion[] = [
      { base: 0, length: FLASH_SIZE, of: "flash", window },
      ...rams.map((memory): BusRegion => ({ base: memory.base, of: "memory", memory })),
      ...SLOTS.map((slot) => this.slotRegion(slot)),
      { base: MCM.base, length: MCM.length, of: "peripheral", peripheral: this.peripheral(MCM.name) },
      ...COMPONENTS.map(componentRegion),
    ];
    return { regions, bitBands: BIT_BANDS, placeOf, isNotModelled };
  }

  private slotRegion({ name, base, length, gate }: Slot): BusRegion {
    const { sim } = this.peripherals;
    return {
      ...{ base, length, of: "peripheral", peripheral: this.peripheral(name) },
      ...(gate && { isClocked: () => ((sim.get(gate.register) >>> gate.bit) & 1) === 1 }),
      permits: (master: Master) => this.permits(name, master),
    };
  }

  private peripheral(name: string) {
    const found = this.peripherals.byName.get(name);
    if (!found) throw new RangeError(`no peripheral for slot ${name}`);
    return found;
  }

  private createCore(memories: readonly CpuMemory[], skipPolls: boolean): ChipCore {
    return new ChipCore({
      timeline: this.timeline,
      bus: () => this.bus,
      memories,
      hz: this.peripherals.coreHz,
      hooks: {
        resetRequested: (kind) => this.resetRequested(kind),
        unimplemented: (opcode, pc) => this.onUnimplemented?.(opcode, pc),
      },
      traced: (byte) => this.peripherals.hasSwo && this.onSwo?.(byte),
      create: (bus, hooks) => createCortexM(MK24_CORE, bus, hooks, { execute: this.executes, skipPolls }),
      changed: () => this.updateCounters(),
    });
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
      clocksChanged: () => this.core?.runner.setHz(this.peripherals.coreHz),
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

  private permits(name: string, master: Master): boolean {
    // Peripherals in reset do not answer (unsure).
    if (this.resets.inReset) return false;
    return !(this.closeFlashController && master === "debug" && name === "FTFE");
  }

  private resetRequested(kind: "system" | "core" | "lockup"): void {
    this.core.runner.catchUp();
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
    this.core.stateChanged();
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

/** How to make chips of these data, without power; `powerOn` starts them. */
export const kinetisModel =
  (data: KinetisChip): ((options: ChipOptions) => Mk24) =>
  (options) =>
    new Mk24Chip(data, options);
