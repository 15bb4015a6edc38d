import type { FlashResources } from "./flash/ftfe-command.ts";
import type { FlashEngine } from "./flash/flash-engine.ts";
import { Ftfe } from "./flash/ftfe.ts";
import { Crc } from "./peripherals/crc.ts";
import { createFtm } from "./peripherals/ftm.ts";
import { createSerial } from "./mk24-serial.ts";
import { createFmc } from "./peripherals/fmc.ts";
import { Gpio } from "./peripherals/gpio.ts";
import { Lptmr, type LptmrClock } from "./peripherals/lptmr.ts";
import { Mcg } from "./peripherals/mcg.ts";
import type { Peripheral } from "../../chip/peripherals/peripheral.ts";
import {
  createAips,
  createAxbs,
  createLlwu,
  createMcm,
  createOsc,
  createPmc,
  createSysmpu,
} from "./peripherals/plain.ts";
import { Pit } from "./peripherals/pit.ts";
import { createPort } from "./peripherals/port.ts";
import { Rcm } from "./peripherals/rcm.ts";
import { Rng } from "./peripherals/rng.ts";
import { Rtc } from "./peripherals/rtc.ts";
import { Sim, type SimIdentity } from "./peripherals/sim.ts";
import { Smc } from "./peripherals/smc.ts";
import { Uart } from "./peripherals/uart.ts";
import { Wdog } from "./peripherals/wdog.ts";
import { restoreAll } from "../../chip/peripherals/restore-all.ts";
import type { Saved, Stateful } from "../../chip/saved.ts";
import type { Timeline } from "../../chip/timeline.ts";

/** Interrupt lines (NXP MK24F12 header, IRQn_Type). PIT0 is the first of four. */
const IRQ = { RNG: 23, UART0: 31, RTC: 46, RTC_SECONDS: 47, PIT0: 48, LPTMR0: 58 } as const;

/** The low-power oscillator, and the RTC's crystal. */
const LPO_HZ = 1000;
const RTC_HZ = 32_768;
/** OSC_CR.ERCLKEN lets OSCERCLK out. */
const ERCLKEN = 0x80;

/** What the peripherals need from the chip around them. */
export interface PeripheralHooks {
  setInterrupt(line: number, asserted: boolean): void;
  /** The watchdog asks for a reset. */
  watchdogReset(): void;
  uartSend(byte: number): void;
  /** A clock register changed. */
  clocksChanged(): void;
}

/** What the board and the user decide. */
export interface PeripheralOptions {
  readonly identity: SimIdentity;
  /** The clock on EXTAL0 in hertz. */
  readonly extalHz: number;
  /** Decides what the random number generator gives. */
  readonly seed: number;
}

/** All peripherals of the K24 that are modelled, by name, and the rates that their clocks have. */
export class Peripherals implements Stateful {
  readonly sim: Sim;
  readonly rcm = new Rcm();
  readonly smc = new Smc();
  readonly mcg: Mcg;
  readonly wdog: Wdog;
  readonly uart: Uart;
  readonly ftfe: Ftfe;
  readonly byName: ReadonlyMap<string, Peripheral>;
  private readonly portA = createPort("A");
  private readonly osc = createOsc();
  private readonly serial: readonly Peripheral[];
  private readonly rtc: Rtc;
  private readonly pit: Pit;
  private readonly lptmr: Lptmr;
  private readonly rng: Rng;
  private readonly options: PeripheralOptions;

  constructor(
    timeline: Timeline,
    flash: FlashResources,
    engine: FlashEngine,
    options: PeripheralOptions,
    hooks: PeripheralHooks,
  ) {
    const { setInterrupt } = hooks;
    const clocksChanged = () => this.clocksChanged(hooks);
    const busHz = () => this.busHz;
    this.options = options;
    this.sim = new Sim(options.identity, clocksChanged);
    this.mcg = new Mcg(options.extalHz, clocksChanged);
    this.wdog = new Wdog(timeline, { busHz, bite: () => hooks.watchdogReset() });
    this.ftfe = new Ftfe(flash, engine, { commandsAllowed: () => this.smc.isRun, setInterrupt });
    this.uart = new Uart("UART0", timeline, {
      moduleHz: () => this.coreHz,
      send: (byte) => hooks.uartSend(byte),
      setInterrupt: (asserted) => setInterrupt(IRQ.UART0, asserted),
    });
    this.rtc = new Rtc(timeline, {
      setInterrupt: (asserted) => setInterrupt(IRQ.RTC, asserted),
      pulseSeconds: () => pulse(setInterrupt, IRQ.RTC_SECONDS),
      clocksChanged,
    });
    this.pit = new Pit(timeline, { busHz, setInterrupt: (n, asserted) => setInterrupt(IRQ.PIT0 + n, asserted) });
    this.lptmr = new Lptmr(timeline, {
      hzOf: (clock) => this.hzOf(clock),
      setInterrupt: (asserted) => setInterrupt(IRQ.LPTMR0, asserted),
    });
    this.rng = new Rng(timeline, options.seed, { busHz, setInterrupt: (asserted) => setInterrupt(IRQ.RNG, asserted) });
    this.serial = createSerial(timeline, { ...hooks, coreHz: () => this.coreHz, busHz });
    this.byName = new Map(this.all().map((peripheral) => [peripheral.name, peripheral]));
  }

