import type { Peripheral } from "../../chip/peripherals/peripheral.ts";
import { restoreAll } from "../../chip/peripherals/restore-all.ts";
import type { Saved, Stateful } from "../../chip/saved.ts";
import type { Timeline } from "../../chip/timeline.ts";
import type { Nrf52Chip } from "./chip-data.ts";
import type { NvmcEngine } from "./flash/nvmc-engine.ts";
import { Nvmc, type NvmcHooks } from "./flash/nvmc.ts";
import { baseOf, lineOf, slotAt } from "./memory-map.ts";
import { ClockPower } from "./peripherals/clock-power.ts";
import { Egu } from "./peripherals/egu.ts";
import { EventBlock } from "./peripherals/event-block.ts";
import { Gpio } from "./peripherals/gpio.ts";
import { Rng, Temp } from "./peripherals/measured.ts";
import { Ppi } from "./peripherals/ppi.ts";
import { Rtc } from "./peripherals/rtc.ts";
import { Timer } from "./peripherals/timer.ts";
import { Uarte } from "./peripherals/uarte.ts";
import { Wdt } from "./peripherals/wdt.ts";
import type { ResetCause } from "./reset.ts";

/** What the peripherals need from the chip around them. */
export interface PeripheralHooks {
  setInterrupt(line: number, asserted: boolean): void;
  /** The watchdog asks for a reset. */
  watchdogReset(): void;
  uartSend(byte: number): void;
  readRam(address: number): number;
  writeRam(address: number, byte: number): void;
  /** The firmware's side of access port protection. */
  approtect(kind: "force" | "disable", value: number): void;
}

/** All peripherals of an nRF52 that are modelled, by name. */
export class Peripherals implements Stateful {
  readonly clock: ClockPower;
  readonly uart: Uarte;
  readonly nvmc: Nvmc;
  readonly byName: ReadonlyMap<string, Peripheral>;
  private readonly ppi: Ppi;
  private readonly wdt: Wdt;
  private readonly rtcs: readonly Rtc[];

  constructor(
    timeline: Timeline,
    engine: NvmcEngine,
    chip: Nrf52Chip & { readonly seed: number },
    hooks: PeripheralHooks & { readonly nvmc: NvmcHooks },
  ) {
    const line = (name: string) => ({
      setInterrupt: (asserted: boolean) => hooks.setInterrupt(lineOf(name), asserted),
      // Also called while the parts are being made.
      fired: (offset: number) => this.ppi?.event(baseOf(name) + offset),
    });
    const block = (name: string) => new EventBlock(name, line(name));
    const uart = (name: string, send: (byte: number) => void) =>
      new Uarte(name, timeline, { ...line(name), ...hooks, ...line(name), send });
    this.clock = new ClockPower(timeline, {
      ...line("CLOCK"),
      lfclkChanged: () => {
        // Also called while the parts are being made.
        for (const rtc of this.rtcs ?? []) rtc.clockChanged();
      },
      approtect: hooks.approtect,
    });
    this.uart = uart("UARTE0", hooks.uartSend);
    this.nvmc = new Nvmc(engine, hooks.nvmc);
    this.wdt = new Wdt(timeline, { ...line("WDT"), bite: hooks.watchdogReset });
    const lfclkRuns = () => this.clock.lfclkRuns;
    this.rtcs = ["RTC0", "RTC1", "RTC2"].map((name) => new Rtc(name, timeline, { ...line(name), lfclkRuns }));
    this.ppi = new Ppi(line("PPI"), (task) => {
      const slot = slotAt(task);
      if (slot) this.byName.get(slot.name)?.write(task - slot.base, 4, 1);
    });
    const all: readonly Peripheral[] = [
      this.ppi,
      ...[this.clock, this.uart, this.nvmc, this.wdt, new Gpio(chip.ports)],
      ...(chip.uarts === 2 ? [uart("UARTE1", () => {})] : []),
      ...this.rtcs,
      ...["TIMER0", "TIMER1", "TIMER2", "TIMER3", "TIMER4"].map((name) => new Timer(name, timeline, line(name))),
      new Rng(timeline, chip.seed, line("RNG")),
      new Temp(timeline, line("TEMP")),
      ...[0, 1, 2, 3, 4, 5].map((n) => new Egu(`EGU${n}`, line(`EGU${n}`))),
      // Nothing happens on their pins and channels; start-up code tunes COMP by an undocumented register.
      ...["NFCT", "GPIOTE", "QDEC", "COMP", "MWU", "FPU"].map(block),
    ];
    this.byName = new Map(all.map((peripheral) => [peripheral.name, peripheral]));
  }

  /** A system reset. */
  reset(cause: ResetCause): void {
    for (const peripheral of this.byName.values()) peripheral.reset();
    this.clock.record(cause);
    this.wdt.systemReset(cause);
  }

  /** What the core does, for the watchdog. */
  coreIs(state: "running" | "sleeping" | "halted"): void {
    this.wdt.coreIs(state);
  }

  save(): Saved {
    return Object.fromEntries([...this.byName].map(([name, peripheral]) => [name, peripheral.save()]));
  }

  restore(saved: Saved): void {
    restoreAll(this.byName, saved, LATER);
  }
}

/** Peripherals that the first version of this chip's model didn't have. */
const LATER = /^(NFCT|QDEC|COMP)$/;
