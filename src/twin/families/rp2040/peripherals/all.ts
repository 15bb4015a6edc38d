import type { Picoseconds } from "../../../../base/clock.ts";
import type { LaunchObserver } from "../../../chip/flash-model.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import type { Prng } from "../../../chip/prng.ts";
import { restoreAll } from "../../../chip/peripherals/restore-all.ts";
import { type Saved, type Stateful, savedPart } from "../../../chip/saved.ts";
import type { ChipOptions } from "../../../chip/seam.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { QuadPins } from "../flash/quad-pins.ts";
import { Ssi } from "../flash/ssi.ts";
import { W25Q16 } from "../flash/w25q16.ts";
import { ClockTree } from "./clocks.ts";
import { Pins } from "./pins.ts";
import { createPlain, createPsm, createVreg } from "./plain.ts";
import { Resets, type Resettable } from "./resets.ts";
import { Sio, SioShared } from "./sio.ts";
import { Timer } from "./timer.ts";
import { Uart } from "./uart.ts";
import { Usb, UsbMemory } from "./usb.ts";
import { Watchdog } from "./watchdog.ts";

/** Interrupt lines (data sheet 2.3.2). */
const IRQ = { TIMER: 0, USB: 5, SIO_PROC0: 15, UART0: 20, UART1: 21 } as const;
/** The crystal of Raspberry Pi's boards. */
const XTAL_HZ = 12_000_000;

/** What the peripherals need from the chip around them. */
export interface PeripheralHooks {
  /** An interrupt line of both cores. */
  setInterrupt(line: number, asserted: boolean): void;
  /** One of a single core. */
  setCoreInterrupt(core: number, line: number, asserted: boolean): void;
  clocksChanged(): void;
  watchdogExpired(): void;
  forceOff(bits: number): void;
  launched: LaunchObserver;
  powerCut(at: Picoseconds): void;
  /** Flash bytes changed, or whether they can be read as memory. */
  flashChanged(address: number, length: number): void;
}

/** All of the RP2040's peripherals, wired to each other, and the flash chip behind them. */
export class Peripherals implements Stateful {
  readonly flash: W25Q16;
  readonly ssi: Ssi;
  readonly clocks: ClockTree;
  readonly resets: Resets;
  readonly watchdog: Watchdog;
  readonly uart: Uart;
  readonly psm;
  readonly vreg = createVreg();
  readonly sios: readonly [Sio, Sio];
  readonly byName: ReadonlyMap<string, Peripheral>;
  private readonly shared = new SioShared();
  private readonly quad: QuadPins;
  private readonly timer: Timer;

  constructor(timeline: Timeline, options: ChipOptions, uid: readonly number[], prng: Prng, hooks: PeripheralHooks) {
    const all = this;
    this.flash = new W25Q16(timeline, options.flash, uid, prng, {
      launched: (launch) => hooks.launched(launch),
      powerCut: (at) => hooks.powerCut(at),
      changed: (address, length) => hooks.flashChanged(address, length),
    });
    this.resets = new Resets((name) => this.putIntoReset(name));
    this.quad = new QuadPins(() => this.ssi?.selectChanged());
    this.ssi = new Ssi(timeline, this.flash, {
      sysHz: () => this.clocks.sysHz,
      get selectOverride() {
        return all.quad.selectOverride;
      },
      get isConnected() {
        const released = all.resets.isReleased("IO_QSPI") && all.resets.isReleased("PADS_QSPI");
        return released && all.quad.areConnected;
      },
      seenByFlash: (byte) => this.quad.seen(byte),
      changed: () => hooks.flashChanged(0, 0),
    });
    this.clocks = new ClockTree(options.extalHz ?? XTAL_HZ, () => {
      this.timer?.run(this.watchdog.tickHz);
      hooks.clocksChanged();
    });
    this.watchdog = new Watchdog(timeline, {
      expired: () => hooks.watchdogExpired(),
      tickChanged: () => this.timer.run(this.watchdog.tickHz),
      refHz: () => this.clocks.refHz,
    });
    this.timer = new Timer(timeline, (n, asserted) => hooks.setInterrupt(IRQ.TIMER + n, asserted));
    this.psm = createPsm((bits) => hooks.forceOff(bits));
    const uart = (name: "UART0" | "UART1", send: (byte: number) => void) =>
      new Uart(name, timeline, {
        periHz: () => this.clocks.periHz,
        send,
        setInterrupt: (asserted) => hooks.setInterrupt(IRQ[name], asserted),
      });
    this.uart = uart("UART0", (byte) => options.uart?.(Uint8Array.of(byte)));
    const pins = new Pins();
    const sio = (core: 0 | 1) =>
      new Sio(core, this.shared, pins, {
        setInterrupt: (to, asserted) => hooks.setCoreInterrupt(to, IRQ.SIO_PROC0 + to, asserted),
      });
    this.sios = [sio(0), sio(1)];
    const usbReleased = () => this.resets.isReleased("USBCTRL");
    const list = [
      ...[this.resets, this.psm, this.vreg, this.watchdog, this.timer, this.ssi, this.uart, uart("UART1", () => {})],
      ...[new Usb(usbReleased, (asserted) => hooks.setInterrupt(IRQ.USB, asserted)), new UsbMemory(usbReleased)],
      ...[...this.clocks.peripherals, ...pins.peripherals, ...this.quad.peripherals, ...createPlain()],
    ];
    this.byName = new Map(list.map((peripheral) => [peripheral.name, peripheral]));
  }

  /** Power-on, the RUN pin, or a restart by the power-on state machine: everything but the watchdog's scratch words. */
  resetAll(): void {
    for (const peripheral of this.byName.values()) if (peripheral !== this.watchdog) peripheral.reset();
    this.resetSio();
  }

  /** What goes with the cores. */
  resetSio(): void {
    this.shared.reset();
    for (const sio of this.sios) sio.reset();
  }

  save(): Saved {
    const parts = [...this.byName].map(([name, peripheral]) => [name, peripheral.save()] as const);
    const [sio0, sio1] = this.sios.map((sio) => sio.save());
    return { ...Object.fromEntries(parts), sio0, sio1, flash: this.flash.save() };
  }

  restore(saved: Saved): void {
    restoreAll(this.byName, saved, LATER);
    this.flash.restore(savedPart(saved, "flash"));
    this.sios.forEach((sio, n) => void sio.restore(savedPart(saved, `sio${n}`)));
  }

  private putIntoReset(name: Resettable): void {
    this.byName.get(name)?.reset();
    if (name === "IO_QSPI" || name === "PADS_QSPI") this.ssi.selectChanged();
  }
}

/** Peripherals that the first version of this chip's model didn't have. */
const LATER = /^USB(CTRL|_DPRAM)$/;
