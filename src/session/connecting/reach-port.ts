import { scanAps } from "../../adi/ap-identity.ts";
import { DebugPort } from "../../adi/debug-port.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { CHIPS, targetselOf } from "../../chips/list.ts";
import type { DapPort } from "../../probe/probe.ts";
import { foreignPortOf } from "../procedure.ts";
import { procedureFor, runUse } from "../procedure-uses.ts";
import { SessionError } from "../session-error.ts";
import { type Draft, of, wiredBy } from "./draft.ts";

/** Below this the target counts as switched off; J-Link complains under 1.0 to 1.2 V (unsure). */
const MIN_TARGET_MV = 1_000;

/** Throws `target-no-power` where the probe measures the target's supply and there is none. */
export async function checkPower(draft: Draft, io: Io): Promise<void> {
  const mv = await draft.probe.targetVoltage?.(io);
  if (mv === undefined || mv >= MIN_TARGET_MV) return;
  throw new SessionError("target-no-power", `The target has no power: its reference voltage is ${mv} mV`, {
    details: { millivolts: mv },
  });
}

/** Selects SWD, and powers up the debug port. */
export async function selectWire(draft: Draft, io: Io): Promise<void> {
  const port = await draft.probe.connect("swd", draft.hz, io);
  if (draft.how === "under-reset") await draft.probe.setPins({ nreset: 0 }, io);
  draft.emit({ event: "connecting", wire: "swd" });
  const from = draft.clock.now();
  draft.emit({ event: "init-target-start" });
  draft.dp = await reachPort(port, draft, io);
  draft.started = from;
}

/**
 * The named chip's port; where it does not answer there may be another chip, which is reported later. Where none is named,
 * ports that share their wire answer all at once, and their TARGETID says which one to select before anything else is
 * written: one port may be there to reset the chip at a power request. Ports that answer only once they are selected
 * are tried one after the other.
 */
async function reachPort(port: DapPort, { chip, candidates = [], clock }: Draft, io: Io): Promise<DebugPort> {
  const known = [...candidates, ...CHIPS];
  const any = () => DebugPort.connect(port, clock, io, { targetselOf: (targetid) => targetselOf(targetid, known) });
  const named = chip?.cores[0].targetsel;
  const shared = named === undefined ? candidates.map(({ cores: [core] }) => core.targetsel) : [named];
  const select = (targetsel: number) => DebugPort.connect(port, clock, io, { targetsel });
  const looks = [...new Set(shared)].flatMap((value) => (value === undefined ? [] : [() => select(value)]));
  return firstAnswer(named === undefined ? [any, ...looks] : [...looks, any]);
}

/** The first port that answers; throws what the first look threw where none does. */
async function firstAnswer(looks: readonly (() => Promise<DebugPort>)[]): Promise<DebugPort> {
  let first: unknown;
  for (const [i, look] of looks.entries()) {
    try {
      return await look();
    } catch (error) {
      if (i === 0) first = error;
      // A wire on which no such port answers, or a probe that can't select one.
      if (codeOf(error) !== "dp-no-target" && (i === 0 || codeOf(error) !== "probe-unsupported")) throw error;
    }
  }
  throw first;
}

/** Finds the access ports by their IDRs. */
export async function scanAccessPorts(draft: Draft, io: Io): Promise<void> {
  draft.aps = await scanAps(of(draft.dp), io);
}

/**
 * What the named chip does of its own before anything else; it may bring up access ports. Not where a port that it needs
 * is another chip's: that is reported later.
 */
export async function beforeConnect(draft: Draft, io: Io): Promise<void> {
  const { chip, aps } = draft;
  const procedure = procedureFor(chip, "before-connect");
  if (!chip || !procedure || foreignPortOf(procedure, aps, chip) !== undefined) return;
  await runUse(wiredBy(draft), chip, "before-connect", io);
  draft.aps = await scanAps(of(draft.dp), io);
}

/** Reports the debug port and its access ports. */
export async function reportPorts(draft: Draft): Promise<void> {
  draft.emit({ event: "dpidr", value: of(draft.dp).id });
  draft.emit({ event: "aps", aps: draft.aps });
}
