import type { Picoseconds } from "../../../base/clock.ts";
import { hex32, type u32 } from "../../../base/u32.ts";
import { Bus, type BusMap, type BusRegion } from "../../chip/bus.ts";
import { ChipCore } from "../../chip/chip-core.ts";
import { AhbAp } from "../../chip/debug/ahb-ap.ts";
import { componentRegion } from "../../chip/debug/rom-table.ts";
import type { LaunchObserver } from "../../chip/flash-model.ts";
import { loseContent, Prng } from "../../chip/prng.ts";
import type { Master, RefusedAccess } from "../../chip/refused-accesses.ts";
import type {
  AccessPort,
  BoardChip,
  ChipDebugPort,
  ChipOptions,
  ChipParts,
  PowerCut,
  SwoByte,
} from "../../chip/seam.ts";
import { Timeline } from "../../chip/timeline.ts";
import { createCortexM } from "../../cpu/cortex-m.ts";
import type { Cpu, CpuMemory } from "../../cpu/seam.ts";
import { Approtect } from "./approtect.ts";
import type { Nrf52Chip } from "./chip-data.ts";
import { loadParts, type SavableChip, saveParts } from "./chip-state.ts";
import { componentsOf, nrf52Core } from "./core-profile.ts";
import { CtrlAp } from "./ctrl-ap.ts";
import { FlashMemory } from "./flash/flash-memory.ts";
import { NvmcEngine, POWER_CUT } from "./flash/nvmc-engine.ts";
import { CODE_RAM_BASE, FICR_BASE, PAGE_SIZE, RAM_BASE, UICR, UICR_BASE } from "./geometry.ts";
import { isNotModelled, NOT_MODELLED, placeOf, SLOTS } from "./memory-map.ts";
import { Peripherals } from "./peripherals.ts";
import { createFicr } from "./peripherals/ficr.ts";
import { Off } from "./peripherals/off.ts";
import { type ResetCause, ResetSequence } from "./reset.ts";

/** SW-DP and AHB-AP of a Cortex-M4 (OpenOCD, pyOCD logs). */
const DP_IDENTITY = { dpidr: 0x2ba01477 } as const;
const AHB_AP_IDENTITY = { idr: 0x24770011, base: 0xe00ff003 } as const;
/** The supply at which the chip starts (V_DD at least 1.7 V). */
const POWER_ON_MV = 1_700;
/** The core clock: fixed. */
const CORE_HZ = 64_000_000;
/** UICR.APPROTECT of a chip that keeps its port open, and of one that closes it, whatever its build. */
const APPROTECT_OPEN = Uint8Array.of(0x5a, 0xff, 0xff, 0xff);
const APPROTECT_CLOSED = Uint8Array.of(0x00, 0xff, 0xff, 0xff);

/** An nRF52 as the board and the tests see it. */
export interface Nrf52 extends BoardChip {
  /** The device ID of FICR as 16 hex digits; part of the state. */
  readonly uid: string;
  readonly cpu: Cpu;
  /** Called for an encoding that the core model does not implement. */
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  /** Makes the debugger's accesses to the NVMC fault, to prove that a loader works from RAM. */
  closeFlashController: boolean;
  /** Sends bytes to the first UARTE, one a frame. */
  receiveUart(bytes: Uint8Array): void;
}

/** An nRF52 put together, with its events connected. */
class Nrf52Model implements Nrf52, SavableChip {
  readonly name: string;
  readonly powerOnMv = POWER_ON_MV;
  readonly debugPorts: readonly ChipDebugPort[];
  onLaunch: LaunchObserver | undefined;
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  onSwo: ((byte: SwoByte) => void) | undefined;
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  closeFlashController = false;
  isPowered = false;
  isDebugged = false;
  readonly uid: string;
  readonly flash: FlashMemory;
  readonly ram: Uint8Array;
  readonly stateful: SavableChip["stateful"];
  readonly peripherals: Peripherals;
  readonly approtect: Approtect;
  private readonly timeline = new Timeline();
  private readonly engine: NvmcEngine;
  private readonly ahbAp: AhbAp;
  private readonly ctrlAp: CtrlAp;
  private readonly resets: ResetSequence;
  private readonly flashMemory: CpuMemory;
  private readonly bus: Bus;
  private readonly core: ChipCore;
  private readonly interrupts = new Map<number, boolean>();
  private readonly executes: boolean;
  private readonly seed: number;
  /** A hardened chip as a programmer leaves it: erased by the CTRL-AP, so open until its power goes. */
  private isFresh: boolean;

