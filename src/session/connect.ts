import { AdiError } from "../adi/adi-error.ts";
import { scanAps } from "../adi/ap-identity.ts";
import { DebugPort } from "../adi/debug-port.ts";
import { queuedProbe } from "../adi/queued-probe.ts";
import { MemAp } from "../adi/mem-ap.ts";
import { walkRomTable } from "../adi/rom-table.ts";
import { type Clock, type Io, MILLISECOND } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import type { Trace, TraceFields } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import { CortexCore } from "../cortex/cortex-core.ts";
import { describeBefore } from "../flash/called-off.ts";
import type { Probe } from "../probe/probe.ts";
import type { LockState } from "../protection/lock-state.ts";
import type { ConnectEvent, OnConnectEvent } from "./connect-events.ts";
import { type ChipMatch, hasPortsOf, matchChip } from "./detect.ts";
import { settledLock } from "./locks/lock.ts";
import { hasForeignPort, type LockPort, lockPort, type ScannedPort } from "./locks/lock-port.ts";
import { endHold, endLeftHold, holdCore, stopHeldCore } from "./locks/looping-core.ts";
import { massErase } from "./locks/mass-erase.ts";
import { type Connected, type OnMassErase, Session } from "./session.ts";
import { tracedCore, tracedMemory, tracedProbe } from "./traced.ts";
import { SessionError } from "./session-error.ts";

/** What a connection is made from. */
export interface ConnectOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly chip?: Chip;
  /** Where no chip is named: the chips that it may turn out to be. */
  readonly candidates?: readonly Chip[];
  readonly hz: number;
  /** `halt`: the core is halted; `under-reset`: the reset line is held while it connects; `attach`: the core is left alone. */
  readonly how: "halt" | "under-reset" | "attach";
  readonly onEvent?: OnConnectEvent;
  /** Where the layers of this connection write trace records; without it none is built. */
  readonly trace?: Trace;
  /** Asked when the chip is locked and can be mass-erased; without it a locked chip stays as it is. */
  readonly onLocked?: (lock: LockState) => Promise<"unlock" | "leave">;
  /** Called before each mass erase of the connection, and of the session that it becomes. */
  readonly onMassErase?: OnMassErase;
}

/** A connection being made: what the steps have found so far. */
interface Draft extends Omit<ConnectOptions, "chip" | "candidates"> {
  chip?: Chip;
  candidates?: readonly Chip[];
  readonly emit: (event: ConnectEvent) => void;
  dp?: DebugPort;
  /** When the target was first touched. */
  started?: number;
  lock?: LockState;
  memory?: MemAp;
  core?: CortexCore;
  aps: Connected["aps"];
  components: Connected["components"];
  match: ChipMatch;
  /** The chip resets over and over, and its core is held until the connection ends. */
  held: boolean;
  massErased: boolean;
}

/** One named step of a connection. */
type Step = readonly [name: string, step: (draft: Draft, io: Io) => Promise<void>];

/** The steps that reach the debug port and learn whether the chip is locked. */
const FIRST_STEPS: readonly Step[] = [
  ["check power", checkPower],
  ["select the wire", selectWire],
  ["scan access ports", scanAccessPorts],
  ["init target", initTarget],
  ["report the ports", reportPorts],
  ["recognise the family", recogniseFamily],
];

/** The steps that need memory behind an access port; a locked chip has none to offer. */
const CORE_STEPS: readonly Step[] = [
  ["find the core", findCore],
  ["read the ROM table", readRomTable],
  ["identify the chip", identifyChip],
  ["stop the core", stopCore],
];

/**
 * Connects to a target, step by step.
 *
 * A locked chip is no error: the session has no core then, and says so when one is asked for.
 * Throws `target-no-power`, `AdiError`, `CoreError`, `ProbeError`, `WaitError`, and what unlocking throws.
 */
export async function connect(given: ConnectOptions, io: Io = {}): Promise<Session> {
  const options = { ...given, probe: queuedProbe(given.probe, given.clock) };
  const again = (limits: Io) => establish({ ...options, how: "halt", onEvent: () => {} }, limits);
  let massErased = false;
  const onEvent = (event: ConnectEvent) => {
    massErased ||= event.event === "unlocked";
    options.onEvent?.(event);
  };
  const connected = await describeBefore(
    () => establish({ ...options, onEvent }, io),
    () => massErased,
  );
  return Session.over(connected, again, options.onMassErase);
}

