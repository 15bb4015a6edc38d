import type { Call } from "../run/handler.ts";
import { print } from "../console/context.ts";
import { isNotStopped } from "../run/failure.ts";
import { familyOf } from "../../families/list.ts";
import { CoreError } from "../../cortex/core-error.ts";
import { afterResetTarget, notHalted, type ResetType, resetSteps, wrongFamily } from "../texts/v7-86e/reset.ts";

const HOW = { SYSRESETREQ: "system", VECTRESET: "core", pin: "pin" } as const;

/**
 * Resets the target as `RSetType` says, with J-Link's lines. A core that can't be stopped is a warning; a chip that comes
 * up locked is forgotten, so that the next command connects anew. Answers whether the core is there and stopped as asked.
 */
export async function resetTarget(
  call: Call,
  then: "run" | "halt",
  type: ResetType = call.settings.resetType,
): Promise<boolean> {
  const { target } = call.connection;
  await call.connection.settleErase();
  print(call, resetSteps(type.by, then === "halt"));
  try {
    const lock = await target.reset(HOW[type.by], then, call.io);
    if (target.found.chip) print(call, afterResetTarget());
    if (type.behind && then === "halt" && !lock?.locked) await switchWatchdogOff(call);
    if (!lock?.locked) return true;
    call.notes.answer("the chip has come out of this reset secured, as its flash configuration field says");
    call.connection.dropTarget();
  } catch (error) {
    if (!isNotStopped(error)) throw error;
    call.notes.error(error);
  }
  print(call, notHalted());
  return false;
}

/** The family's own step; throws `core-call-failed` for a chip whose family has none. */
async function switchWatchdogOff({ connection, io }: Call): Promise<void> {
  const { found, core, clock } = connection.target;
  const { chip } = found;
  const act = chip && familyOf(chip)?.switchWatchdogOff;
  if (!act) throw new CoreError("core-call-failed", wrongFamily());
  await act({ core, chip, clock }, io);
}
