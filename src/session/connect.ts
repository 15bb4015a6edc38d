import { address32 } from "../base/u32.ts";
import type { Io } from "../base/clock.ts";
import { queuedProbe } from "../adi/queued-probe.ts";
import { codeOf } from "../base/errors.ts";
import type { TraceFields } from "../base/trace.ts";
import { describeBefore } from "../flash/called-off.ts";
import type { ConnectEvent, OnConnectEvent } from "./connect-events.ts";
import { type ConnectOptions, type Draft, sourceOf, type Step } from "./connecting/draft.ts";
import { initTarget, lookOnceRecognised, recogniseFamily } from "./connecting/look-at-lock.ts";
import { afterConnect, afterHalt, findCore, identifyChip, readRomTable, stopCore } from "./connecting/reach-core.ts";
import { beforeConnect, checkPower, reportPorts, scanAccessPorts, selectWire } from "./connecting/reach-port.ts";
import { releaseResetLine } from "./connecting/reset-line.ts";
import { BUS_IS_GONE, endHold, holdCore } from "./locks/looping-core.ts";
import { type Connected, Session } from "./session.ts";
import { SessionError } from "./session-error.ts";
import { tracedProbe } from "./traced.ts";

export type { ConnectOptions } from "./connecting/draft.ts";

/** The steps that reach the debug port and learn whether the chip is locked. */
const FIRST_STEPS: readonly Step[] = [
  ["check power", checkPower],
  ["select the wire", selectWire],
  ["scan access ports", scanAccessPorts],
  ["before connect", beforeConnect],
  ["init target", initTarget],
  ["report the ports", reportPorts],
  ["recognise the family", recogniseFamily],
];

/** The steps that need memory behind an access port; a locked chip has none to offer. */
const CORE_STEPS: readonly Step[] = [
  ["find the core", findCore],
  ["read the ROM table", readRomTable],
  ["identify the chip", identifyChip],
  ["look at its lock", lookOnceRecognised],
  ["after connect", afterConnect],
  ["stop the core", stopCore],
  ["after halt", afterHalt],
];

/**
 * Connects to a target, step by step.
 *
 * A locked chip is no error: the session has no core then, and says so when one is asked for.
 * Throws `target-no-power`, `AdiError`, `CoreError`, `ProbeError`, `WaitError`, and what unlocking throws.
 */
export async function connect(given: ConnectOptions, io: Io = {}): Promise<Session> {
  const options = { ...given, probe: queuedProbe(given.probe, given.clock) };
  const { onLocked: _, ...quiet } = { ...options, how: "halt", onEvent: () => {} } as const;
  const again = (limits: Io) => establish(quiet, limits);
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
    readsComponents: options.components === true || !options.chip,
    components: [],
    match: "unknown",
    held: false,
    massErased: false,
    lineReleased: false,
  };
  try {
    await runSteps(FIRST_STEPS, draft, io);
    if (draft.lock?.debug !== "closed") await reachCore(draft, io);
  } catch (error) {
    // A core that stays held does not start again at any reset.
    if (draft.held) await endHold(sourceOf(draft)).catch(() => {});
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
    trace?.event("session", "info", name, () => JSON.parse(JSON.stringify(fields, inHex)) as TraceFields);
    onEvent?.(event);
  };
}

/** Registers and addresses of an event, which a trace shows as the manuals print them. */
const WORDS: ReadonlySet<string> = new Set([
  "cpuid",
  "value",
  "romBase",
  "base",
  "idr",
  "address",
  "cid",
  "pid",
  "devtype",
]);

const inHex = (name: string, value: unknown): unknown =>
  typeof value === "number" && WORDS.has(name) ? address32(value) : value;

async function runSteps(steps: readonly Step[], draft: Draft, io: Io): Promise<void> {
  for (const [name, step] of steps) {
    const run = () => step(draft, io);
    const call = { layer: "session", level: "debug", event: name, fields: () => ({}) } as const;
    await (draft.trace ? draft.trace.call(call, run) : run());
  }
}

/**
 * A bus that was there and is gone again belongs to a chip that resets over and over: its core is held, once. Where
 * nothing shows that, its reset line may be low.
 */
async function reachCore(draft: Draft, io: Io): Promise<void> {
  try {
    await runSteps(CORE_STEPS, draft, io);
  } catch (error) {
    const isGone = BUS_IS_GONE.includes(codeOf(error) ?? "");
    if (!isGone || draft.held || !(await bringBack(draft, io))) throw error;
    await runSteps(CORE_STEPS, draft, io);
  }
}

async function bringBack(draft: Draft, io: Io): Promise<boolean> {
  const { lock, clock } = draft;
  const found = lock && sourceOf(draft);
  if (!lock || !found?.scheme.lock.hold) return releaseResetLine(draft, io);
  draft.held = true;
  draft.lock = await holdCore({ found, clock }, lock, io);
  return true;
}

function finished(draft: Draft): Connected {
  const { probe, clock, hz, chip, dp, core, lock, memory, aps, components, match, group, trace } = draft;
  if (!dp) throw new SessionError("session-closed", "The connection was not made");
  const romBase = memory?.romTable;
  return {
    probe,
    clock,
    hz,
    dp,
    dpidr: dp.id,
    aps,
    components,
    match,
    looping: draft.held,
    massErased: draft.massErased,
    ...(chip ? { chip } : {}),
    ...(group ? { group } : {}),
    ...(trace ? { trace } : {}),
    ...(core ? { core } : {}),
    ...(lock ? { lock } : {}),
    ...(romBase === undefined ? {} : { romBase }),
  };
}