async function establish(options: ConnectOptions, io: Io): Promise<Connected> {
  const { trace } = options;
  const probe = trace ? tracedProbe(options.probe, trace) : options.probe;
  const draft: Draft = {
    ...options,
    probe,
    emit: emitterOf(options),
    aps: [],
    components: [],
    match: "unknown",
    held: false,
    massErased: false,
  };
  try {
    await runSteps(FIRST_STEPS, draft, io);
    if (!draft.lock?.locked) await reachCore(draft, io);
  } catch (error) {
    // A core that stays held does not start again at any reset.
    if (draft.held) await endHold(portOf(draft)).catch(() => {});
    throw error;
  } finally {
    // Let go of even where connecting is called off.
    if (options.how === "under-reset") await options.probe.setPins({ nreset: 1 });
  }
  return finished(draft);
}

/** Tells listener and trace of each event. */
function emitterOf({ onEvent, trace }: ConnectOptions): OnConnectEvent {
  return (event) => {
    const { event: name, ...fields } = event;
    trace?.event("session", "info", name, () => JSON.parse(JSON.stringify(fields)) as TraceFields);
    onEvent?.(event);
  };
}

async function runSteps(steps: readonly Step[], draft: Draft, io: Io): Promise<void> {
  for (const [name, step] of steps) {
    const run = () => step(draft, io);
    const call = { layer: "session", level: "debug", event: name, fields: () => ({}) } as const;
    await (draft.trace ? draft.trace.call(call, run) : run());
  }
}

/** A bus that was there and is gone again belongs to a chip that resets over and over: its core is held, once. */
async function reachCore(draft: Draft, io: Io): Promise<void> {
  try {
    await runSteps(CORE_STEPS, draft, io);
  } catch (error) {
    const { lock, held, clock } = draft;
    if (held || !lock || !BUS_IS_GONE.includes(codeOf(error) ?? "")) throw error;
    draft.held = true;
    draft.lock = await holdCore({ found: portOf(draft), clock }, lock, io);
    await runSteps(CORE_STEPS, draft, io);
  }
}

const BUS_IS_GONE = ["memory-fault", "core-not-found", "rom-table-broken", "core-halt-failed"];

function finished(draft: Draft): Connected {
  const { probe, clock, chip, dp, core, lock, memory, aps, components, match, trace } = draft;
  if (!dp) throw new SessionError("session-closed", "The connection was not made");
  const romBase = memory?.romTable;
  return {
    probe,
    clock,
    dp,
    dpidr: dp.id,
    aps,
    components,
    match,
    looping: draft.held,
    massErased: draft.massErased,
    ...(chip ? { chip } : {}),
    ...(trace ? { trace } : {}),
    ...(core ? { core } : {}),
    ...(lock ? { lock } : {}),
    ...(romBase === undefined ? {} : { romBase }),
  };
}

/** Below this the target counts as switched off; J-Link complains under 1.0 to 1.2 V (unsure). */
const MIN_TARGET_MV = 1_000;

async function checkPower(draft: Draft, io: Io): Promise<void> {
  const mv = await draft.probe.targetVoltage?.(io);
  if (mv === undefined || mv >= MIN_TARGET_MV) return;
  throw new SessionError("target-no-power", `The target has no power: its reference voltage is ${mv} mV`, {
    details: { millivolts: mv },
  });
}

async function selectWire(draft: Draft, io: Io): Promise<void> {
  const port = await draft.probe.connect("swd", draft.hz, io);
  if (draft.how === "under-reset") await draft.probe.setPins({ nreset: 0 }, io);
  draft.emit({ event: "connecting", wire: "swd" });
  const from = draft.clock.now();
  draft.emit({ event: "init-target-start" });
  draft.dp = await DebugPort.connect(port, draft.clock, io);
  draft.started = from;
}

/** Looks at the lock before anything touches memory, and opens it with the user's consent. */
async function initTarget(draft: Draft, io: Io): Promise<void> {
  const { chip, dp, clock, emit, probe } = draft;
  if (chip) await lookAtLock(draft, io);
  if (chip && dp && draft.lock?.locked) {
    emit({ event: "locked", lock: draft.lock });
    const mayUnlock = draft.lock.exit !== undefined && (await draft.onLocked?.(draft.lock)) === "unlock";
    // Nothing is undone after this, so the lock is looked at once more.
    if (mayUnlock) await lookAtLock(draft, io);
    const unlock = mayUnlock && draft.lock.locked;
    emit({ event: "unlock-decided", unlock });
    if (unlock) {
      draft.onMassErase?.(chip, "locked");
      await massErase({ probe, dp, clock, aps: draft.aps }, chip, io);
      draft.massErased = true;
      await lookAtLock(draft, io);
      emit({ event: "unlocked" });
    }
  }
  emit({ event: "init-target-end", tookMs: (clock.now() - (draft.started ?? 0)) / MILLISECOND });
}

