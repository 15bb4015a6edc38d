import { AdiError } from "../../../src/adi/adi-error.ts";
import type { BatchMemory, MemoryOp, Width } from "../../../src/adi/memory.ts";
import type { Io } from "../../../src/base/clock.ts";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { DapError } from "../../../src/probe/probe-error.ts";
import { FakeClock } from "../probe/fake-clock.ts";

const DHCSR = 0xe000edf0;
const DCRSR = 0xe000edf4;
const DCRDR = 0xe000edf8;
const DEMCR = 0xe000edfc;
const AIRCR = 0xe000ed0c;

/** The debug registers of a Cortex-M4, as far as a debugger's manual describes them; written apart from the driver. */
export class FakeCore implements BatchMemory {
  readonly clock = new FakeClock();
  readonly registers = new Map<number, number>();
  readonly words = new Map<number, number>([
    [0xe000ed00, 0x410fc241],
    [0xe0002000, 0x260],
    [0xe0001000, 0x40000000],
    [0xe000ef40, 0x10110021],
  ]);
  readonly log: string[] = [];
  roundTrips = 0;
  halted = false;
  lockup = false;
  sleeping = false;
  resetSeen = false;
  inReset = 0;
  demcr = 0x01000000;
  debugEnabled = false;
  /** What the core ignores. */
  deafTo: "halt" | "reset" | undefined;
  /** Looks at DHCSR before a register transfer is done, and the only REGSEL that takes so many where one is named. */
  slow = 0;
  slowFor: number | undefined;
  /** Ends a run after so many looks. */
  runs = Number.POSITIVE_INFINITY;
  endOfRun: () => void = () => {};
  refuses = false;
  private pending = 0;
  private due: () => void = () => {};

  async run(ops: readonly MemoryOp[], io: Io = {}): Promise<Uint32Array> {
    this.roundTrips++;
    this.clock.pass(MILLISECOND);
    if (this.refuses) throw new AdiError("memory-fault", "the chip is in reset");
    const words: number[] = [];
    for (const op of ops) {
      if (op.op === "write") this.writeWord(op.address, op.value);
      else if (op.op === "read") words.push(this.readWord(op.address));
      else if (op.op === "until") words.push(this.until(op, io));
      else throw new Error("no operation of a batch");
    }
    return Uint32Array.from(words);
  }

  async read(address: number, _count: number, _width: Width): Promise<Uint8Array> {
    return new Uint8Array(Uint32Array.of(this.readWord(address)).buffer);
  }

  async write(address: number, bytes: Uint8Array, _width: Width): Promise<void> {
    this.writeWord(address, new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
  }

  get dhcsr(): number {
    const bits = [this.debugEnabled, this.pending === 0, this.halted, this.sleeping, this.lockup, this.resetSeen];
    const at = [0, 16, 17, 18, 19, 25];
    return bits.reduce((all, on, i) => all + (on ? 2 ** at[i] : 0), 0);
  }

  private until({ address, mask, value }: { address: number; mask: number; value: number }, io: Io): number {
    for (let looks = 0; looks < 100; looks++) {
      const seen = this.readWord(address);
      if ((seen & mask) >>> 0 === value) return seen;
    }
    this.clock.pass(Math.max(0, (io.deadline ?? 1e12) - this.clock.now()));
    const at = { opIndex: 0, done: 0, ack: "ok" as const, partial: new Uint32Array() };
    throw new DapError("dap-until-timeout", "never", at);
  }

  private readWord(address: number): number {
    if (address === DHCSR) return this.look();
    if (address === DEMCR) return this.demcr;
    return this.words.get(address) ?? 0;
  }

  private look(): number {
    if (this.pending > 0 && --this.pending === 0) this.due();
    if (!this.halted && --this.runs === 0) this.endOfRun();
    const seen = this.dhcsr;
    this.resetSeen = this.inReset > 0;
    if (this.inReset > 0 && --this.inReset === 0) this.resetSeen = false;
    return seen;
  }

  private writeWord(address: number, value: number): void {
    if (address === DHCSR && value >>> 16 === 0xa05f) this.control(value & 0xffff);
    else if (address === DCRSR) this.transfer(value);
    else if (address === DEMCR) this.demcr = value;
    else if (address === AIRCR && value >>> 16 === 0x05fa) this.reset(value & 4 ? "system" : "core");
    else this.words.set(address, value);
  }

  private control(bits: number): void {
    this.log.push(bits.toString(16));
    this.debugEnabled = (bits & 1) === 1;
    if (bits & 2) this.halted = this.deafTo !== "halt";
    else if (bits & 4) this.registers.set(15, (this.registers.get(15) ?? 0) + 2);
    else this.halted = false;
    if (this.halted) this.lockup = false;
  }

  private transfer(value: number): void {
    if (!this.halted) return;
    const selector = value & 0x7f;
    this.pending = (this.slowFor ?? selector) === selector ? this.slow : 0;
    this.due = () => {
      if (value & 0x10000) this.registers.set(selector, this.words.get(DCRDR) ?? 0);
      else this.words.set(DCRDR, this.registers.get(selector) ?? 0);
    };
    if (this.pending === 0) this.due();
  }

  /** A reset by whatever means; the core halts at its end when DEMCR says so. */
  reset(how: "system" | "core" | "pin"): void {
    this.log.push(`reset ${how}`);
    if (this.deafTo === "reset") return;
    this.resetSeen = true;
    this.inReset = 3;
    this.halted = (this.demcr & 1) === 1 && this.debugEnabled;
    this.registers.set(15, 0x1c0);
  }
}
