import type { Picoseconds } from "../../../../src/base/clock.ts";
import { MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { createMk24 } from "../../../../src/twin/families/kinetis-ftfe/mk24fn1m0xxx12.ts";
import type { Mk24 } from "../../../../src/twin/families/kinetis-ftfe/mk24-seam.ts";
import type { ApResult, ChipOptions } from "../../../../src/twin/chip/seam.ts";

/** MEM-AP register addresses. */
export const AP = { CSW: 0x00, TAR: 0x04, DRW: 0x0c, BD0: 0x10, CFG: 0xf4, BASE: 0xf8, IDR: 0xfc } as const;
/** MDM-AP register addresses. */
export const MDM = { STATUS: 0x00, CONTROL: 0x04, IDR: 0xfc } as const;

export const FSTAT = 0x40020000;
export const FCCOB = 0x40020004;
export const FPROT = 0x40020010;
export const FSEC = 0x40020002;

const SIZE_CODE = { 1: 0, 2: 1, 4: 2 } as const;
type Size = keyof typeof SIZE_CODE;

/** A chip on a bench: its own clock, and a debugger's hands on its access ports. */
export class Lab {
  readonly chip: Mk24;
  now: Picoseconds = 0;

  constructor(options: Partial<ChipOptions> = {}) {
    this.chip = createMk24({ flash: "typ", locked: false, seed: 1, execute: false, ...options });
  }

  /** Passes time. */
  wait(time: Picoseconds): this {
    this.now += time;
    this.chip.advance(this.now);
    return this;
  }

  powerOn(): this {
    this.chip.powerOn(this.now);
    return this.wait(MILLISECOND);
  }

  powerOff(seed = 1): this {
    this.chip.powerOff(this.now, { seed });
    return this;
  }

  /** A power cycle: what the FCF says counts afterwards. */
  powerCycle(): this {
    return this.powerOff().powerOn();
  }

  ap(number: number) {
    this.chip.advance(this.now);
    const port = this.chip.accessPort(number);
    if (!port) throw new Error(`no AP ${number}`);
    return port;
  }

  get status(): number {
    return this.ap(1).read(MDM.STATUS) as number;
  }

  get control(): number {
    return this.ap(1).read(MDM.CONTROL) as number;
  }

  set control(value: number) {
    this.ap(1).write(MDM.CONTROL, value);
  }

  tryRead(address: number, size: Size = 4): ApResult {
    this.select(address, size);
    const word = this.ap(0).read(AP.DRW);
    if (typeof word !== "number") return word;
    const value = word >>> (8 * (address & 3));
    return size === 4 ? value : value & ((1 << (8 * size)) - 1);
  }

  tryWrite(address: number, value: number, size: Size = 4): ApResult {
    this.select(address, size);
    return this.ap(0).write(AP.DRW, (value << (8 * (address & 3))) >>> 0);
  }

  read(address: number, size: Size = 4): number {
    const value = this.tryRead(address, size);
    if (typeof value !== "number") throw new Error(`read of ${address.toString(16)}: ${value}`);
    return value;
  }

  write(address: number, value: number, size: Size = 4): void {
    const result = this.tryWrite(address, value, size);
    if (result !== 0) throw new Error(`write of ${address.toString(16)}: ${result}`);
  }

  get fstat(): number {
    return this.read(FSTAT, 1);
  }

  /** Clears errors, fills FCCOB and launches; FCCOB as the three words that OpenOCD and we write. */
  launch(code: number, address: number, word1 = 0, word2 = 0): void {
    this.write(FSTAT, 0x70, 1);
    this.write(FCCOB, ((code << 24) | address) >>> 0);
    this.write(FCCOB + 4, word1);
    this.write(FCCOB + 8, word2);
    this.write(FSTAT, 0x80, 1);
  }

  /** Launches and waits; answers FSTAT. */
  command(code: number, address: number, word1 = 0, word2 = 0): number {
    this.launch(code, address, word1, word2);
    return this.finish();
  }

  /** Waits for CCIF; answers FSTAT. */
  finish(): number {
    const limit = this.now + 20 * SECOND;
    while (!(this.fstat & 0x80)) {
      if (this.now > limit) throw new Error("flash command never ended");
      this.wait(this.chip.nextEvent() - this.now);
    }
    return this.fstat;
  }

  /** Programs a phrase and answers FSTAT. */
  program(address: number, low: number, high: number): number {
    return this.command(0x07, address, low, high);
  }

  flash(address: number, count: number): number[] {
    return [...this.chip.peekFlash(address, count)];
  }

  private select(address: number, size: Size): void {
    this.ap(0).write(AP.CSW, 0x23000000 | SIZE_CODE[size]);
    this.ap(0).write(AP.TAR, address);
  }
}

/** A chip that has just been powered and has left reset. */
export const lab = (options: Partial<ChipOptions> = {}): Lab => new Lab(options).powerOn();

/** `count` times the byte FF. */
export const blank = (count: number): number[] => Array.from({ length: count }, () => 0xff);
