import { readTwice, unsteadyRead } from "../../adi/read-twice.ts";
import type { MemoryOp } from "../../adi/memory.ts";
import { equalBytes } from "../../base/bytes.ts";
import { type Clock, type Io, toTheEnd } from "../../base/clock.ts";
import { andThen, codeOf } from "../../base/errors.ts";
import { randomWords } from "../../base/random.ts";
import type { Chip, WorkRam } from "../../chips/chip.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { runCode } from "../../cortex/run-code.ts";
import type { Register } from "../../registers/register.ts";
import { HFSR } from "../../registers/faults.ts";
import { CFSR, CPUID, DEMCR, VTOR } from "../../registers/scs.ts";
import { type KeptRegisters, keepRegisters } from "../kept-registers.ts";
import { codeBytes } from "../ram-mailbox.ts";
import { agree, type Checks, checksOf, keysFrom } from "./checks.ts";
import { leaveException } from "./leave-exception.ts";
import { HASH_CODE } from "./hash-code.ts";
import { HASH_CODE_V7M } from "./hash-code-v7m.ts";

/** Where things lie in the work RAM: vectors, BKPTs to return to and to fault to, code, stack, and the job with its ranges. */
const LAYOUT = {
  vectors: 0x000,
  returnTo: 0x020,
  faultTo: 0x022,
  code: 0x024,
  stackTop: 0x200,
  job: 0x200,
  test: 0x220,
  ranges: 0x260,
};

/** Bytes of a range in the job, as words: address, count of words, and what the routine leaves there. */
const RANGE_WORDS = 5;
/** The most ranges of one call, the test's among them: they end within the work RAM's first 4 KB. */
const MOST_RANGES = 170;
/** Random words in RAM that each call checks with the ranges that were asked for. */
const TEST_WORDS = 16;
/** CPUID.Architecture of ARMv7-M and of what else has its instructions (ARMv7-M ARM, B3.2.3). */
const ARMV7M = 0xf;
/** Two BKPT instructions. */
const BREAKPOINTS = 0xbe00be00;
/** Milliseconds for a call, and bytes a millisecond that the slowest core manages. */
const CALL_MS = 2_000;
const SLOWEST_BYTES_PER_MS = 50;
/** Milliseconds in which 4 KB of RAM and some registers are back over the slowest wire. */
const GIVE_BACK_MS = 10_000;

/** What the checks run on. */
export interface HashTarget {
  readonly core: Core;
  readonly chip: Chip;
  readonly clock: Clock;
  /** Whether RAM and registers are given back. */
  readonly keepRam: boolean;
  /** Makes the core see what the cells hold, and keeps a watchdog from biting within a call over so many bytes. */
  readonly prepare: (bytes: number, io: Io) => Promise<void>;
}

/**
 * Counts checks over flash by code of ours on the halted core. The code is read back before it runs, and in each call it
 * checks random bytes of the host in RAM, too; where any of that is not right there is no answer, and the caller reads.
 */
export class HashRun {
  private readonly target: HashTarget;
  private readonly ram: WorkRam;
  private readonly keys = keysFrom(randomWords(3));
  private isBroken = false;
  private isStuck = false;

  /** The routine for the core: the one for ARMv7-M is nearly twice as fast. */
  private get code(): string {
    return CPUID.field(this.target.core.identity.cpuid, "Architecture") === ARMV7M ? HASH_CODE_V7M : HASH_CODE;
  }

  private constructor(target: HashTarget, ram: WorkRam) {
    this.target = target;
    this.ram = ram;
  }

  /** Whether the routine did not end as it should, and the core stands in an exception, which only a reset ends. */
  get hasFailed(): boolean {
    return this.isStuck;
  }

  /** A run on a chip; undefined where its data name no RAM for it. */
  static on(target: HashTarget): HashRun | undefined {
    const [ram] = target.chip.workRam;
    return ram && ram.length >= LAYOUT.ranges + MOST_RANGES * RANGE_WORDS * 4 ? new HashRun(target, ram) : undefined;
  }

  /** The checks that bytes at an address would have in a call. */
  expected(address: number, bytes: Uint8Array, { nonce, erasedWord }: Call): Checks {
    return checksOf(this.keys, { address, bytes, nonce, erasedWord });
  }

