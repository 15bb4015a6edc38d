import { scanAps } from "../../adi/ap-identity.ts";
import { DebugPort } from "../../adi/debug-port.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { targetselOfKnown } from "../../chips/list.ts";
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
  draft.dp = await connectPort(draft, port, io);
  draft.started = from;
}

/** The port of the named chip's first core. Where it does not answer there may be another chip, which is told later. */
async function connectPort({ chip, clock }: Draft, port: DapPort, io: Io): Promise<DebugPort> {
  const any = () => DebugPort.connect(port, clock, io, { targetselOf: targetselOfKnown });
  const targetsel = chip?.cores[0].targetsel;
  if (targetsel === undefined) return any();
  try {
    return await DebugPort.connect(port, clock, io, { targetsel });
  } catch (error) {
    if (codeOf(error) !== "dp-no-target") throw error;
    return any().catch(() => Promise.reject(error));
  }
}

/** Finds the access ports by their IDRs. */
export async function scanAccessPorts(draft: Draft, io: Io): Promise<void> {
  draft.aps = await scanAps(of(draft.dp), io);
}

/**
 * What the named chip does of its own before anything else; it may bring up access ports. Not where a port that it needs
 * is another chip's: that is told later.
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
