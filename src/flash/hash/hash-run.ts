import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyMemory } from "../../adi/read-twice.ts";
import { wordReads, wordWrites } from "../../adi/word-ops.ts";
import { bytesOfWords, equalBytes } from "../../base/bytes.ts";
import { type Clock, type Io, toTheEnd } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { randomWords } from "../../base/random.ts";
import type { Chip, WorkRam } from "../../chips/chip.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { coreStateOf } from "../../cortex/core-state.ts";
import { type CodeCall, type PieceWork, runCodeBeside } from "../../cortex/run-code.ts";
import { CPUID, DHCSR } from "../../registers/scs.ts";
import type { KeptTarget } from "../kept/kept-target.ts";
import { keepRegisters, keptIn, keptReads } from "../kept-registers.ts";
import { codeBytes } from "../ram-mailbox.ts";
import { answersIn, type Call, type HashJob, hashJob, partsOf, sizeOf, TEST_WORDS } from "./hash-job.ts";
import { agree, type Checks, checksOf, keysFrom } from "./checks.ts";
import { FAULT_LOOKS, type FaultsCaught, faultsCaught } from "./faults-caught.ts";
import { leaveException } from "./leave-exception.ts";
import { HASH_CODE } from "./hash-code.ts";
import { HASH_CODE_V7M } from "./hash-code-v7m.ts";
import type { HashPreparation } from "./preparation.ts";