  /**
   * The checks of each range, of whole words; undefined where the routine can't be trusted. Throws `unsteady-read`, and
   * what the core and its memory throw, but for a call that fails.
   */
  async checks(ranges: readonly Range[], erased: number, io: Io = {}): Promise<Answers | undefined> {
    const { core, keepRam, prepare } = this.target;
    if (this.isBroken || ranges.length === 0 || (await core.state(io)) !== "halted") return undefined;
    const call: Call = { nonce: randomWords(1)[0], erasedWord: (erased * 0x01010101) >>> 0 };
    await prepare(
      ranges.reduce((sum, { length }) => sum + length, 0),
      io,
    );
    const kept = keepRam ? await this.keep(ranges.length, io) : undefined;
    const giveBack = async () => {
      if (kept) await this.giveBack(kept, toTheEnd(this.target.clock, GIVE_BACK_MS, io));
    };
    return andThen(() => this.trusted(ranges, call, io), giveBack);
  }

  /** The checks of all ranges; undefined where a call fails. */
  private async trusted(ranges: readonly Range[], call: Call, io: Io): Promise<Answers | undefined> {
    try {
      const found = await this.inParts(ranges, call, io);
      return found && { ...call, found };
    } catch (error) {
      this.isBroken = true;
      this.isStuck = !(await this.leave(toTheEnd(this.target.clock, GIVE_BACK_MS, io)));
      if (!["core-call-failed", "memory-fault"].includes(codeOf(error) ?? "")) throw error;
      return undefined;
    }
  }

  /** Halts the core; answers whether it stood in our code, and is in no exception any more. */
  private async leave(io: Io): Promise<boolean> {
    const { core, clock } = this.target;
    const { start } = this.ram;
    const stackEnd = LAYOUT.code + codeBytes(this.code).length;
    const stack = { start: start + stackEnd, length: LAYOUT.stackTop - stackEnd };
    const wayOut = { stack, code: start + LAYOUT.code, stop: start + LAYOUT.returnTo };
    try {
      if (await leaveException(core, clock, wayOut, io)) return true;
      // Our code runs on where a call was cut short; else the chip was reset, and nothing is as it was.
      if ((await core.state(io)) !== "halted") await core.halt(io);
      return false;
    } catch {
      // What went wrong first is what is reported.
      return false;
    }
  }

  private async inParts(ranges: readonly Range[], call: Call, io: Io): Promise<readonly Checks[] | undefined> {
    if (!(await this.putCode(io))) return undefined;
    const all: Checks[] = [];
    for (let at = 0; at < ranges.length; at += MOST_RANGES - 1) {
      const found = await this.part(ranges.slice(at, at + MOST_RANGES - 1), call, io);
      if (!found) return undefined;
      all.push(...found);
    }
    return all;
  }

  /** Vectors, the code, a BKPT to return to and another that the vectors lead to; answers whether the RAM holds them. */
  private async putCode(io: Io): Promise<boolean> {
    const { memory } = this.target.core;
    const code = codeBytes(this.code);
    const bytes = new Uint8Array(LAYOUT.code + code.length);
    const view = new DataView(bytes.buffer);
    for (let at = LAYOUT.vectors; at < LAYOUT.returnTo; at += 4)
      view.setUint32(at, this.ram.start + LAYOUT.faultTo + 1, true);
    view.setUint32(LAYOUT.returnTo, BREAKPOINTS, true);
    bytes.set(code, LAYOUT.code);
    await memory.write(this.ram.start, bytes, 32, io);
    return equalBytes(await memory.read(this.ram.start, bytes.length, 32, io), bytes);
  }

  /** One call: the test's range first. */
  private async part(ranges: readonly Range[], call: Call, io: Io): Promise<readonly Checks[] | undefined> {
    const { core, clock } = this.target;
    const { start } = this.ram;
    const test = new Uint8Array(randomWords(TEST_WORDS).buffer);
    const all = [{ start: start + LAYOUT.test, length: test.length }, ...ranges];
    await core.memory.write(start + LAYOUT.job, this.job(all, test, call), 32, io);
    const bytes = all.reduce((sum, { length }) => sum + length, 0);
    await withFaultsCaught(this.target, start + LAYOUT.vectors, io, () =>
      runCode(
        core,
        clock,
        {
          entry: start + LAYOUT.code,
          args: [start + LAYOUT.job],
          stack: start + LAYOUT.stackTop,
          returnTo: start + LAYOUT.returnTo,
          timeoutMs: CALL_MS + bytes / SLOWEST_BYTES_PER_MS,
        },
        io,
      ),
    );
    const answers = await core.memory.read(start + LAYOUT.ranges, all.length * RANGE_WORDS * 4, 32, io);
    const [own, ...found] = answersIn(answers, all) ?? [];
    if (!own || !agree(own, this.expected(start + LAYOUT.test, test, call))) return undefined;
    return found;
  }

