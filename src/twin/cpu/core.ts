import type { LoopHead } from "./compiled/loop-heads.ts";
import { CodeRegion, NO_REGION, Region } from "./regions.ts";
import type { Decode } from "./decode/decoded.ts";
import type { CpuProfile } from "./profiles/profile.ts";
import type { AccessSize, CpuBus, CpuHooks } from "./seam.ts";
import { State } from "./state.ts";
import { TracePort } from "./debug/tpiu.ts";

/** A core's options; see `CortexMOptions`. */
export interface CoreOptions {
  readonly execute?: boolean;
  readonly skipPolls?: boolean;
  readonly compileAfter?: number;
}

/** Who makes an access: the core's own instructions, or the debugger through the AHB-AP. */
export type Master = "core" | "debug";

/** One word register of the system control space. What it cannot do is absent. */
export interface ScsRegister {
  readonly read?: (core: Core, master: Master) => number;
  readonly write?: (core: Core, value: number) => void;
  /** Only the debugger reaches `write`. */
  readonly debugOnly?: true;
  /** A narrow write must not bring back the bytes beside it: ones clear, or a key is needed. */
  readonly strobes?: true;
}

/** What a profile decides once, when a core is made. */
export interface CoreTables {
  /** Which encodings exist. */
  readonly decode: Decode;
  /** The system control space by address. */
  readonly scs: ReadonlyMap<number, ScsRegister>;
  /** Compiles what is reached from a loop's head. */
  readonly compile: (core: Core, code: CodeRegion, head: LoopHead) => void;
}

/**
 * What the model's parts share: the state, the bus and the chip outside, and what stops the interpreter.
 * Holds no behaviour; every part is a file of functions over it.
 */
export class Core {
  readonly profile: CpuProfile;
  readonly state: State;
  readonly tables: CoreTables;
  readonly bus: CpuBus;
  readonly hooks: CpuHooks;
  /** False: a released core sleeps instead of fetching. */
  readonly executes: boolean;
  /** Rounds of a poll that would all do the same pass unexecuted. */
  readonly skipsPolls: boolean;
  /** Rounds after which a loop is compiled; infinite: never. */
  readonly compileAfter: number;
  readonly regions: readonly Region[];

  /** Cycles of the current slice after which the interpreter looks up; `attention` makes it -1. */
  limit = 0;
  /** `State.cycles` at the start of the slice; inside it, an access passes the cycles since. */
  sliceStart = 0;
  /** Counts resets and restores, so that an instruction which caused one does not write its result. */
  epoch = 0;
  /** Bumped when every decoded instruction is stale (breakpoints moved, state restored). */
  decodeEpoch = 0;

  /** Where a compiled unit was left: the next instruction, its ITSTATE, and whether that one raised a fault. */
  readonly left = { pc: 0, it: 0, fault: false };

  /** The memory that loads and stores try first, and how often another one was wanted lately. */
  data: Region = NO_REGION;
  otherData = 0;
  /** The memory that instructions come from now, or `NO_REGION`. */
  codeMemory: Region = NO_REGION;
  /** Data watchpoints are armed: no access may skip the watching path. */
  watching = false;
  watchHit = false;
  /** Reads that no open memory answered, and what the last of them wanted: polls are judged by it. */
  slowReads = 0;
  slowAddress = 0;
  slowSize: AccessSize = 4;
  /** Where instructions are decoded that may not be kept: outside `CpuBus.memories`, or while those are not direct. */
  readonly scratch = new CodeRegion(0, 2);

  /** EXC_RETURN value that a branch loaded into PC in handler mode; 0 for none. */
  exceptionReturn = 0;
  /** The fault that `FAULT` was thrown for: exception (0: just stop here), CFSR bits, address or -1. */
  faultException = 0;
  faultStatus = 0;
  faultAddress = -1;
  /** The TPIU, and what the ITM and the DWT remember of what they have sent. */
  trace = new TracePort();
  /** DEMCR catch bits of the fault that pends now. */
  catches = 0;

  constructor(
    profile: CpuProfile,
    tables: CoreTables,
    bus: CpuBus,
    hooks: CpuHooks,
    { execute = true, skipPolls = true, compileAfter = Number.POSITIVE_INFINITY }: CoreOptions,
  ) {
    this.profile = profile;
    this.tables = tables;
    this.state = new State(profile);
    this.bus = bus;
    this.hooks = hooks;
    this.executes = execute;
    this.skipsPolls = skipPolls;
    this.compileAfter = compileAfter;
    this.regions = bus.memories.map((memory) => new Region(memory));
  }
}

/** Makes the interpreter look up after the current instruction: something pends, halts, or moved. */
export function attention(core: Core): void {
  core.limit = -1;
}
