import { permitsFor } from "../../flash/permit.ts";
import { hasNoLock } from "../../protection/chip-fields.ts";
import type { Answer } from "../output.ts";
import { massEraseText, type Target, withTarget } from "../target.ts";
import { SessionError } from "../../session/session-error.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

/** `unlock --allow-mass-erase`: opens a locked chip by erasing everything on it. */
export const unlock = (invocation: Invocation<OptionsOf<"unlock">>): Promise<Answer> =>
  withTarget(invocation, (target) => unlockTarget(target, invocation), { whenLocked: "leave" });

async function unlockTarget({ session, open }: Target, invocation: Invocation<OptionsOf<"unlock">>): Promise<Answer> {
  const { keep, save, allowMassErase: massErase } = invocation.options;
  const { name } = session.chip;
  const base = { exit: 0, clock: open.clockKind };
  const isOpen = hasNoLock(session.chip) || (await session.lock())?.locked === false;
  if (isOpen) {
    const text = [`the chip ${hasNoLock(session.chip) ? "has no lock" : "is not locked"}; nothing was erased`];
    return { ...base, result: { unlocked: false, locked: false, massErased: false }, text };
  }
  if (keep.length > 0 || save !== undefined) {
    throw new SessionError(
      "target-locked",
      `${name} is locked: nothing on it can be read, so nothing can be kept or saved`,
    );
  }
  if (!massErase) note(invocation, massEraseText(session.chip));
  const permits = permitsFor({ massErase });
  await session.unlock(permits, { signal: invocation.signal });
  return {
    ...base,
    result: { unlocked: true, locked: false, massErased: session.massErased },
    text: ["the chip was mass-erased and is open"],
  };
}