  constructor(data: Nrf52Chip, options: ChipOptions) {
    const prng = new Prng(options.seed);
    const deviceId = [prng.next(), prng.next()] as const;
    this.name = data.name;
    this.uid = deviceId.map(hex32).join("");
    this.seed = options.seed;
    this.executes = options.execute ?? true;
    this.isFresh = data.hardened && !options.locked;
    this.ram = new Uint8Array(data.ramSize);
    this.flash = new FlashMemory(data.flashSize, (address, length) => this.flashChanged(address, length));
    const { code, uicr } = this.flash;
    this.flashMemory = { base: 0, bytes: code.cells.bytes, writable: false, direct: true };
    this.engine = new NvmcEngine(this.timeline, this.flash, { ...data, speed: options.flash }, prng);
    this.approtect = new Approtect({ hardened: data.hardened, uicrByte: () => this.flash.approtectByte });
    this.peripherals = this.createPeripherals(data, options);
    const ram: CpuMemory = { base: RAM_BASE, bytes: this.ram, writable: true, direct: true };
    const profile = nrf52Core(data);
    this.bus = new Bus(this.busMap(ram, createFicr(data, deviceId), componentsOf(profile, data)), {
      written: (address, size) => this.cpu.invalidate(address, size),
    });
    this.core = this.createCore(profile, [this.flashMemory, ram], options.skipPolls ?? true);
    this.ahbAp = new AhbAp(this.bus, AHB_AP_IDENTITY, this.core.asDebugger, () => this.approtect.isOpen);
    this.resets = new ResetSequence(this.timeline, {
      enter: (cause) => this.enterReset(cause),
      leave: () => this.leaveReset(),
    });
    this.ctrlAp = this.createCtrlAp();
    this.debugPorts = [{ identity: DP_IDENTITY, accessPort: (apsel) => this.accessPort(apsel) }];
    const { timeline, engine, approtect, ahbAp, ctrlAp, resets, peripherals } = this;
    this.stateful = { engine, approtect, ahbAp, ctrlAp, resets, peripherals, timeline };
    this.watchEngine();
    if (options.locked) uicr.cells.program(UICR.APPROTECT, APPROTECT_CLOSED);
    else if (data.hardened) uicr.cells.program(UICR.APPROTECT, APPROTECT_OPEN);
  }

  get cpu(): Cpu {
    return this.core.cpu;
  }

  get powered(): boolean {
    return this.isPowered;
  }

  /** The chip has no reset output: what it does inside does not show on the pin. */
  get inReset(): boolean {
    return false;
  }

  get flashCommands(): number {
    return this.engine.launches;
  }

  get refusedAccesses(): readonly RefusedAccess[] {
    return this.bus.refused.list;
  }

  powerOn(at: Picoseconds): void {
    this.advance(at);
    this.isPowered = true;
    this.interrupts.clear();
    this.cpu.powerOn();
    this.ahbAp.reset();
    this.ctrlAp.reset();
    this.resets.begin("POR");
    if (this.isFresh) this.approtect.erasedAll();
    this.isFresh = false;
  }

  powerOff(at: Picoseconds, cut: PowerCut): void {
    this.advance(at);
    this.losePower(new Prng(cut.seed));
  }