/** Where things lie in the work RAM: vectors, BKPTs to return to and to fault to, code, stack, and the job up to the end. */
const LAYOUT = {
  vectors: 0x000,
  returnTo: 0x020,
  faultTo: 0x022,
  code: 0x024,
  end: 0x1000,
};
/** Where the stack ends and the job begins: behind the routine for every Cortex-M, and behind a family's own. */
const JOB_AT = { usual: 0x200, own: 0x700 } as const;

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
  /** Where RAM and registers are kept that are wanted back; its owner gives them back. */
  readonly kept?: KeptTarget | undefined;
  readonly preparation: HashPreparation;
  /** Makes flash readable again where a family's own routine may have been cut short. */
  readonly mend?: (io: Io) => Promise<void>;
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
  private work: PieceWork | undefined;
  /** What was seen before the last call, as long as nothing but loaders of ours has run since. */
  private around: Around | undefined;
  /** Whether the code was put into RAM and read back, and is there still. */
  private hasCode = false;
  /** How much of the RAM is kept, from its start. */
  private end = 0;

  /** The routine for the core: the one for ARMv7-M is nearly twice as fast. */
  private get code(): string {
    const { code } = this.target.preparation;
    if (code !== undefined) return code;
    return CPUID.field(this.target.core.identity.cpuid, "Architecture") === ARMV7M ? HASH_CODE_V7M : HASH_CODE;
  }

  /** Where the job lies in the work RAM; the stack ends there. */
  private get jobAt(): number {
    return this.target.preparation.code === undefined ? JOB_AT.usual : JOB_AT.own;
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
    return ram && ram.length >= LAYOUT.end ? new HashRun(target, ram) : undefined;
  }

  /** Work on RAM that is not the routine's, done while a call runs. */
  set duringCall(work: PieceWork | undefined) {
    this.work = work;
  }

  /** The routine's own RAM. */
  get ownRam(): Range {
    return { start: this.ram.start, length: LAYOUT.end };
  }

  /** Something else has used the work RAM, or it was given back: the next call keeps it, and puts the code there again. */
  forgetCode(): void {
    this.hasCode = false;
    this.around = undefined;
    this.end = 0;
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
    if (this.isBroken || ranges.length === 0) return undefined;
    const { kept, preparation } = this.target;
    const call: Call = { nonce: randomWords(1)[0], erasedWord: (erased * 0x01010101) >>> 0 };
    const ram = kept?.unproven ?? [];
    const all = [...ranges, ...ram];
    const parts = partsOf(all, LAYOUT.end - this.jobAt);
    const around = await this.ready(this.jobAt + Math.max(...parts.map(sizeOf)), io);
    if (!around) return undefined;
    const bytes = all.reduce((sum, { length }) => sum + length, 0);
    await preparation.calmWatchdog(bytes, io);
    const found = await this.trusted(parts, call, around, io);
    kept?.prove(
      ram.map(
        ({ start }, i) =>
          (read) =>
            this.agrees(call, start, read, found?.[ranges.length + i]),
      ),
    );
    if (!found) await this.target.mend?.(io);
    return found && { ...call, found: found.slice(0, ranges.length) };
  }

  /** What a call has to know, with so many bytes of RAM kept that is wanted back; undefined where the core is not halted. */
  private async ready(used: number, io: Io): Promise<Around | undefined> {
    const around = this.around ?? (await this.lookAround(used, io));
    this.around = undefined;
    const { kept } = this.target;
    if (!around || !kept || used <= this.end) return around;
    await kept.keep([{ start: this.ram.start + this.end, length: used - this.end }], io);
    this.end = used;
    return around;
  }

  private agrees(call: Call, start: number, bytes: Uint8Array, found: Checks | undefined): boolean {
    return found !== undefined && agree(found, this.expected(start, bytes, call));
  }

  /** Everything that has to be known before a call, in one batch; undefined where the core is not halted. */
  private async lookAround(used: number, io: Io): Promise<Around | undefined> {
    const { core, kept, preparation } = this.target;
    const { looks } = preparation;
    const isKeeping = kept !== undefined && this.end === 0;
    const ram = isKeeping ? wordReads(this.ram.start, used) : [];
    const words = await core.memory.run(
      [STATE_LOOK, STATE_LOOK, ...FAULT_LOOKS, ...looks, ...ram, ...ram, ...(isKeeping ? keptReads() : [])],
      io,
    );
    if (coreStateOf(words[1]) !== "halted") return undefined;
    const [, faults, cells, first, second, registers] = cut(words, [
      2,
      FAULT_LOOKS.length,
      looks.length,
      ram.length,
      ram.length,
    ]);
    const caught = faultsCaught(faults, this.ram.start + LAYOUT.vectors);
    const own = preparation.writes(cells);
    if (!isKeeping) return { caught, own };
    const odd = first.findIndex((word, i) => word !== second[i]);
    if (odd >= 0) throw unsteadyMemory(this.ram.start + 4 * odd);
    const start = this.ram.start;
    kept.take(keptIn(registers) ?? (await keepRegisters(core, io)), { start, bytes: bytesOfWords(first) });
    this.end = used;
    return { caught, own };
  }

  /** The checks of all ranges; undefined where a call fails. */
  private async trusted(parts: Parts, call: Call, around: Around, io: Io): Promise<readonly Checks[] | undefined> {
    try {
      const found = await this.inParts(parts, call, around, io);
      if (!found) this.work?.forget();
      return found;
    } catch (error) {
      this.work?.forget();
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
    const stack = { start: start + stackEnd, length: this.jobAt - stackEnd };
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

  private async inParts(parts: Parts, call: Call, around: Around, io: Io): Promise<readonly Checks[] | undefined> {
    let code = this.hasCode ? undefined : this.codeImage();
    this.hasCode = false;
    const all: Checks[] = [];
    for (const part of parts) {
      const found = await this.part(part, call, { ...around, code }, io);
      if (!found) return undefined;
      all.push(...found);
      code = undefined;
    }
    // It stays there for the next call, if it was right.
    this.hasCode = true;
    this.around = around;
    return all;
  }

  /** Vectors, a BKPT to return to and another that the vectors lead to, and the code, as they lie in RAM. */
  private codeImage(): Uint8Array {
    const code = codeBytes(this.code);
    const bytes = new Uint8Array(LAYOUT.code + code.length);
    const view = new DataView(bytes.buffer);
    for (let at = LAYOUT.vectors; at < LAYOUT.returnTo; at += 4)
      view.setUint32(at, this.ram.start + LAYOUT.faultTo + 1, true);
    view.setUint32(LAYOUT.returnTo, BREAKPOINTS, true);
    bytes.set(code, LAYOUT.code);
    return bytes;
  }

  /** One call, whose test has to come out right; where the code goes along, it starts only if the RAM holds it. */
  private async part(
    ranges: readonly Range[],
    call: Call,
    { caught, own, code }: Around & { readonly code: Uint8Array | undefined },
    io: Io,
  ): Promise<readonly Checks[] | undefined> {
    const { core, clock } = this.target;
    const { start } = this.ram;
    const test = new Uint8Array(randomWords(TEST_WORDS).buffer);
    const job = hashJob(start + this.jobAt, ranges, test, this.keys, call);
    const upload = code ? [...wordWrites(start, code), ...wordReads(start, code.length)] : [];
    const beside = {
      before: [...upload, ...wordWrites(start + this.jobAt, job.bytes), ...own, ...caught.begin],
      mayRun: (words: Uint32Array) => !code || equalBytes(bytesOfWords(words), code),
      duringRun: this.work,
      after: [...wordReads(job.answers.start, job.answers.length), ...caught.giveBack],
    };
    const giveBack = () => core.memory.run(caught.giveBack, toTheEnd(clock, GIVE_BACK_MS, io));
    const words = await runCodeBeside(core, clock, this.callOf(job), beside, io).catch(async (error: unknown) => {
      await giveBack().catch(() => {});
      throw error;
    });
    if (!words) return void (await giveBack());
    const [tested, ...found] = answersIn(job, bytesOfWords(words)) ?? [];
    if (!tested || !agree(tested, this.expected(job.ranges[0].start, test, call))) return undefined;
    return found;
  }

  private callOf({ ranges }: HashJob): CodeCall {
    const { start } = this.ram;
    const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
    return {
      entry: start + LAYOUT.code,
      args: [start + this.jobAt],
      stack: start + this.jobAt,
      returnTo: start + LAYOUT.returnTo,
      timeoutMs: CALL_MS + bytes / SLOWEST_BYTES_PER_MS,
    };
  }
}

/** Words cut into parts of these lengths, and the rest. */
const cut = (words: Uint32Array, lengths: readonly number[]): readonly Uint32Array[] =>
  [...lengths, words.length].map((length, i) => {
    const start = lengths.slice(0, i).reduce((a, b) => a + b, 0);
    return words.subarray(start, start + length);
  });

const STATE_LOOK: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };

/** The ranges of a call, in parts that have room. */
type Parts = readonly (readonly Range[])[];

/** The checks of a call, range by range. */
export interface Answers extends Call {
  readonly found: readonly Checks[];
}

/** What was seen before a call, and what that makes necessary. */
interface Around {
  readonly caught: FaultsCaught;
  /** The family's own accesses. */
  readonly own: readonly MemoryOp[];
}
