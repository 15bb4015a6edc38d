import type { u32 } from "../../../../base/u32.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, type Stateful, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Stm32F4Chip } from "../chip-data.ts";
import type { FlashInterface } from "../flash/flash-interface.ts";
import { BACKUP_SRAM_SIZE } from "../geometry.ts";
import type { Placed } from "./bridge.ts";
import { BackupSram } from "./backup-sram.ts";
import { Dbgmcu } from "./dbgmcu.ts";
import { Gpio } from "./gpio.ts";
import { Iwdg } from "./iwdg.ts";
import { Plain } from "./plain.ts";
import { Pwr } from "./pwr.ts";
import { type Gate, Rcc } from "./rcc.ts";
import { Usart } from "./usart.ts";

/** Bytes between two peripherals of a bridge. */
const SLOT = 0x400;

/** USARTs and UARTs: base, interrupt line, bridge, clock gate (RM0090, tables 1 and 61, 7.3.13, 7.3.14). */
const SERIAL: readonly (readonly [name: string, base: u32, irq: number, bus: 1 | 2, bit: number])[] = [
  ["USART1", 0x40011000, 37, 2, 4],
  ["USART2", 0x40004400, 38, 1, 17],
  ["USART3", 0x40004800, 39, 1, 18],
  ["UART4", 0x40004c00, 52, 1, 19],
  ["UART5", 0x40005000, 53, 1, 20],
  ["USART6", 0x40011400, 71, 2, 5],
];

/** Peripherals that keep what is written: base, gate, bit. */
const PLAIN: readonly (readonly [name: string, base: u32, gate?: Gate, bit?: number])[] = [
  ...[2, 3, 4, 5, 6, 7, 12, 13, 14].map((n, i) => [`TIM${n}`, 0x40000000 + SLOT * i, "APB1ENR", i] as const),
  ["RTC", 0x40002800],
  ["WWDG", 0x40002c00, "APB1ENR", 11],
  ["SPI2", 0x40003800, "APB1ENR", 14],
  ["SPI3", 0x40003c00, "APB1ENR", 15],
  ["I2C1", 0x40005400, "APB1ENR", 21],
  ["I2C2", 0x40005800, "APB1ENR", 22],
  ["I2C3", 0x40005c00, "APB1ENR", 23],
  ["CAN1", 0x40006400, "APB1ENR", 25],
  ["CAN2", 0x40006800, "APB1ENR", 26],
  ["DAC", 0x40007400, "APB1ENR", 29],
  ["TIM1", 0x40010000, "APB2ENR", 0],
  ["TIM8", 0x40010400, "APB2ENR", 1],
  ["ADC", 0x40012000, "APB2ENR", 8],
  ["SDIO", 0x40012c00, "APB2ENR", 11],
  ["SPI1", 0x40013000, "APB2ENR", 12],
  ["SPI4", 0x40013400, "APB2ENR", 13],
  ["SYSCFG", 0x40013800, "APB2ENR", 14],
  ["EXTI", 0x40013c00],
  ["TIM9", 0x40014000, "APB2ENR", 16],
  ["TIM10", 0x40014400, "APB2ENR", 17],
  ["TIM11", 0x40014800, "APB2ENR", 18],
  ["CRC", 0x40023000, "AHB1ENR", 12],
  ["DMA1", 0x40026000, "AHB1ENR", 21],
  ["DMA2", 0x40026400, "AHB1ENR", 22],
];

/** What the peripherals need from the chip around them. */
export interface PeripheralHooks {
  setInterrupt(line: number, asserted: boolean): void;
  watchdogReset(): void;
  uartSend(byte: number): void;
  clocksChanged(): void;
  debugChanged(): void;
}

/** All peripherals of an STM32F4 that are modelled, where they are, and the rates that their clocks have. */
export class Peripherals implements Stateful {
  readonly rcc: Rcc;
  readonly iwdg: Iwdg;
  readonly dbgmcu: Dbgmcu;
  readonly gpio: readonly Gpio[];
  readonly serial: readonly Usart[];
  readonly backupSram = new Uint8Array(BACKUP_SRAM_SIZE);
  readonly placed: readonly Placed[];
  private readonly all: readonly Peripheral[];

  constructor(
    timeline: Timeline,
    chip: Stm32F4Chip,
    flash: FlashInterface,
    board: { readonly hseHz: number; readonly isClosed: () => boolean },
    hooks: PeripheralHooks,
  ) {
    this.rcc = new Rcc(
      board.hseHz,
      () => hooks.clocksChanged(),
      () => this.iwdg.runs,
    );
    this.iwdg = new Iwdg(timeline, { bite: () => hooks.watchdogReset() });
    this.dbgmcu = new Dbgmcu(chip.idcode, () => hooks.debugChanged());
    this.gpio = portsTo(chip.lastPort).map((letter) => new Gpio(letter));
    this.serial = SERIAL.map(
      ([name, , irq, bus]) =>
        new Usart(name, timeline, {
          clockHz: () => this.rcc.apbHz(bus),
          send: (byte) => hooks.uartSend(byte),
          setInterrupt: (asserted) => hooks.setInterrupt(irq, asserted),
        }),
    );
    this.placed = [
      ...this.lively(flash),
      ...PLAIN.map(([name, base, gate, bit = 0]) => this.place(new Plain(name, SLOT), base, gate && [gate, bit])),
      this.place(new BackupSram(this.backupSram, board.isClosed), 0x40024000, ["AHB1ENR", 18], BACKUP_SRAM_SIZE),
    ];
    this.all = this.placed.map(({ peripheral }) => peripheral);
  }

  /** A system reset. */
  reset(): void {
    for (const peripheral of this.all) peripheral.reset();
  }

  /** Power-on: what outlives system resets begins anew. */
  powerOn(): void {
    this.rcc.powerOn();
    this.dbgmcu.powerOn();
  }

  save(): Saved {
    return Object.fromEntries([...this.all, this.dbgmcu].map((one) => [one.name, one.save()]));
  }

  restore(saved: Saved): void {
    for (const one of [...this.all, this.dbgmcu]) one.restore(savedPart(saved, one.name));
  }

  private lively(flash: FlashInterface): readonly Placed[] {
    return [
      ...SERIAL.map(([, base, , bus, bit], i) => this.place(this.serial[i], base, [`APB${bus}ENR`, bit])),
      ...this.gpio.map((port, i) => this.place(port, 0x40020000 + SLOT * i, ["AHB1ENR", i])),
      this.place(this.iwdg, 0x40003000),
      this.place(new Pwr(), 0x40007000, ["APB1ENR", 28]),
      this.place(this.rcc, 0x40023800),
      this.place(flash, 0x40023c00),
    ];
  }

  private place(
    peripheral: Placed["peripheral"],
    base: u32,
    gate?: readonly [gate: Gate, bit: number],
    length = SLOT,
  ): Placed {
    return { base, length, peripheral, ...(gate && { isClocked: () => this.rcc.isOn(...gate) }) };
  }
}

const portsTo = (last: string): readonly string[] =>
  Array.from({ length: last.charCodeAt(0) - 0x40 }, (_, i) => String.fromCharCode(0x41 + i));
