import { type BatchMemory, type MemoryOp, together } from "../adi/memory.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import type { u32 } from "../base/u32.ts";
import { DFSR, DHCSR, DHCSR_DBGKEY } from "../registers/scs.ts";
import { Breakpoints } from "./breakpoints.ts";
import type { Core, CoreIdentity, CoreState, RegisterName } from "./core.ts";
import { CoreError } from "./core-error.ts";
import { CoreEvents, observed } from "./core-events.ts";
import { readCoreIdentity } from "./core-identity.ts";
import { readCoreRegisters, writeCoreRegisters } from "./core-registers.ts";
import { type OwnReset, type ResetGuard, type ResetPin, resetCore } from "./core-reset.ts";
import { coreStateOf } from "./core-state.ts";
import { Watchpoints } from "./watchpoints.ts";

/** Time for a core to halt, in milliseconds: it ends its instruction first, which takes microseconds. */
const HALT_MS = 2_000;

/** Time that `waitHalted` gives a core when the caller names no deadline, in milliseconds. */
const WAIT_HALTED_MS = 10_000;

const S_HALT = DHCSR.mask("S_HALT");

const look: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };
const untilHalted: MemoryOp = { op: "until", address: DHCSR.address, width: 32, mask: S_HALT, value: S_HALT };
const forgetWhy: MemoryOp = {
  op: "write",
  address: DFSR.address,
  width: 32,
  value: DFSR.of({ EXTERNAL: 1, VCATCH: 1, DWTTRAP: 1, BKPT: 1, HALTED: 1 }),
};

const control = (bits: Parameters<typeof DHCSR.of>[0]): MemoryOp => {
  const value = (DHCSR_DBGKEY | DHCSR.of({ ...bits, C_DEBUGEN: 1 })) >>> 0;
  return { op: "write", address: DHCSR.address, width: 32, value };
};

/** What a core can be given besides its memory. */
export interface CoreOptions {
  /** How to drive the reset line; without it `reset("pin")` throws. */
  readonly resetPin?: ResetPin;
  /** What the chip does of its own at a reset, asked at each. */
  readonly ownReset?: () => OwnReset | undefined;
}

/** What all users of one core share, and the way of one of them to its memory. */
interface Parts extends CoreOptions {
  readonly memory: BatchMemory;
  readonly clock: Clock;
  readonly identity: CoreIdentity;
  readonly events: CoreEvents;
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  readonly user: string;
}

/** A Cortex-M of ARMv6-M or ARMv7-M behind its debug registers. Throws `CoreError`, `AdiError` and `WaitError`. */
export class CortexCore implements Core {
  readonly memory: BatchMemory;
  readonly identity: CoreIdentity;
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  /** Events of the core, for every user of the session. */
  readonly events: CoreEvents;
  private readonly parts: Parts;
  private readonly clock: Clock;

  private constructor(parts: Parts) {
    this.parts = parts;
    this.memory = parts.memory;
    this.clock = parts.clock;
    this.identity = parts.identity;
    this.breakpoints = parts.breakpoints;
    this.watchpoints = parts.watchpoints;
    this.events = parts.events;
  }

  /** Reads who the core is and changes nothing; throws `core-not-found`. */
  static async open(bare: BatchMemory, clock: Clock, options: CoreOptions = {}, io: Io = {}): Promise<CortexCore> {
    return CortexCore.over(bare, clock, await readCoreIdentity(bare, io), options);
  }

  /** The same of a core whose identity was read before. */
  static over(bare: BatchMemory, clock: Clock, identity: CoreIdentity, options: CoreOptions = {}): CortexCore {
    const events = new CoreEvents();
    const memory = observed(bare, (reads) => events.see(reads));
    const breakpoints = new Breakpoints(memory, identity.codeBreakpoints);
    const watchpoints = new Watchpoints(memory, identity.watchpoints);
    return new CortexCore({ ...options, memory, clock, identity, events, breakpoints, watchpoints, user: "session" });
  }