  /** The pin is a reset only where UICR connects it. */
  setResetPin(level: 0 | 1, at: Picoseconds): void {
    this.advance(at);
    if (level === 1) this.resets.release("pin");
    else if (this.flash.hasResetPin) this.resets.hold("pin");
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
    this.isFresh = false;
    this.interrupts.clear();
    this.cpu.invalidate(0, this.flash.code.cells.bytes.length);
    this.updateDirect();
  }

  peekFlash(address: number, count: number): Uint8Array {
    return this.flash.peek(address, count);
  }

  /** Bytes come in on the first UART, one a frame. */
  receiveUart(bytes: Uint8Array): void {
    this.peripherals.uart.receive(bytes);
  }

  private accessPort(apsel: number): AccessPort | undefined {
    this.isDebugged = true;
    return [this.ahbAp, this.ctrlAp][apsel];
  }

  private losePower(prng: Prng): void {
    this.isPowered = false;
    this.isDebugged = false;
    this.engine.cut(prng);
    this.timeline.clearAll();
    this.cpu.powerOn();
    this.resets.powerOff();
    loseContent(this.ram, prng);
    this.coreChanged();
  }

  private busMap(
    ram: CpuMemory,
    ficr: ReturnType<typeof createFicr>,
    components: ReturnType<typeof componentsOf>,
  ): BusMap {
    const { code, uicr } = this.flash;
    const { nvmc, byName } = this.peripherals;
    const slots = SLOTS.flatMap(({ name, base }): BusRegion[] => {
      const peripheral = byName.get(name);
      const permits = (master: Master) => this.permits(name, master);
      return peripheral ? [{ base, length: PAGE_SIZE, of: "peripheral", peripheral, permits }] : [];
    });
    const regions: BusRegion[] = [
      { base: 0, length: code.cells.bytes.length, of: "flash", window: nvmc.windowOf(code) },
      { base: UICR_BASE, length: PAGE_SIZE, of: "flash", window: nvmc.windowOf(uicr) },
      { base: ram.base, aliases: [CODE_RAM_BASE], of: "memory", memory: ram },
      { base: FICR_BASE, length: PAGE_SIZE, of: "peripheral", peripheral: ficr },
      ...slots,
      ...NOT_MODELLED.map(({ name, base }): BusRegion => {
        return { base, length: PAGE_SIZE, of: "peripheral", peripheral: new Off(name), isModelled: false };
      }),
      ...components.map(componentRegion),
    ];
    return { regions, placeOf, isNotModelled };
  }

  private createCore(
    profile: ReturnType<typeof nrf52Core>,
    memories: readonly CpuMemory[],
    skipPolls: boolean,
  ): ChipCore {
    return new ChipCore({
      timeline: this.timeline,
      bus: () => this.bus,
      memories,
      hz: CORE_HZ,
      hooks: {
        resetRequested: (kind) => this.resetRequested(kind),
        unimplemented: (opcode, pc) => this.onUnimplemented?.(opcode, pc),
      },
      traceHz: () => this.peripherals.clock.traceHz,
      traced: (byte) => this.peripherals.clock.hasSwo && this.onSwo?.(byte),
      create: (bus, hooks) => createCortexM(profile, bus, hooks, { execute: this.executes, skipPolls }),
      changed: () => this.updateCounters(),
    });
  }

  private createPeripherals(data: Nrf52Chip, { uart, seed }: ChipOptions): Peripherals {
    const chip = this;
    const hooks = {
      setInterrupt: (line: number, asserted: boolean) => this.setInterrupt(line, asserted),
      watchdogReset: () => this.resets.begin("DOG"),
      uartSend: (byte: number) => uart?.(Uint8Array.of(byte)),
      readRam: (address: number) => this.ram[address - RAM_BASE] ?? 0,
      writeRam: (address: number, byte: number) => this.writeRam(address, byte),
      approtect: (kind: "force" | "disable", value: number) =>
        kind === "force" ? this.approtect.forced(value) : this.approtect.softwareWrote(value),
      nvmc: {
        codeSize: data.flashSize,
        get isProtected() {
          return !chip.approtect.isOpen;
        },
      },
    };
    return new Peripherals(this.timeline, this.engine, { ...data, seed }, hooks);
  }

