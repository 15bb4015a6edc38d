import { permit } from "../../flash/permit.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import { flagOption, type Invocation } from "../verb.ts";

/** `unlock --allow-mass-erase`: opens a locked chip by erasing everything on it. */
export function unlock(invocation: Invocation): Promise<Answer> {
  return withTarget(invocation, (target) => unlockTarget(target, invocation), "leave");
}

async function unlockTarget({ session, open }: Target, invocation: Invocation): Promise<Answer> {
  const lock = await session.lock();
  if (lock?.locked === false) {
    return {
      result: { unlocked: false, locked: false },
      text: ["the chip is not locked; nothing was erased"],
      exit: 0,
      clock: open.clockKind,
    };
  }
  invocation.terminal.err(
    `${session.chip.name}: a mass erase loses all ${session.chip.flash.length / 1024} KB of flash\n`,
  );
  const permits = flagOption(invocation, "allowMassErase") ? [permit("mass-erase")] : [];
  await session.unlock(permits, { signal: invocation.signal });
  return {
    result: { unlocked: true, locked: false },
    text: ["the chip was mass-erased and is open"],
    exit: 0,
    clock: open.clockKind,
  };
}