  private job(ranges: readonly Range[], test: Uint8Array, { nonce, erasedWord }: Call): Uint8Array {
    const { start } = this.ram;
    const { key1, key2, key3 } = this.keys;
    const bytes = new Uint8Array(LAYOUT.ranges - LAYOUT.job + ranges.length * RANGE_WORDS * 4);
    const view = new DataView(bytes.buffer);
    const head = [key1, key2, key3, nonce, erasedWord, ranges.length, start + LAYOUT.ranges];
    for (const [i, word] of head.entries()) view.setUint32(4 * i, word, true);
    bytes.set(test, LAYOUT.test - LAYOUT.job);
    for (const [i, range] of ranges.entries()) {
      const at = LAYOUT.ranges - LAYOUT.job + i * RANGE_WORDS * 4;
      view.setUint32(at, range.start, true);
      view.setUint32(at + 4, range.length / 4, true);
    }
    return bytes;
  }

  private async keep(count: number, io: Io): Promise<Kept> {
    const { core } = this.target;
    const used = LAYOUT.ranges + Math.min(count + 1, MOST_RANGES) * RANGE_WORDS * 4;
    return { ram: await readTwice(core.memory, this.ram.start, used, io), registers: await keepRegisters(core, io) };
  }

  private async giveBack({ ram, registers }: Kept, io: Io): Promise<void> {
    const { core } = this.target;
    await core.memory.write(this.ram.start, ram, 32, io);
    await core.writeRegisters(registers, io);
  }
}

/** What every range of a call is checked with. */
interface Call {
  readonly nonce: number;
  readonly erasedWord: number;
}

/** The checks of a call, range by range. */
export interface Answers extends Call {
  readonly found: readonly Checks[];
}

interface Kept {
  readonly ram: Uint8Array;
  readonly registers: KeptRegisters;
}

/** The ranges' checks; undefined where the routine did not have the ranges that were meant. */
function answersIn(bytes: Uint8Array, ranges: readonly Range[]): readonly Checks[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (range: number, at: number) => view.getUint32((range * RANGE_WORDS + at) * 4, true);
  const isOdd = ranges.some(({ start, length }, i) => word(i, 0) !== start || word(i, 1) !== length / 4);
  if (isOdd) return undefined;
  return ranges.map((_, i) => ({ first: word(i, 2), second: word(i, 3), erased: word(i, 4) }));
}

/**
 * Runs code whose faults halt the core with vectors of ours, so that no handler of the firmware's runs, and no fault meets
 * another where the firmware's vectors can't be read: that would lock the core up, and many chips are reset by it.
 */
async function withFaultsCaught<T>(
  { core, clock }: HashTarget,
  vectors: number,
  io: Io,
  run: () => Promise<T>,
): Promise<T> {
  const look = ({ address }: Register): MemoryOp => ({ op: "read", address, width: 32 });
  const put = ({ address }: Register, value: number): MemoryOp => {
    return { op: "write", address, width: 32, value: value >>> 0 };
  };
  const looks = [look(DEMCR), look(VTOR)];
  const faults = [look(CFSR), look(HFSR)];
  const [demcr, vtor, cfsr, hfsr, ...again] = await core.memory.run([...looks, ...faults, ...looks], io);
  if (demcr !== again[0]) throw unsteadyRead("DEMCR");
  if (vtor !== again[1]) throw unsteadyRead("VTOR");
  // What a fault of ours has set in the status registers is cleared by writing ones; earlier faults stay noted.
  const giveBack = [put(DEMCR, demcr), put(VTOR, vtor), put(CFSR, ~cfsr), put(HFSR, ~hfsr)];
  const begin = [put(DEMCR, DEMCR.with(demcr, { VC_HARDERR: 1 })), put(VTOR, vectors)];
  const caught = async () => {
    await core.memory.run(begin, io);
    return run();
  };
  return andThen(caught, () => core.memory.run(giveBack, toTheEnd(clock, GIVE_BACK_MS, io)));
}
