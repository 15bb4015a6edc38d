import { describe, expect, it } from "vitest";
import type { Chip } from "../../../../src/chips/chip.ts";
import type { Procedure, ProcedureStep } from "../../../../src/chips/procedure.ts";
import type { LockExit } from "../../../../src/chips/protection-scheme.ts";
import type { LockState } from "../../../../src/protection/lock-state.ts";
import { massErase, massEraseOf, refuseStillLocked } from "../../../../src/session/locks/mass-erase.ts";
import { connectMadeUp, CTRL, FREEZE, ID, MADE_UP, madeUp } from "../../../support/made-up-chip.ts";

const ERASE = { in: "ap", ap: { v: 1, index: 1 }, register: CTRL.ERASE } as const;
const STATUS = { in: "ap", ap: { v: 1, index: 1 }, register: CTRL.STATUS } as const;
const hold: ProcedureStep = { step: "pin", name: "hold", pin: "nreset", level: 0 };
const erase: ProcedureStep = { step: "write", name: "erase", at: ERASE, value: 1 };
const ready: ProcedureStep & { readonly step: "until" } = {
  ...{ step: "until", name: "erased", at: STATUS, mask: 1, value: 1, otherwise: "it was not erased", deadlineMs: 20 },
};

const way = (name: string, ...steps: readonly ProcedureStep[]): LockExit & { readonly procedure: Procedure } => ({
  name,
  procedure: {
    ...{ name, what: "Erases everything.", steps, source: "this test" },
    cleanup: [{ step: "pin", name: "let go", pin: "nreset", level: 1 }],
  },
});

const [FIRST, SECOND] = [way("first", hold, erase, ready), way("second", hold)];
const chip: Chip = { ...MADE_UP, protection: { exits: [FIRST, SECOND] } as unknown as Chip["protection"] };

const lock = (more: Partial<LockState>): LockState => ({
  ...{ state: "locked", words: "level 1", debug: "closed", locked: true, certain: true, inReset: false },
  byFirmware: false,
  ...more,
});
const unlockFailed = (why: string, step: string) =>
  expect.objectContaining({ code: "unlock-failed", message: expect.stringContaining(why), details: { step } });

describe("the way to open a chip", () => {
  it("is the one that its lock leaves open, else the first of its table", () => {
    expect(massEraseOf(chip, lock({ exit: SECOND })).name).toBe("second");
    expect(massEraseOf(chip).name).toBe("first");
  });

  it.each([
    ["its locks are unknown", MADE_UP, undefined, "its locks are unknown"],
    [
      "its table has no way",
      { ...chip, protection: { exits: [] } as unknown as Chip["protection"] },
      undefined,
      "it has no way out",
    ],
    ["its lock leaves none open", chip, lock({}), "it has no way out"],
    ["it is open", chip, lock({ locked: false }), "it is not locked"],
  ] as const)("is unlock-failed where %s", (_, of, state, why) => {
    expect(() => massEraseOf(of, state)).toThrow(unlockFailed(why, "none"));
  });
});

describe("a mass erase", () => {
  async function connected(of: Chip = chip) {
    const lab = madeUp();
    const session = await connectMadeUp(lab, MADE_UP);
    lab.core.log.length = 0;
    lab.pins.length = 0;
    return { lab, run: (io = {}) => massErase(session.found, of, undefined, io) };
  }

  it("that fails is unlock-failed with the step that did not come true, and what was held is let go", async () => {
    const { lab, run } = await connected();
    await expect(run()).rejects.toEqual(unlockFailed("it was not erased", "erased"));
    expect(lab.core.log).toEqual([`ap1 ${CTRL.ERASE} 1`]);
    expect(lab.pins).toEqual(["nreset 0", "nreset 1"]);
  });

  it("that is called off reports the flash as lost in part, and the same job as the way on", async () => {
    const { lab, run } = await connected();
    const stop = new AbortController();
    const { 1: control } = lab.target.ports;
    const read = () => {
      stop.abort();
      return 0;
    };
    lab.target.ports[1] = { ...control, read };
    await expect(run({ signal: stop.signal })).rejects.toMatchObject({
      code: "aborted",
      message: expect.stringContaining(chip.name),
      details: { flash: "in-part", next: "repeat-mass-erase" },
      cause: { code: "aborted" },
    });
    expect(lab.pins).toEqual(["nreset 0", "nreset 1"]);
  });

  it.each([
    ["by registers that are another chip's is refused", 0x4321, true],
    ["by registers of the chip is done", 0x1234, false],
  ])("%s", async (_, id, isRefused) => {
    const at = { in: "memory", address: FREEZE, width: 32 } as const;
    const byMemory = way("by memory", { step: "write", name: "erase", at, value: 1 });
    const { lab, run } = await connected({
      ...chip,
      protection: { exits: [byMemory] } as unknown as Chip["protection"],
    });
    lab.core.write(ID, 4, id);
    lab.core.log.length = 0;
    const ended = await run().catch((error) => error);
    expect(ended?.code).toBe(isRefused ? "chip-mismatch" : undefined);
    expect(lab.core.log).toEqual(isRefused ? [] : [`w ${FREEZE.toString(16)} 1`]);
  });
});

describe("a chip after its mass erase", () => {
  it("is unlock-failed where it is locked still, with the state in words, and is not where it is open", () => {
    expect(() => refuseStillLocked(chip, lock({}))).toThrow(unlockFailed("level 1", "open after the mass erase"));
    expect(() => refuseStillLocked(chip, lock({ locked: false }))).not.toThrow();
    expect(() => refuseStillLocked(chip, undefined)).not.toThrow();
  });
});
