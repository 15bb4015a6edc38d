import type { FlashResources } from "./flash/ftfe-command.ts";
import type { FlashEngine } from "./flash/flash-engine.ts";
import { Ftfe } from "./flash/ftfe.ts";
import { Crc } from "./peripherals/crc.ts";
import { createFmc } from "./peripherals/fmc.ts";
import { Gpio } from "./peripherals/gpio.ts";
import { Mcg } from "./peripherals/mcg.ts";
import type { Peripheral } from "./peripherals/peripheral.ts";
import {
  createAips,
  createAxbs,
  createLlwu,
  createMcm,
  createOsc,
  createPmc,
  createSysmpu,
} from "./peripherals/plain.ts";
import { createPort } from "./peripherals/port.ts";
import { Rcm } from "./peripherals/rcm.ts";
import type { RegisterBank } from "./peripherals/register-bank.ts";
import { createSim, type UniqueId } from "./peripherals/sim.ts";
import { Smc } from "./peripherals/smc.ts";
import { Uart } from "./peripherals/uart.ts";
import { Wdog } from "./peripherals/wdog.ts";
import { type Saved, type Stateful, savedPart } from "./saved.ts";
import type { Timeline } from "./timeline.ts";

/** UART0's receive and transmit interrupt (NXP MK24F12 header). */
const UART0_IRQ = 31;

/** What the peripherals need from the chip around them. */
export interface PeripheralHooks {
  setInterrupt(line: number, asserted: boolean): void;
  /** The watchdog asks for a reset. */
  watchdogReset(): void;
  uartSend(byte: number): void;
  /** A clock register changed. */
  clocksChanged(): void;
}

/** All peripherals of the K24 that are modelled, by name, and the rates that their clocks have. */
export class Peripherals implements Stateful {
  readonly sim: RegisterBank;
  readonly rcm = new Rcm();
  readonly smc = new Smc();
  readonly mcg: Mcg;
  readonly wdog: Wdog;
  readonly uart: Uart;
  readonly ftfe: Ftfe;
  readonly byName: ReadonlyMap<string, Peripheral>;

  constructor(timeline: Timeline, flash: FlashResources, engine: FlashEngine, uid: UniqueId, hooks: PeripheralHooks) {
    const { setInterrupt } = hooks;
    this.sim = createSim(uid);
    this.mcg = new Mcg(() => hooks.clocksChanged());
    this.wdog = new Wdog(timeline, { busHz: () => this.busHz, bite: () => hooks.watchdogReset() });
    this.ftfe = new Ftfe(flash, engine, { commandsAllowed: () => this.smc.isRun, setInterrupt });
    this.uart = new Uart(timeline, {
      moduleHz: () => this.coreHz,
      send: (byte) => hooks.uartSend(byte),
      setInterrupt: (asserted) => setInterrupt(UART0_IRQ, asserted),
    });
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

  /** A system reset. */
  reset(): void {
    for (const peripheral of this.byName.values()) peripheral.reset();
  }

  save(): Saved {
    return Object.fromEntries([...this.byName].map(([name, peripheral]) => [name, peripheral.save()]));
  }

  restore(saved: Saved): void {
    for (const [name, peripheral] of this.byName) peripheral.restore(savedPart(saved, name));
  }

  private all(): Peripheral[] {
    return [
      ...[createAips("AIPS0"), createAips("AIPS1"), createAxbs(), createSysmpu(), createPmc(), createOsc()],
      ...[createLlwu(), createMcm(), createFmc(), new Crc(), new Gpio(), this.sim, this.rcm, this.smc, this.mcg],
      ...["A", "B", "C", "D", "E"].map(createPort),
      ...[this.wdog, this.uart, this.ftfe],
    ];
  }
}
