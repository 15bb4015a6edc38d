import { SECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Saved } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, register } from "../../../chip/peripherals/register-bank.ts";

const OFFSET = { C1: 2, S: 3, D: 4 } as const;
const C1 = { IICEN: 0x80, IICIE: 0x40, MST: 0x20, TX: 0x10, RSTA: 0x04 } as const;
const S = { TCF: 0x80, BUSY: 0x20, ARBL: 0x10, IICIF: 0x02, RXAK: 0x01 } as const;
/** Eight data bits and the acknowledge. */
const BYTE_BITS = 9;
/** Clock dividers by F.ICR, sixteen to a row of the manual's table (K-series manual, I2C divider and hold values). */
const DIVIDERS = [
  20, 22, 24, 26, 28, 30, 34, 40, 28, 32, 36, 40, 44, 48, 56, 68, 48, 56, 64, 72, 80, 88, 104, 128, 80, 96, 112, 128,
  144, 160, 192, 240, 160, 192, 224, 256, 288, 320, 384, 480, 320, 384, 448, 512, 576, 640, 768, 960, 640, 768, 896,
  1024, 1152, 1280, 1536, 1920, 1280, 1536, 1792, 2048, 2304, 2560, 3072, 3840,
] as const;

/** What the I2C module asks of the chip around it. */
export interface I2cHooks {
  busHz(): number;
  setInterrupt(asserted: boolean): void;
}

/** An I2C master alone on its bus: bytes take their time, and nothing acknowledges; what it reads is ones. */
export class I2c implements Peripheral {
  readonly name: string;
  private readonly bank: RegisterBank;
  private readonly timeline: Timeline;
  private readonly hooks: I2cHooks;
  private readonly event: string;

  constructor(name: string, timeline: Timeline, hooks: I2cHooks) {
    this.name = name;
    this.timeline = timeline;
    this.hooks = hooks;
    this.event = `${name.toLowerCase()}Byte`;
    this.bank = new RegisterBank(name, [
      register("A1", 0, 1, 0, 0xfe),
      register("F", 1, 1, 0),
      register("C1", OFFSET.C1, 1, 0),
      register("S", OFFSET.S, 1, S.TCF, 0),
      register("D", OFFSET.D, 1, 0),
      register("C2", 5, 1, 0),
      register("FLT", 6, 1, 0),
      register("RA", 7, 1, 0, 0xfe),
      register("SMB", 8, 1, 0),
      register("A2", 9, 1, 0xc2, 0xfe),
      register("SLTH", 10, 1, 0),
      register("SLTL", 11, 1, 0),
    ]);
    timeline.on(this.event, () => this.ended());
  }

  read(offset: number, size: AccessSize): number {
    const value = this.bank.read(offset, size);
    // A master that receives begins the next byte by reading this one.
    if (offset === OFFSET.D && this.isMaster && !(this.bank.get("C1") & C1.TX)) this.begin();
    return value;
  }

  isStable(offset: number): boolean {
    return offset !== OFFSET.D;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const was = this.bank.get("C1");
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.S) this.setStatus(this.bank.get("S") & ~(value & (S.ARBL | S.IICIF)));
    if (offset === OFFSET.C1) this.control(was);
    if (offset === OFFSET.D && this.isMaster && this.bank.get("C1") & C1.TX) this.begin();
    this.update();
    return 0;
  }

  reset(): void {
    this.bank.reset();
    this.timeline.clear(this.event);
    this.update();
  }

  save(): Saved {
    return this.bank.save();
  }

  restore(saved: Saved): void {
    this.bank.restore(saved);
  }

  private get isMaster(): boolean {
    const both = C1.IICEN | C1.MST;
    return (this.bank.get("C1") & both) === both;
  }

  private setStatus(status: number): void {
    this.bank.set("S", status);
  }

  /** MST makes the start and the stop; RSTA reads as 0. */
  private control(was: number): void {
    const now = this.bank.get("C1");
    this.bank.set("C1", now & ~C1.RSTA);
    if ((was ^ now) & C1.MST) this.setStatus(this.bank.get("S") ^ (this.isMaster ? S.BUSY : 0));
    if (!this.isMaster) this.setStatus(this.bank.get("S") & ~S.BUSY);
  }

  private begin(): void {
    const f = this.bank.get("F");
    const divider = DIVIDERS[f & 0x3f] * (1 << Math.min(2, f >>> 6));
    this.setStatus(this.bank.get("S") & ~(S.TCF | S.RXAK));
    this.timeline.set(this.event, this.timeline.now + Math.round((BYTE_BITS * divider * SECOND) / this.hooks.busHz()));
  }

  private ended(): void {
    this.setStatus(this.bank.get("S") | S.TCF | S.IICIF | S.RXAK);
    if (!(this.bank.get("C1") & C1.TX)) this.bank.set("D", 0xff);
    this.update();
  }

  private update(): void {
    this.hooks.setInterrupt((this.bank.get("C1") & C1.IICIE) !== 0 && (this.bank.get("S") & S.IICIF) !== 0);
  }
}
