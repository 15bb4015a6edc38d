import type { CoreType, WorkRam } from "../../chips/chip.ts";
import type { AlgorithmEntries, FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { ramImage, strayWrite, usedStack } from "../../flash/algorithm/algorithm-memory.ts";
import { type Placement, placeInRams } from "../../flash/algorithm/placement.ts";
import { yieldToEventLoop } from "../event-loop.ts";
import { invalidAlgorithm } from "../../packs/pack-error.ts";
import { BareCore, type BareEnd, type BareRam } from "../../twin/bare/bare-core.ts";

/** A function that was called on the bare core. */
export interface CheckedCall {
  /** As the specification names it, with what it was called for: `Init(erase)`. */
  readonly name: string;
  readonly end: BareEnd;
}

/** What an algorithm did on a core with RAM and nothing else. */
export interface AlgorithmCheck {
  readonly core: CoreType;
  readonly placement: Placement;
  /** Functions whose first instruction the core does not have. */
  readonly undecoded: readonly (keyof AlgorithmEntries)[];
  readonly calls: readonly CheckedCall[];
  /** The most bytes of stack that were used. */
  readonly stackUsed: number;
  /** Calls after which R9 or SP was another. */
  readonly registersLost: readonly string[];
  /** What was overwritten that is not the algorithm's, after which call. */
  readonly stray?: { readonly what: string; readonly address: number; readonly after: string };
}

/** The cycles of one call, and the way to end the check between two. */
interface CheckOptions {
  readonly cycles?: number;
  readonly signal?: AbortSignal;
}

/** After how many cycles a call is ended: a status that never comes is waited for without end. */
const MOST_CYCLES = 5_000_000;
/** The most of one RAM that the model has, and of all together. */
const MOST_RAM = 0x40_0000;
const MOST_IN_ALL = 0x100_0000;
/** BKPT #0, little-endian, where a call returns to. */
const BKPT = Uint8Array.of(0x00, 0xbe);
const FUNCTION = { erase: 1, program: 2 } as const;

/**
 * Runs an algorithm's functions on a core with RAM and nothing else: where a real controller would answer, a register holds
 * what was written to it last, so a function that waits for a status is ended after `cycles`, five million without it.
 *
 * Throws `algorithm-invalid` (`no-ram`) where it does not fit into that RAM, of which 4 MB each and 16 MB in all are there; the
 * signal's reason between two calls.
 */
export async function checkAlgorithm(
  algorithm: FlashAlgorithm,
  core: CoreType,
  workRam: readonly WorkRam[],
  { cycles = MOST_CYCLES, signal }: CheckOptions = {},
): Promise<AlgorithmCheck> {
  const rams = modelledRams(workRam);
  const placement = placeInRams(algorithm, rams);
  if (!placement) throw invalidAlgorithm("no-ram", `${algorithm.name} does not fit into the RAM that the device has`);
  const bare = new BareCore(core === "M4" ? "M4F" : core, joinedRams(rams), {
    ...algorithm.flash,
    erased: algorithm.erased,
  });
  const image = ramImage(algorithm, placement);
  // The stub's place is where calls return to.
  image.set(BKPT, placement.stub - placement.all.start);
  bare.write(placement.all.start, image);
  const run = new CheckRun(bare, algorithm, { placement, image, cycles, signal });
  for (const phase of ["erase", "program"] as const) await run.phase(phase);
  const undecoded = Object.entries(algorithm.entries).flatMap(([name, entry]: [string, number]) =>
    bare.decodes(placement.blob + entry) ? [] : [name as keyof AlgorithmEntries],
  );
  const { calls, stackUsed, registersLost, stray } = run;
  return { core, placement, undecoded, calls, stackUsed, registersLost, ...(stray && { stray }) };
}

/** The first part of each RAM, the best first, until the model has enough. */
function modelledRams(workRam: readonly WorkRam[]): readonly BareRam[] {
  let left = MOST_IN_ALL;
  return workRam.flatMap(({ start, length: whole }) => {
    const length = Math.min(whole, MOST_RAM, left) & ~3;
    left -= length;
    return length > 0 ? [{ start, length }] : [];
  });
}

/** RAMs that overlap are the same cells: each address once, ascending. */
function joinedRams(rams: readonly BareRam[]): readonly BareRam[] {
  const joined: { start: number; length: number }[] = [];
  for (const { start, length } of [...rams].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.start + last.length) last.length = Math.max(last.length, start + length - last.start);
    else joined.push({ start, length });
  }
  return joined;
}

/** Where an algorithm stands, RAM as it was before the first call, and the limit of each call. */
interface Prepared {
  readonly placement: Placement;
  readonly image: Uint8Array;
  readonly cycles: number;
  readonly signal: AbortSignal | undefined;
}

class CheckRun {
  readonly calls: CheckedCall[] = [];
  readonly registersLost: string[] = [];
  stackUsed = 0;
  stray: AlgorithmCheck["stray"];
  private readonly bare: BareCore;
  private readonly algorithm: FlashAlgorithm;
  private readonly placement: Placement;
  private readonly image: Uint8Array;
  private readonly cycles: number;
  private readonly signal: AbortSignal | undefined;

  constructor(bare: BareCore, algorithm: FlashAlgorithm, { placement, image, cycles, signal }: Prepared) {
    this.bare = bare;
    this.algorithm = algorithm;
    this.placement = placement;
    this.image = image;
    this.cycles = cycles;
    this.signal = signal;
  }

  /** `Init`, the function itself, `UnInit`: each only where the one before has returned. */
  async phase(phase: keyof typeof FUNCTION): Promise<void> {
    const { entries, flash, pageSize } = this.algorithm;
    const init = [flash.start, 0, FUNCTION[phase]];
    if (entries.init !== undefined && !(await this.returns(`Init(${phase})`, entries.init, init))) return;
    if (phase === "program") {
      await this.returns("ProgramPage", entries.programPage, [flash.start, pageSize, this.placement.buffers[0]]);
    } else if (entries.eraseSector !== undefined) await this.returns("EraseSector", entries.eraseSector, [flash.start]);
    if (entries.unInit !== undefined) await this.returns(`UnInit(${phase})`, entries.unInit, [FUNCTION[phase]]);
  }

  /** A call keeps the process to itself, so that an interruption is noticed before each. */
  private async returns(name: string, entry: number, args: readonly number[]): Promise<boolean> {
    await yieldToEventLoop();
    this.signal?.throwIfAborted();
    const { blob, stack, stub, all } = this.placement;
    const staticBase = (blob + this.algorithm.staticBase) >>> 0;
    const top = stack.start + stack.length;
    const end = this.bare.call({
      ...{ pc: blob + entry, args, staticBase, stack: top, returnTo: stub, cycles: this.cycles },
    });
    this.calls.push({ name, end });
    const found = this.bare.read(all.start, all.length);
    this.stackUsed = Math.max(this.stackUsed, usedStack(this.placement, found));
    const stray = strayWrite(this.algorithm, this.placement, found, this.image);
    if (stray) this.stray ??= { ...stray, after: name };
    if (end.how !== "returned") return false;
    if (end.staticBase !== staticBase || end.stack !== top) this.registersLost.push(name);
    return true;
  }
}
