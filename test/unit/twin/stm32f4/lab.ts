import { MILLISECOND, type Picoseconds, SECOND } from "../../../../src/base/clock.ts";
import type { ApResult, ChipOptions } from "../../../../src/twin/chip/seam.ts";
import type { Stm32F4 } from "../../../../src/twin/families/stm32f4/chip.ts";
import { STM32F4_MODELS } from "../../../../src/twin/families/stm32f4/chips.ts";

/** The flash interface, as RM0090 numbers it. */
export const FLASH = {
  ACR: 0x40023c00,
  KEYR: 0x40023c04,
  OPTKEYR: 0x40023c08,
  SR: 0x40023c0c,
  CR: 0x40023c10,
  OPTCR: 0x40023c14,
  OPTCR1: 0x40023c18,
} as const;

const CSW = 0x00;
const TAR = 0x04;
const DRW = 0x0c;
const SIZE_CODE = { 1: 0, 2: 1, 4: 2 } as const;
type Size = keyof typeof SIZE_CODE;

/** A chip on a bench: its own clock, and a debugger's hands on its access port. */
export class Lab {
  readonly chip: Stm32F4;
  now: Picoseconds = 0;

  constructor(name: string, options: Partial<ChipOptions> = {}) {
    this.chip = STM32F4_MODELS[name]({ flash: "typ", locked: false, seed: 1, execute: false, ...options });
  }

  wait(time: Picoseconds): this {
    this.now += time;
    this.chip.advance(this.now);
    return this;
  }

  powerOn(): this {
    this.chip.powerOn(this.now);
    return this.wait(5 * MILLISECOND);
  }

  powerCycle(seed = 1): this {
    this.chip.powerOff(this.now, { seed });
    return this.powerOn();
  }

  /** The reset pin, low for a moment. */
  reset(): this {
    this.chip.setResetPin(0, this.now);
    this.wait(MILLISECOND);
    this.chip.setResetPin(1, this.now);
    return this.wait(MILLISECOND);
  }

  tryRead(address: number, size: Size = 4): ApResult {
    this.select(address, size);
    const word = this.chip.ahbAp.read(DRW);
    if (typeof word !== "number") return word;
    const value = word >>> (8 * (address & 3));
    return size === 4 ? value : value & ((1 << (8 * size)) - 1);
  }

  tryWrite(address: number, value: number, size: Size = 4): ApResult {
    this.select(address, size);
    return this.chip.ahbAp.write(DRW, (value << (8 * (address & 3))) >>> 0);
  }

  read(address: number, size: Size = 4): number {
    const value = this.tryRead(address, size);
    if (typeof value !== "number") throw new Error(`read of ${address.toString(16)}: ${value}`);
    return value;
  }

  write(address: number, value: number, size: Size = 4): void {
    const result = this.tryWrite(address, value >>> 0, size);
    if (result !== 0) throw new Error(`write of ${address.toString(16)}: ${result}`);
  }

  /** Both keys of CR. */
  unlock(): this {
    this.write(FLASH.KEYR, 0x45670123);
    this.write(FLASH.KEYR, 0xcdef89ab);
    return this;
  }

  /** Both keys of OPTCR. */
  unlockOptions(): this {
    this.write(FLASH.OPTKEYR, 0x08192a3b);
    this.write(FLASH.OPTKEYR, 0x4c5d6e7f);
    return this;
  }

  /** Writes OPTCR, and starts. */
  setOptions(optcr: number): this {
    this.write(FLASH.OPTCR, optcr);
    this.write(FLASH.OPTCR, optcr | 2);
    return this;
  }

  /** Waits until no operation is under way; answers how long that took. */
  finish(): Picoseconds {
    const from = this.now;
    while (this.read(FLASH.SR) & 0x10000) {
      if (this.now > from + 100 * SECOND) throw new Error("the operation never ended");
      this.wait(this.chip.nextEvent() - this.now);
    }
    return this.now - from;
  }

  /** Programs by words, as CR is set. */
  program(address: number, ...words: readonly number[]): void {
    for (const [i, word] of words.entries()) {
      this.write(address + 4 * i, word);
      this.finish();
    }
  }

  private select(address: number, size: Size): void {
    this.chip.advance(this.now);
    this.chip.ahbAp.write(CSW, 0x23000000 | SIZE_CODE[size]);
    this.chip.ahbAp.write(TAR, address);
  }
}

/** A chip that has just been powered and has left reset. */
export const lab = (name = "STM32F407xG", options: Partial<ChipOptions> = {}): Lab => new Lab(name, options).powerOn();
