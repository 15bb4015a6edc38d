import { MILLISECOND, type Picoseconds, SECOND } from "../../../../src/base/clock.ts";
import type { AccessPort, ApResult, ChipOptions } from "../../../../src/twin/chip/seam.ts";
import { createNrf52840, createNrf52840F0 } from "../../../../src/twin/families/nrf52/nrf52840.ts";
import type { Nrf52 } from "../../../../src/twin/families/nrf52/nrf52-chip.ts";

/** MEM-AP registers. */
const AP = { CSW: 0x00, TAR: 0x04, DRW: 0x0c } as const;
/** CTRL-AP registers. */
export const CTRL = { RESET: 0x00, ERASEALL: 0x04, ERASEALLSTATUS: 0x08, APPROTECTSTATUS: 0x0c, IDR: 0xfc } as const;
export const NVMC = { READY: 0x4001e400, CONFIG: 0x4001e504, ERASEPAGE: 0x4001e508, ERASEUICR: 0x4001e514 } as const;
export const APPROTECT = 0x10001208;
const SIZE_CODE = { 1: 0, 2: 1, 4: 2 } as const;

/** A chip on a bench: its own clock, and a debugger's hands on its access ports. */
export class Lab {
  readonly chip: Nrf52;
  now: Picoseconds = 0;

  constructor(options: Partial<ChipOptions> & { readonly build?: "D0" | "F0" } = {}) {
    const { build = "D0", ...rest } = options;
    const create = build === "F0" ? createNrf52840F0 : createNrf52840;
    this.chip = create({ flash: "typ", locked: false, seed: 1, execute: false, ...rest });
    this.chip.powerOn(0);
    this.wait(10 * MILLISECOND);
  }

  /** Passes time. */
  wait(time: Picoseconds): this {
    this.now += time;
    this.chip.advance(this.now);
    return this;
  }

  /** Power off and on. */
  powerCycle(): this {
    this.chip.powerOff(this.now, { seed: 1 });
    this.chip.powerOn(this.now);
    return this.wait(10 * MILLISECOND);
  }

  ap(number: 0 | 1): AccessPort {
    this.chip.advance(this.now);
    const port = this.chip.debugPorts[0].accessPort(number);
    if (!port) throw new Error(`no AP ${number}`);
    return port;
  }

  get isOpen(): boolean {
    return this.ap(1).read(CTRL.APPROTECTSTATUS) === 1;
  }

  tryRead(address: number, size: 1 | 2 | 4 = 4): ApResult {
    this.select(address, size);
    return this.ap(0).read(AP.DRW);
  }

  tryWrite(address: number, value: number, size: 1 | 2 | 4 = 4): ApResult {
    this.select(address, size);
    return this.ap(0).write(AP.DRW, (value << (8 * (address & 3))) >>> 0);
  }

  read(address: number): number {
    const value = this.tryRead(address);
    if (typeof value !== "number") throw new Error(`read of ${address.toString(16)}: ${value}`);
    return value;
  }

  write(address: number, value: number): void {
    const result = this.tryWrite(address, value);
    if (result !== 0) throw new Error(`write of ${address.toString(16)}: ${result}`);
  }

  /** Waits for NVMC.READY; answers the milliseconds. */
  ready(): number {
    const from = this.now;
    while (this.read(NVMC.READY) === 0) {
      if (this.now - from > 10 * SECOND) throw new Error("the NVMC does not become ready");
      this.wait(100_000_000);
    }
    return (this.now - from) / MILLISECOND;
  }

  /** Programs one word. */
  program(address: number, value: number): void {
    this.write(NVMC.CONFIG, 1);
    this.write(address, value);
    this.ready();
    this.write(NVMC.CONFIG, 0);
  }

  /** The recover sequence of OpenOCD and pyOCD. */
  eraseAll(): void {
    const ctrl = this.ap(1);
    ctrl.write(CTRL.ERASEALL, 1);
    while (ctrl.read(CTRL.ERASEALLSTATUS) === 1) this.wait(MILLISECOND);
    ctrl.write(CTRL.RESET, 1);
    ctrl.write(CTRL.RESET, 0);
    ctrl.write(CTRL.ERASEALL, 0);
    this.wait(MILLISECOND);
  }

  private select(address: number, size: 1 | 2 | 4): void {
    const port = this.ap(0);
    port.write(AP.CSW, 0x23000000 | SIZE_CODE[size]);
    port.write(AP.TAR, address);
  }
}
