import { AdiError } from "../adi/adi-error.ts";
import type { ApIdentity } from "../adi/ap-identity.ts";
import type { DebugPort } from "../adi/debug-port.ts";
import { MemAp } from "../adi/mem-ap.ts";
import type { Clock, Io } from "../base/clock.ts";
import type { Trace } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { CoreIdentity } from "../cortex/core.ts";
import { readCoreIdentity } from "../cortex/core-identity.ts";
import { type CoreOptions, CortexCore } from "../cortex/cortex-core.ts";
import { tracedCore, tracedMemory } from "./traced.ts";

/** A scanned debug port behind which a core is looked for. */
export interface BeforeCore {
  readonly dp: DebugPort;
  readonly aps: readonly ApIdentity[];
  readonly clock: Clock;
  readonly chip?: Chip | undefined;
  readonly trace?: Trace;
  /** What was read of the memory's port already (`OPENING_LOOKS`). */
  readonly opened?: OpenedPort | undefined;
}

/** The words of `OPENING_LOOKS` of an access port. */
export interface OpenedPort {
  readonly ap: number;
  readonly words: Uint32Array;
}

/** The access port of the core that programs: the chip's, or the first one to memory where that is unknown or not there. */
export function corePort(aps: readonly ApIdentity[], chip: Chip | undefined): ApIdentity | undefined {
  const ap = chip?.cores[0].ap;
  const own = ap?.v === 1 ? aps.find(({ index, isMemory }) => isMemory && index === ap.index) : undefined;
  return own ?? aps.find(({ isMemory }) => isMemory);
}

/** The memory behind a chip's core port; throws `ap-not-found`. */
export async function openMemory(
  { dp, aps, chip, trace, opened }: BeforeCore,
  io: Io,
): Promise<{ memory: MemAp; ap: number }> {
  const port = corePort(aps, chip);
  if (!port) throw new AdiError("ap-not-found", "The target has no memory access port, so no core can be reached");
  const ap = dp.accessPort(port.index);
  const memory = opened?.ap === port.index ? MemAp.by(ap, opened.words) : await MemAp.open(ap, io);
  return { memory: trace ? tracedMemory(memory, trace) : memory, ap: port.index };
}

/** The core in a memory; changes nothing. Throws `core-not-found`. */
export async function openCore(on: BeforeCore, memory: MemAp, options: CoreOptions, io: Io): Promise<CortexCore> {
  return openCoreBy(on, memory, await readCoreIdentity(memory, io), options);
}

/** The same of a core whose identity was read before. */
export function openCoreBy(
  { clock, trace }: BeforeCore,
  memory: MemAp,
  identity: CoreIdentity,
  options: CoreOptions,
): CortexCore {
  const core = CortexCore.over(memory, clock, identity, options);
  return trace ? tracedCore(core, trace) : core;
}
