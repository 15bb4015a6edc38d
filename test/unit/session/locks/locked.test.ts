import { describe, expect, it } from "vitest";
import type { LockState } from "../../../../src/protection/lock-state.ts";
import { lockedError, refuseLocked } from "../../../../src/session/locks/locked.ts";
import { MADE_UP } from "../../../support/made-up-chip.ts";

const exit = { name: "erase" } as NonNullable<LockState["exit"]>;
const lock = (more: Partial<LockState> = {}): LockState => ({
  ...{ state: "locked", words: "level 1", debug: "closed", locked: true, certain: true, inReset: false },
  ...{ exit, byFirmware: false },
  ...more,
});
const shut = ({ exit: _, ...rest }: LockState): LockState => rest;

describe("the error of a locked chip", () => {
  it.each([
    ["the flash alone is closed", lock({ debug: "partial" }), "its flash is closed to a debugger (level 1)"],
    ["the debugger is closed out", lock(), "its memory can't be reached"],
    ["its lock was not looked at", undefined, "its memory can't be reached"],
  ])("names what a debugger can't reach where %s, and the mass erase that opens it", (_, state, reach) => {
    const { code, message } = lockedError(MADE_UP, state);
    expect(code).toBe("target-locked");
    expect(message).toContain(`MADE-UP is locked: ${reach}`);
    expect(message).toContain("until a mass erase unlocks it");
  });

  it.each([true, false])(
    "is target-locked-for-ever where no way out is open, with the firmware's own: %s",
    (byFirmware) => {
      const error = lockedError(MADE_UP, shut(lock({ byFirmware })));
      expect(error).toMatchObject({ code: "target-locked-for-ever", details: { backdoor: byFirmware } });
    },
  );

  it("begins with how the chip came to be locked, and needs no chip's name", () => {
    expect(lockedError(MADE_UP, lock(), "A reset. ").message).toMatch(/^A reset\. MADE-UP is locked/);
    expect(lockedError(undefined, lock()).message).toMatch(/^The chip is locked/);
  });
});

describe("a chip that is locked in part", () => {
  it("is refused where its lock is on, and is not where it is open or was not looked at", () => {
    const found = (state?: LockState) => ({ found: { chip: MADE_UP, ...(state && { lock: state }) } });
    expect(() => refuseLocked(found(lock()))).toThrow(expect.objectContaining({ code: "target-locked" }));
    expect(() => refuseLocked(found(lock({ locked: false, debug: "open" })))).not.toThrow();
    expect(() => refuseLocked(found())).not.toThrow();
  });
});
