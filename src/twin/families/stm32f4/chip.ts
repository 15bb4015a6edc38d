import type { Picoseconds } from "../../../base/clock.ts";
import { hex32, type u32 } from "../../../base/u32.ts";
import { Bus, type BusMap, type BusRegion, type FlashWindow } from "../../chip/bus.ts";
import { ChipCore } from "../../chip/chip-core.ts";
import { AhbAp } from "../../chip/debug/ahb-ap.ts";
import { componentRegion } from "../../chip/debug/rom-table.ts";
import type { LaunchObserver } from "../../chip/flash-model.ts";
import { loseContent, Prng } from "../../chip/prng.ts";
import type { RefusedAccess } from "../../chip/refused-accesses.ts";
import type {
  AccessPort,
  ApResult,
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
import type { Stm32F4Chip } from "./chip-data.ts";
import { loadParts, type SavableChip, saveParts } from "./chip-state.ts";
import { componentsOf, coreOf } from "./core.ts";
import { FlashInterface } from "./flash/flash-interface.ts";
import { FlashUnit } from "./flash/flash-unit.ts";
import { BootAlias, optionWindow, SystemWindow } from "./flash/windows.ts";
import {
  CCM_BASE,
  CCM_SIZE,
  FLASH_BASE,
  OPTION_BASE,
  OPTION_BASE_2,
  SRAM_BASE,
  SYSTEM_BASE,
  SYSTEM_SIZE,
} from "./geometry.ts";
import { BIT_BANDS, isNotModelled, placeOf } from "./memory-map.ts";
import { bridgeRegions } from "./peripherals/bridge.ts";
import { Peripherals } from "./peripherals/list.ts";
import type { ResetCause } from "./peripherals/rcc.ts";
import { ResetSequence } from "./reset.ts";

/** SW-DP of a Cortex-M4: DPv1 (RM0090, 38.8.3). */
const DP_IDENTITY = { dpidr: 0x2ba01477 } as const;
const AHB_AP_IDENTITY = { idr: 0x24770011, base: 0xe00ff003 } as const;
/** Power-on reset, at most (STM32F40x data sheet, V_POR/PDR). */
const POWER_ON_MV = 1_760;
/** The crystal of ST's Discovery boards. */
const HSE_HZ = 8_000_000;
/** RDP of a chip that is made locked: level 1. */
const LEVEL_1_OPTCR = 0x0fff00ec;

/** An STM32F4 put together, with its events connected. */
export class Stm32F4 implements BoardChip, SavableChip {
  readonly name: string;
  readonly powerOnMv = POWER_ON_MV;
  readonly debugPorts: readonly ChipDebugPort[];
  readonly uid: string;
  onLaunch: LaunchObserver | undefined;
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  onSwo: ((byte: SwoByte) => void) | undefined;
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  closeFlashController = false;

  readonly timeline = new Timeline();
  readonly flash: FlashUnit;
  readonly registers: FlashInterface;
  readonly peripherals: Peripherals;
  readonly sram: Uint8Array;
  readonly ccm: Uint8Array;
  readonly ahbAp: AhbAp;
  readonly resets: ResetSequence;
  isPowered = false;
  private readonly data: Stm32F4Chip;
  private readonly flashMemory: CpuMemory;
  private readonly bus: Bus;
  private readonly core: ChipCore;
  private readonly interrupts = new Map<number, boolean>();
  private readonly options: ChipOptions;

  constructor(data: Stm32F4Chip, options: ChipOptions) {
    const prng = new Prng(options.seed);
    const uid = [prng.next(), prng.next(), prng.next()];
    this.data = data;
    this.name = data.name;
    this.options = options;
    this.uid = uid.map(hex32).join("");
    this.sram = new Uint8Array(data.sram);
    this.ccm = new Uint8Array(data.ccm ? CCM_SIZE : 0);
    this.flash = new FlashUnit(data, this.timeline, options.flash, options.seed);
    if (options.locked) this.flash.cells.program({ optcr: LEVEL_1_OPTCR, optcr1: 0x0fff0000 });
    this.registers = new FlashInterface(this.flash);
    this.flashMemory = { base: FLASH_BASE, bytes: this.flash.main.bytes, writable: false, direct: true };
    const board = { hseHz: options.extalHz ?? HSE_HZ, isClosed: () => this.flash.isClosed };
    this.peripherals = new Peripherals(this.timeline, data, this.registers, board, this.peripheralHooks());
    const rams = this.rams();
    this.bus = new Bus(this.busMap(rams, uid), { written: (address, size) => this.cpu.invalidate(address, size) });
    this.core = this.createCore([this.flashMemory, ...rams]);
    this.ahbAp = new DebuggerAp(this.bus, this.core, this.flash);
    this.resets = new ResetSequence(this.timeline, {
      enter: (cause) => this.enterReset(cause),
      leave: () => this.leaveReset(),
    });
    this.debugPorts = [{ identity: DP_IDENTITY, accessPort: (apsel) => this.accessPort(apsel) }];
    this.watchFlash();
  }

  get cpu(): Cpu {
    return this.core.cpu;
  }

  get powered(): boolean {
    return this.isPowered;
  }

  get inReset(): boolean {
    return this.resets.inReset;
  }

  get flashCommands(): number {
    return this.flash.operations.launches;
  }

  get refusedAccesses(): readonly RefusedAccess[] {
    return this.bus.refused.list;
  }

  accessPort(apsel: number): AccessPort | undefined {
    return apsel === 0 ? this.ahbAp : undefined;
  }

  /** Level 2 takes the debug port away, from the next reset on (unsure: at once). */
  get debugPortIsOff(): boolean {
    return this.flash.level === 2;
  }

  setSupply(mv: number): void {
    this.flash.supplyMv = mv;
  }

  powerOn(at: Picoseconds): void {
    this.advance(at);
    this.isPowered = true;
    this.interrupts.clear();
    this.cpu.powerOn();
    this.ahbAp.reset();
    this.resets.begin("power");
  }

  powerOff(at: Picoseconds, cut: PowerCut): void {
    this.advance(at);
    this.losePower(new Prng(cut.seed));
  }

  setResetPin(level: 0 | 1, at: Picoseconds): void {
    this.advance(at);
    this.resets.setPin(level);
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
    this.core.runner.setHz(this.peripherals.rcc.coreHz);
    this.updateDirect();
  }

  /** Main flash by its addresses; the option bytes by theirs. */
  peekFlash(address: number, count: number): Uint8Array {
    if (address >= FLASH_BASE && address < SYSTEM_BASE - 0x10000)
      return this.flash.main.bytes.slice(address - FLASH_BASE, address - FLASH_BASE + count);
    const bank = address >= OPTION_BASE ? 0 : 1;
    const base = bank === 0 ? OPTION_BASE : OPTION_BASE_2;
    return Uint8Array.from({ length: count }, (_, i) => this.flash.cells.byteAt(bank, address - base + i));
  }

  /** Sends bytes to every USART, one a frame: what is connected to one terminal hears all of them (unsure). */
  receiveUart(bytes: Uint8Array): void {
    for (const usart of this.peripherals.serial) usart.receive(bytes);
  }

  private losePower(prng: Prng): void {
    this.isPowered = false;
    this.flash.operations.cut(prng);
    this.timeline.clearAll();
    this.cpu.powerOn();
    this.resets.powerOff();
    for (const memory of [this.sram, this.ccm, this.peripherals.backupSram]) loseContent(memory, prng);
    this.updateCounters();
  }

  private rams(): CpuMemory[] {
    const ram = (base: u32, bytes: Uint8Array): CpuMemory => ({ base, bytes, writable: true, direct: true });
    return [ram(SRAM_BASE, this.sram), ...(this.data.ccm ? [ram(CCM_BASE, this.ccm)] : [])];
  }

  private busMap(rams: readonly CpuMemory[], uid: readonly number[]): BusMap {
    const flash = this.flash.window();
    const window = (base: u32, length: number, of: FlashWindow): BusRegion => ({
      base,
      length,
      of: "flash",
      window: of,
    });
    const system = new SystemWindow(this.flash, uid);
    const regions: BusRegion[] = [
      window(FLASH_BASE, this.flash.main.bytes.length, flash),
      window(0, this.flash.main.bytes.length, new BootAlias(flash)),
      window(SYSTEM_BASE, SYSTEM_SIZE, system),
      window(OPTION_BASE, 0x10, optionWindow(this.flash, 0)),
      ...(this.data.banks === 2 ? [window(OPTION_BASE_2, 0x10, optionWindow(this.flash, 1))] : []),
      ...rams.map((memory): BusRegion => ({ base: memory.base, of: "memory", memory })),
      ...bridgeRegions(this.peripherals.placed),
      { base: 0xe0042000, length: 0x1000, of: "peripheral", peripheral: this.peripherals.dbgmcu },
      ...componentsOf(this.data).map(componentRegion),
    ];
    const { placed } = this.peripherals;
    return { regions, bitBands: BIT_BANDS, placeOf: (address) => placeOf(placed, address), isNotModelled };
  }

  private createCore(memories: readonly CpuMemory[]): ChipCore {
    const { execute = true, skipPolls = true } = this.options;
    return new ChipCore({
      timeline: this.timeline,
      bus: () => this.bus,
      memories,
      hz: this.peripherals.rcc.coreHz,
      hooks: {
        resetRequested: (kind) => this.resetRequested(kind),
        unimplemented: (opcode, pc) => this.onUnimplemented?.(opcode, pc),
      },
      traced: (byte) => this.peripherals.dbgmcu.hasSwo && this.onSwo?.(byte),
      create: (bus, hooks) => createCortexM(coreOf(this.data), bus, hooks, { execute, skipPolls }),
      changed: () => this.updateCounters(),
    });
  }

  private peripheralHooks() {
    return {
      setInterrupt: (line: number, asserted: boolean) => this.setInterrupt(line, asserted),
      watchdogReset: () => this.resets.begin("watchdog"),
      uartSend: (byte: number) => this.options.uart?.(Uint8Array.of(byte)),
      clocksChanged: () => this.core?.runner.setHz(this.peripherals.rcc.coreHz),
      debugChanged: () => this.updateCounters(),
    };
  }

  private watchFlash(): void {
    const { operations } = this.flash;
    operations.onLaunch = (launch) => this.onLaunch?.(launch);
    operations.onPowerCut = (at) => {
      this.losePower(new Prng(this.options.seed + operations.launches));
      this.onPowerCut?.(at);
    };
    this.flash.onChange = (offset, length) => this.flashChanged(offset, length);
    this.flash.onOpened = () => this.peripherals.backupSram.fill(0);
  }

  /** A lockup resets nothing: the core stays in it until a debugger or a reset takes it out. */
  private resetRequested(kind: "system" | "core" | "lockup"): void {
    this.core.runner.catchUp();
    if (kind === "system") this.resets.begin("software");
    if (kind !== "core" || this.resets.inReset) return;
    this.cpu.enterReset();
    this.cpu.leaveReset();
    this.core.stateChanged();
  }

  private enterReset(cause: ResetCause): void {
    if (cause === "power") this.peripherals.powerOn();
    this.flash.operations.cut();
    this.flash.reset(cause === "power");
    this.peripherals.reset();
    this.peripherals.rcc.record(cause);
    this.cpu.enterReset();
    this.core.stateChanged();
  }

  private leaveReset(): void {
    if (this.flash.cells.watchdogByHardware) this.peripherals.iwdg.start();
    this.cpu.leaveReset();
    this.core.stateChanged();
  }

  /** The watchdog counts on while the core is halted, unless the debugger has it stand still. */
  private updateCounters(): void {
    if (!this.core) return;
    const { state } = this.cpu;
    const stands = state === "halted" && this.peripherals.dbgmcu.stopsIwdg;
    this.peripherals.iwdg.setFrozen(stands);
  }

  private flashChanged(offset: number, length: number): void {
    if (length > 0) this.cpu?.invalidate(FLASH_BASE + offset, length);
    this.updateDirect();
  }

  /** The core may read flash by itself only while nothing is under way and nothing is closed. */
  private updateDirect(): void {
    this.flashMemory.direct = !this.flash.operations.busy && !this.flash.isClosed;
  }

  private setInterrupt(line: number, asserted: boolean): void {
    if (this.interrupts.get(line) === asserted) return;
    this.interrupts.set(line, asserted);
    this.cpu.setInterrupt(line, asserted);
  }
}

/** The AHB-AP, which tells the flash that a debugger is at work. */
class DebuggerAp extends AhbAp {
  private readonly flash: FlashUnit;

  constructor(bus: Bus, core: ChipCore, flash: FlashUnit) {
    super(bus, AHB_AP_IDENTITY, core.asDebugger, () => flash.level !== 2);
    this.flash = flash;
  }

  override read(address: number): ApResult {
    if (address === DRW || address >= BANKED) this.flash.noteDebugger();
    return super.read(address);
  }

  override write(address: number, value: u32): ApResult {
    if (address === DRW || (address >= BANKED && address < 0xf0)) this.flash.noteDebugger();
    return super.write(address, value);
  }
}

/** MEM-AP registers that reach into memory: DRW, and BD0 to BD3. */
const DRW = 0x0c;
const BANKED = 0x10;

/** How to make chips of these data, without power; `powerOn` starts them. */
export const stm32f4Model =
  (data: Stm32F4Chip): ((options: ChipOptions) => Stm32F4) =>
  (options) =>
    new Stm32F4(data, options);
