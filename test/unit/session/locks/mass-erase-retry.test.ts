import { describe, expect, it } from "vitest";
import { type Act, permit } from "../../../../src/flash/permit.ts";
import { FlashError } from "../../../../src/flash/flash-error.ts";
import { openingWith } from "../../../../src/session/locks/mass-erase-retry.ts";
import type { Session } from "../../../../src/session/session.ts";
import { SessionError } from "../../../../src/session/session-error.ts";

const LOCKED = new SessionError("target-locked", "locked");
const PROTECTED = new FlashError("flash-protected", "protected");

/** Work that fails with each error in its order, then answers `done`, on a session whose lock is read so. */
function job(isLocked: boolean | undefined, ...errors: readonly Error[]) {
  const log: string[] = [];
  const left = [...errors];
  const session = {
    lock: async () => (isLocked === undefined ? undefined : { locked: isLocked }),
    unlock: async () => void log.push("unlock"),
  } as unknown as Session;
  const work = async () => {
    log.push("work");
    const error = left.shift();
    if (error) throw error;
    return "done";
  };
  return {
    log,
    run: (...acts: readonly Act[]) =>
      openingWith(
        session,
        acts.map((act) => permit(act)),
        work,
      ),
  };
}

describe("a job on a chip that is found shut", () => {
  it.each([
    ["locked", LOCKED, true],
    ["protected in part", PROTECTED, false],
  ] as const)(
    "opens a chip that is %s by a mass erase that was allowed, and is done once more",
    async (_, error, lock) => {
      const { log, run } = job(lock, error);
      expect(await run("lock", "mass-erase")).toBe("done");
      expect(log).toEqual(["work", "unlock", "work"]);
    },
  );

  it.each([LOCKED, PROTECTED])("erases nothing without the permit for a mass erase ($code)", async (error) => {
    for (const acts of [[], ["lock", "lock-for-ever", "near-lock", "raw-write"]] as const) {
      const { log, run } = job(true, error);
      await expect(run(...acts)).rejects.toBe(error);
      expect(log).toEqual(["work"]);
    }
  });

  it.each([false, undefined])("erases nothing where the lock is read again as %s", async (isLocked) => {
    const { log, run } = job(isLocked, LOCKED);
    await expect(run("mass-erase")).rejects.toBe(LOCKED);
    expect(log).toEqual(["work"]);
  });

  it("erases nothing for any other error", async () => {
    const error = new SessionError("chip-mismatch", "another chip");
    const { log, run } = job(true, error);
    await expect(run("mass-erase")).rejects.toBe(error);
    expect(log).toEqual(["work"]);
  });

  it("erases once, and throws what the second attempt throws", async () => {
    const { log, run } = job(true, LOCKED, PROTECTED);
    await expect(run("mass-erase")).rejects.toBe(PROTECTED);
    expect(log).toEqual(["work", "unlock", "work"]);
  });

  it("is done once on an open chip, whatever is allowed", async () => {
    const { log, run } = job(false);
    expect(await run("mass-erase")).toBe("done");
    expect(log).toEqual(["work"]);
  });
});
