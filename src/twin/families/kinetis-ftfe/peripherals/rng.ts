import { SECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { Prng } from "../../../chip/prng.ts";
import { type Saved, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

const OFFSET = { CR: 0x0, ER: 0x8, OR: 0xc } as const;
const CR = { GO: 0x01, INTM: 0x04, CLRI: 0x08, SLP: 0x10, KEPT: 0x17 } as const;
const SR = { LRS: 0x02, ORU: 0x04, ERRI: 0x08, SLP: 0x10, ONE_WORD: 0x100, SIZE_ONE: 0x10000 } as const;
/** Clocks that a word takes (K-series manual, RNGA: 256). */
const WORD_CLOCKS = 256;

const WORD = "rngWord";

/** What the RNGA asks of the chip around it. */
export interface RngHooks {
  busHz(): number;
  setInterrupt(asserted: boolean): void;
}

/** Random number generator RNGA: one word at a time, by the board's seed, so that a run can be repeated. */
export class Rng implements Peripheral {
  readonly name = "RNG";
  private readonly bank = new RegisterBank("RNG", [
    register("CR", OFFSET.CR, 4, 0, CR.KEPT),
    readOnly("SR", 0x4, 4, SR.SIZE_ONE),
    register("ER", OFFSET.ER, 4, 0, 0),
    readOnly("OR", OFFSET.OR, 4, 0),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: RngHooks;
  private readonly prng: Prng;

  constructor(timeline: Timeline, seed: number, hooks: RngHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    this.prng = new Prng(seed);
    timeline.on(WORD, () => this.bank.set("SR", this.bank.get("SR") | SR.ONE_WORD));
  }

  read(offset: number, size: AccessSize): number {
    if (offset === OFFSET.OR) this.takeWord();
    const value = this.bank.read(offset, size);
    // The error bits of a read of the status: LRS and ORU are cleared by it.
    if (offset === 0x4) this.bank.set("SR", this.bank.get("SR") & ~(SR.LRS | SR.ORU));
    return value;
  }

  isStable(offset: number): boolean {
    return offset === OFFSET.CR;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.CR && value & CR.CLRI) this.bank.set("SR", this.bank.get("SR") & ~SR.ERRI);
    this.update();
    return 0;
  }

  reset(): void {
    this.bank.reset();
    this.update();
  }

  save(): Saved {
    return { bank: this.bank.save(), prng: this.prng.state };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.prng.state = savedNumber(saved, "prng");
  }

  /** OR reads the word, or 0 where there is none, which is an underflow. */
  private takeWord(): void {
    const sr = this.bank.get("SR");
    const there = (sr & SR.ONE_WORD) !== 0;
    this.bank.set("OR", there ? this.prng.next() : 0);
    this.bank.set("SR", there ? sr & ~(SR.ONE_WORD | SR.LRS) : sr | SR.LRS | SR.ORU | SR.ERRI);
    this.update();
  }

  private update(): void {
    const cr = this.bank.get("CR");
    const sleeping = (cr & CR.SLP) !== 0;
    const sr = (this.bank.get("SR") & ~SR.SLP) | (sleeping ? SR.SLP : 0);
    this.bank.set("SR", sr);
    this.hooks.setInterrupt((sr & SR.ERRI) !== 0 && (cr & CR.INTM) === 0);
    const works = (cr & CR.GO) !== 0 && !sleeping && !(sr & SR.ONE_WORD);
    if (works) this.timeline.set(WORD, this.timeline.now + Math.round((WORD_CLOCKS * SECOND) / this.hooks.busHz()));
    else this.timeline.clear(WORD);
  }
}