/** An open chip that is in reset still, after it had time to get out, resets over and over. */
async function lookAtLock(draft: Draft, io: Io): Promise<void> {
  const { clock } = draft;
  const scanned = scannedBy(draft);
  const found = lockPort(scanned);
  draft.lock = await settledLock({ ...scanned, clock }, io);
  if (!found || (draft.lock?.certain && draft.lock.locked)) return;
  if (!draft.lock?.inReset || draft.how === "under-reset") return endLeftHold(found, io);
  draft.held = true;
  draft.lock = await holdCore({ found, clock }, draft.lock, io);
  draft.held = !draft.lock.locked;
}

/** What the scan found; of several candidates, which have the same ports, the first one stands for all. */
const scannedBy = ({ dp, aps, chip, candidates = [] }: Draft): ScannedPort => ({
  dp: of(dp),
  aps,
  chip: chip ?? candidates[0],
});

/** The port by which the core is held: there is one where a lock was seen. */
const portOf = (draft: Draft): LockPort => of(lockPort(scannedBy(draft)));

async function scanAccessPorts(draft: Draft, io: Io): Promise<void> {
  draft.aps = await scanAps(of(draft.dp), io);
}

async function reportPorts(draft: Draft): Promise<void> {
  draft.emit({ event: "dpidr", value: of(draft.dp).id });
  draft.emit({ event: "aps", aps: draft.aps });
}

/** Chips that were not named but whose access ports are known: what the family's ports say of the lock holds for all. */
async function recogniseFamily(draft: Draft, io: Io): Promise<void> {
  if (draft.chip) return;
  const dp = of(draft.dp);
  draft.candidates = (draft.candidates ?? []).filter((chip) => hasPortsOf(chip, dp.id, draft.aps));
  if (draft.candidates.length > 0) await lookAtLock(draft, io);
}

async function findCore(draft: Draft, io: Io): Promise<void> {
  const ahb = draft.aps.find((ap) => ap.isMemory);
  if (!ahb) throw new AdiError("ap-not-found", "The target has no memory access port, so no core can be reached");
  const { trace } = draft;
  const memory = await MemAp.open(of(draft.dp).accessPort(ahb.index), io);
  draft.memory = trace ? tracedMemory(memory, trace) : memory;
  const resetPin = (level: 0 | 1, limits?: Io) => draft.probe.setPins({ nreset: level }, limits);
  const core = await CortexCore.open(draft.memory, draft.clock, { resetPin }, io);
  draft.core = trace ? tracedCore(core, trace) : core;
  draft.emit({ event: "core-found", ap: ahb.index, romBase: draft.memory.romTable ?? 0 });
  draft.emit({ event: "core", identity: draft.core.identity });
}

async function readRomTable(draft: Draft, io: Io): Promise<void> {
  const memory = of(draft.memory);
  if (memory.romTable === undefined) return;
  const table = await walkRomTable(memory, memory.romTable, draft.clock, io);
  draft.components = table.components;
  draft.emit({ event: "components", base: table.base, components: table.components });
}

/** A chip that was named is another one already where its access ports are others: no register of it is read then. */
async function identifyChip(draft: Draft, io: Io): Promise<void> {
  if (draft.chip && hasForeignPort(scannedBy(draft))) {
    draft.match = "no";
    return;
  }
  const known = draft.chip ? [draft.chip] : (draft.candidates ?? []);
  for (const chip of known) {
    draft.match = await matchChip(of(draft.memory), chip, io);
    if (draft.match === "yes") draft.chip = chip;
  }
}

async function stopCore(draft: Draft, io: Io): Promise<void> {
  const core = of(draft.core);
  if (draft.how === "under-reset") return stopHeldCore(core, () => draft.probe.setPins({ nreset: 1 }, io), io);
  if (draft.held) return stopHeldCore(core, () => endHold(portOf(draft), io), io);
  if (draft.how === "halt") await core.halt(io);
}

function of<T>(value: T | undefined): T {
  if (value === undefined) throw new SessionError("session-closed", "A step of the connection was left out");
  return value;
}