  private createCtrlAp(): CtrlAp {
    const chip = this;
    return new CtrlAp({
      get isOpen() {
        return chip.approtect.isOpen;
      },
      get isErasing() {
        return chip.engine.erasesForPort;
      },
      eraseAll: () => this.eraseAll(),
      holdSystem: (hold) => (hold ? this.resets.hold("ctrlAp") : this.resets.release("ctrlAp")),
    });
  }

  private watchEngine(): void {
    this.engine.onLaunch = (launch) => this.onLaunch?.(launch);
    this.engine.onBusyChange = () => this.updateDirect();
    this.engine.onEnd = ({ byPort }) => {
      if (byPort) this.erasedAll();
    };
    this.timeline.on(POWER_CUT, (at) => {
      this.losePower(new Prng(this.seed + this.engine.launches));
      this.onPowerCut?.(at);
    });
  }

  /** The port's erase takes the place of what the NVMC was doing, which stays half done (unsure). */
  private eraseAll(): void {
    if (this.engine.erasesForPort) return;
    this.engine.cut();
    this.engine.start("all", 0, 0, true);
  }

  private erasedAll(): void {
    this.ram.fill(0);
    this.cpu.invalidate(RAM_BASE, this.ram.length);
    this.approtect.erasedAll();
  }

  private writeRam(address: number, byte: number): void {
    if (address < RAM_BASE || address >= RAM_BASE + this.ram.length) return;
    this.ram[address - RAM_BASE] = byte;
    this.cpu.invalidate(address, 1);
  }

  private permits(name: string, master: Master): boolean {
    // Peripherals in reset do not answer (unsure).
    if (this.resets.inReset) return false;
    return !(this.closeFlashController && master === "debug" && name === "NVMC");
  }

  /** A lockup resets the chip but in debug interface mode. */
  private resetRequested(kind: "system" | "core" | "lockup"): void {
    this.core.runner.catchUp();
    if (kind === "lockup" && this.isDebugged) return;
    if (kind !== "core") this.resets.begin(kind === "system" ? "SREQ" : "LOCKUP");
    else if (!this.resets.inReset) {
      this.cpu.enterReset();
      this.leaveReset();
    }
  }

  private enterReset(cause: ResetCause): void {
    this.engine.cut();
    if (cause === "PIN") this.isDebugged = false;
    this.approtect.reset(cause);
    this.peripherals.reset(cause);
    this.cpu.enterReset();
    this.coreChanged();
  }

  private leaveReset(): void {
    if (this.resets.inReset) return;
    this.cpu.leaveReset();
    this.coreChanged();
  }

  private coreChanged(): void {
    this.core.stateChanged();
  }

  private updateCounters(): void {
    const { state } = this.cpu;
    const running = this.executes && (state === "running" || state === "lockup");
    const sleeping = this.executes && state === "sleeping";
    this.peripherals.coreIs(running ? "running" : sleeping ? "sleeping" : "halted");
  }

  private flashChanged(address: u32, length: number): void {
    this.cpu?.invalidate(address, length);
  }

  /** The core may read flash by itself only while the NVMC does nothing. */
  private updateDirect(): void {
    this.flashMemory.direct = !this.engine.busy;
  }

  private setInterrupt(line: number, asserted: boolean): void {
    if ((this.interrupts.get(line) ?? false) === asserted) return;
    this.interrupts.set(line, asserted);
    this.cpu.setInterrupt(line, asserted);
  }
}

/** How to make chips of these data, without power; `powerOn` starts them. */
export const nrf52Model =
  (data: Nrf52Chip): ((options: ChipOptions) => Nrf52) =>
  (options) =>
    new Nrf52Model(data, options);