  /** The core clock: MCGOUTCLK through SIM_CLKDIV1.OUTDIV1. */
  get coreHz(): number {
    return this.mcg.outputHz / ((this.sim.get("CLKDIV1") >>> 28) + 1);
  }

  /** The bus clock: MCGOUTCLK through SIM_CLKDIV1.OUTDIV2. */
  get busHz(): number {
    return this.mcg.outputHz / (((this.sim.get("CLKDIV1") >>> 24) & 0xf) + 1);
  }

  /** Whether PTA2 is TRACE_SWO, with the core clock behind it: SOPT2.TRACECLKSEL (unsure of the other one). */
  get hasSwo(): boolean {
    return ((this.portA.get("PCR2") >>> 8) & 7) === 7 && (this.sim.get("SOPT2") & 0x1000) !== 0;
  }

  /** A system reset. */
  reset(): void {
    for (const peripheral of this.byName.values()) peripheral.reset();
  }

  /** Power-on: what outlives system resets begins anew. */
  powerOn(): void {
    this.rtc.powerOn();
    this.lptmr.powerOn();
  }

  /** Whether the core is in debug state, where the watchdog and frozen timers stand still; or runs at all. */
  coreIs(state: { readonly running: boolean; readonly halted: boolean }): void {
    this.wdog.setCounting(state.running);
    this.pit.setHalted(state.halted);
  }

  save(): Saved {
    return Object.fromEntries([...this.byName].map(([name, peripheral]) => [name, peripheral.save()]));
  }

  /** A state that an earlier version left lacks the peripherals that it didn't model: they come as after power-on. */
  restore(saved: Saved): void {
    this.powerOn();
    restoreAll(this.byName, saved, LATER);
  }

  private clocksChanged(hooks: PeripheralHooks): void {
    hooks.clocksChanged();
    // Also called while the parts are being made.
    this.pit?.clockChanged();
    this.lptmr?.clockChanged();
  }

  private hzOf(clock: LptmrClock): number {
    switch (clock) {
      case "MCGIRCLK":
        return this.mcg.internalClockHz;
      case "LPO":
        return LPO_HZ;
      case "ERCLK32K":
        return this.slowHz;
      case "OSCERCLK":
        return (this.osc.get("CR") & ERCLKEN) !== 0 ? this.options.extalHz : 0;
    }
  }

  /** ERCLK32K by SIM_SOPT1.OSC32KSEL: the system oscillator where it is a 32 kHz one, the RTC's, or the LPO. */
  private get slowHz(): number {
    const select = (this.sim.get("SOPT1") >>> 18) & 3;
    if (select === 2) return this.rtc.oscillates ? RTC_HZ : 0;
    if (select === 3) return LPO_HZ;
    return this.options.extalHz <= 40_000 ? this.options.extalHz : 0;
  }

  private all(): Peripheral[] {
    return [
      ...[createAips("AIPS0"), createAips("AIPS1"), createAxbs(), createSysmpu(), createPmc(), this.osc],
      ...[createLlwu(), createMcm(), createFmc(), new Crc(), new Gpio(), this.sim, this.rcm, this.smc, this.mcg],
      this.portA,
      ...["B", "C", "D", "E"].map(createPort),
      ...[this.wdog, this.uart, this.ftfe, this.rtc, this.pit, this.lptmr, this.rng],
      ...this.serial,
      ...["FTM0", "FTM1", "FTM2", "FTM3"].map(createFtm),
    ];
  }
}

/** Peripherals that states of the first version don't have. */
const LATER = /^(RTC|PIT|LPTMR0|RNG|UART[1-5]|SPI[0-2]|I2C[0-2]|ADC[01]|FTM[0-3])$/;

function pulse(setInterrupt: PeripheralHooks["setInterrupt"], line: number): void {
  setInterrupt(line, true);
  setInterrupt(line, false);
}