  /** The same core for another user, whose accesses go through `way`. */
  sharedWith(user: string, way: (memory: BatchMemory) => BatchMemory): CortexCore {
    const memory = way(this.memory);
    const breakpoints = this.breakpoints.sharedWith(user, memory);
    const watchpoints = this.watchpoints.sharedBy(memory);
    return new CortexCore({ ...this.parts, memory, breakpoints, watchpoints, user });
  }

  /** S_RESET_ST is cleared by reading, so the second of two reads says whether the reset is still on. */
  async state(io: Io = {}): Promise<CoreState> {
    const [, dhcsr] = await this.memory.run([look, look], io);
    return coreStateOf(dhcsr);
  }

  async halt(io: Io = {}): Promise<void> {
    await this.act((own) => this.runToHalt(own, [control({ C_HALT: 1 }), untilHalted], io), io);
  }

  async resume(io: Io = {}, behind: readonly MemoryOp[] = []): Promise<Uint32Array> {
    const words = await this.memory.run([forgetWhy, control({}), ...behind], io);
    this.events.resumed(this.parts.user);
    return words;
  }

  /**
   * One instruction, with interrupts masked unless `interrupts` says otherwise; C_MASKINTS only changes while C_HALT is
   * set (ARMv7-M ARM, C1.6.2). Throws `core-not-halted`.
   */
  async step(io: Io = {}, interrupts: "masked" | "taken" = "masked"): Promise<void> {
    await this.act((own) => this.stepBy(own, interrupts, io), io);
  }

  private async stepBy(memory: BatchMemory, interrupts: "masked" | "taken", io: Io): Promise<void> {
    const [dhcsr] = await memory.run([look], io);
    if (coreStateOf(dhcsr & ~DHCSR.mask("S_RESET_ST")) !== "halted")
      throw new CoreError("core-not-halted", "Only a halted core can step");
    const mask = { C_MASKINTS: interrupts === "masked" ? 1 : 0 };
    const step = [control({ C_HALT: 1, ...mask }), control({ C_STEP: 1, ...mask })];
    await this.runToHalt(memory, [forgetWhy, ...step, untilHalted, control({ C_HALT: 1 })], io);
  }

  async waitHalted(io: Io = {}): Promise<void> {
    const bounded = io.deadline === undefined ? within(this.clock, WAIT_HALTED_MS, io) : io;
    await pollUntil(this.clock, { ...bounded, everyUs: 0, what: "the core to halt" }, async () => {
      const state = await this.state({ signal: io.signal });
      if (state === "lockup") throw new CoreError("core-call-failed", "The core locked up", { details: { state } });
      return state === "halted" ? state : undefined;
    });
  }

  async reset(how: "system" | "core" | "pin", then: "run" | "halt", io: Io = {}, guard?: ResetGuard): Promise<void> {
    const { clock, resetPin: pin, ownReset } = this.parts;
    await this.act((memory, part) => resetCore({ memory, clock, how, then, pin, own: ownReset?.(), guard }, part), io);
  }

  async readRegisters(names: readonly RegisterName[], io: Io = {}): Promise<readonly u32[]> {
    return readCoreRegisters(this.memory, names, io);
  }

  async writeRegisters(values: Partial<Record<RegisterName, u32>>, io: Io = {}): Promise<void> {
    await writeCoreRegisters(this.memory, Object.entries(values) as [RegisterName, u32][], io);
  }

  /** An act that nothing comes between; what DHCSR shows of it is this user's doing. */
  private act(work: (own: BatchMemory, io: Io) => Promise<void>, io: Io): Promise<void> {
    const { events, user } = this.parts;
    return together(this.memory, (own, part) => events.during(user, () => work(own, part)), io);
  }

  private async runToHalt(memory: BatchMemory, ops: readonly MemoryOp[], io: Io): Promise<void> {
    await memory.run(ops, within(this.clock, HALT_MS, io)).catch((error) => {
      throw codeOf(error) === "dap-until-timeout" ? notHalted(error) : error;
    });
  }
}

const notHalted = (cause: unknown) => new CoreError("core-halt-failed", "The core did not halt", { cause });
