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
import { answersIn, type Call, hashJob, partsOf, sizeOf, TEST_WORDS } from "./hash-job.ts";
import { agree, type Checks, checksOf, keysFrom } from "./checks.ts";
import { leaveException } from "./leave-exception.ts";
import { HASH_CODE } from "./hash-code.ts";
import { HASH_CODE_V7M } from "./hash-code-v7m.ts";

/** Where things lie in the work RAM: vectors, BKPTs to return to and to fault to, code, stack, and the job up to the end. */
const LAYOUT = {
  vectors: 0x000,
  returnTo: 0x020,
  faultTo: 0x022,
  code: 0x024,
  stackTop: 0x200,
  job: 0x200,
  end: 0x1000,
};

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
  /** Whether the code was put into RAM and read back, and is there still. */
  private hasCode = false;

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
    return ram && ram.length >= LAYOUT.end ? new HashRun(target, ram) : undefined;
  }

  /** Something else has used the work RAM: the next call puts the code there again. */
  forgetCode(): void {
    this.hasCode = false;
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
    const parts = partsOf(ranges, LAYOUT.end - LAYOUT.job);
    const kept = keepRam ? await this.keep(Math.max(...parts.map(sizeOf)), io) : undefined;
    const giveBack = async () => {
      if (kept) await this.giveBack(kept, toTheEnd(this.target.clock, GIVE_BACK_MS, io));
    };
    return andThen(() => this.trusted(parts, call, io), giveBack);
  }

  /** The checks of all ranges; undefined where a call fails. */
  private async trusted(parts: Parts, call: Call, io: Io): Promise<Answers | undefined> {
    try {
      const found = await this.inParts(parts, call, io);
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

  private async inParts(parts: Parts, call: Call, io: Io): Promise<readonly Checks[] | undefined> {
    if (!this.hasCode && !(await this.putCode(io))) return undefined;
    this.hasCode = false;
    const all: Checks[] = [];
    for (const part of parts) {
      const found = await this.part(part, call, io);
      if (!found) return undefined;
      all.push(...found);
    }
    // What stands in RAM that is given back after each call has gone; else it stays there for the next one, if it was right.
    this.hasCode = !this.target.keepRam;
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

  /** One call, whose test has to come out right. */
  private async part(ranges: readonly Range[], call: Call, io: Io): Promise<readonly Checks[] | undefined> {
    const { core, clock } = this.target;
    const { start } = this.ram;
    const test = new Uint8Array(randomWords(TEST_WORDS).buffer);
    const job = hashJob(start + LAYOUT.job, ranges, test, this.keys, call);
    await core.memory.write(start + LAYOUT.job, job.bytes, 32, io);
    const bytes = job.ranges.reduce((sum, { length }) => sum + length, 0);
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
    const answers = await core.memory.read(job.answers.start, job.answers.length, 32, io);
    const [own, ...found] = answersIn(job, answers) ?? [];
    if (!own || !agree(own, this.expected(job.ranges[0].start, test, call))) return undefined;
    return found;
  }

  private async keep(jobSize: number, io: Io): Promise<Kept> {
    const { core } = this.target;
    const used = LAYOUT.job + jobSize;
    return { ram: await readTwice(core.memory, this.ram.start, used, io), registers: await keepRegisters(core, io) };
  }

  private async giveBack({ ram, registers }: Kept, io: Io): Promise<void> {
    const { core } = this.target;
    await core.memory.write(this.ram.start, ram, 32, io);
    await core.writeRegisters(registers, io);
  }
}

/** The ranges of a call, in parts that have room. */
type Parts = readonly (readonly Range[])[];

/** The checks of a call, range by range. */
export interface Answers extends Call {
  readonly found: readonly Checks[];
}

interface Kept {
  readonly ram: Uint8Array;
  readonly registers: KeptRegisters;
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
