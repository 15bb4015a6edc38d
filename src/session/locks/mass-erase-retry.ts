import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { Permit } from "../../flash/permit.ts";
import type { Session } from "../session.ts";

/** Errors of a chip that is shut, by its lock or by protected regions; a mass erase ends both. */
const SHUT = ["target-locked", "flash-protected"];

/**
 * Does the work; where the chip turns out to be shut and the user allowed a mass erase, opens it so and does the work
 * once more. A chip can lock itself at the job's own first reset, when an earlier job was cut between erase and security byte.
 */
export async function openingWith<T>(
  session: Session,
  permits: readonly Permit[],
  work: () => Promise<T>,
  io: Io = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const allowed = permits.some((permit) => permit.allows === "mass-erase");
    if (!allowed || !SHUT.includes(codeOf(error) ?? "")) throw error;
    // A lock that is not read again was none.
    if (codeOf(error) === "target-locked" && !(await session.lock(io))?.locked) throw error;
    await session.unlock(permits, io);
    return work();
  }
}
