import type { Chip } from "../../chips/chip.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { SessionError } from "../session-error.ts";

/** The error of a locked target, with what can be done about it in its details; `how` says how it came to be locked. */
export function lockedError(chip: Chip | undefined, lock: LockState | undefined, how = ""): SessionError {
  const name = `${how}${chip?.name ?? "The chip"}`;
  if (lock && !lock.exit) {
    const message = `${name} is locked, and its mass erase is disabled: no tool can open it`;
    return new SessionError("target-locked-for-ever", message, { details: { backdoor: lock.byFirmware } });
  }
  const closed =
    lock?.debug === "partial" ? `its flash is closed to a debugger (${lock.words})` : "its memory can't be reached";
  return new SessionError("target-locked", `${name} is locked: ${closed} until a mass erase unlocks it`);
}

/** Throws `target-locked` for a chip whose flash a debugger can neither read nor program, though its core is reached. */
export function refuseLocked({ found: { chip, lock } }: { readonly found: { chip?: Chip; lock?: LockState } }): void {
  if (lock?.locked) throw lockedError(chip, lock);
}
