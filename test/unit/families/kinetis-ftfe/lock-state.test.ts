import { describe, expect, it } from "vitest";
import { kinetisMassErase } from "../../../../src/families/kinetis-ftfe/procedures.ts";
import { ftfeProtection } from "../../../../src/families/kinetis-ftfe/protection.ts";
import { lockStateOf } from "../../../../src/protection/lock-state.ts";
import { massEraseOf } from "../../../../src/session/locks/mass-erase.ts";
import { K24 } from "../../protection/images.ts";

const { lock, exits } = ftfeProtection(0x400, { start: 0, length: 0x100000 });

function lockStateFromMdm(status: number) {
  if (!lock) throw new Error("the family shows its lock");
  const { exit, ...state } = lockStateOf({ lock, exits }, () => status);
  return { ...state, massErase: exit !== undefined };
}

describe("the MDM-AP's status", () => {
  it.each([
    ["0x2A", "open", { locked: false, certain: true, inReset: false }],
    ["0x1002B", "open", { locked: false, certain: true, inReset: false }],
    ["0x2E", "locked", { locked: true, massErase: true, certain: true, inReset: false }],
    ["0x26", "locked", { locked: true, inReset: true }],
    ["0x22", "open", { locked: false, inReset: true }],
    ["0x4E", "locked-backdoor-only", { locked: true, massErase: false, byFirmware: true }],
    ["0x0E", "locked-for-ever", { locked: true, massErase: false, byFirmware: false }],
    ["0x24", "locked", { certain: false, inReset: true }],
  ])("of %s is %s", (status, name, state) => {
    expect(lockStateFromMdm(Number(status))).toMatchObject({
      status: { value: Number(status) },
      state: name,
      ...state,
    });
  });

  it("has words for its bits", () => {
    const words = lockStateFromMdm(0x2e).status?.bits.flatMap((bits) => bits.words ?? []);
    expect(words).toEqual(
      expect.arrayContaining(["secured", "flash ready", "mass erase enabled", "out of reset", "backdoor key disabled"]),
    );
  });
});

describe("the mass erase", () => {
  it("is the way to open a K24", () => {
    expect(massEraseOf(K24)).toBe(kinetisMassErase);
  });

  it("holds reset before it asks, asks whether it may before it starts, and lets go at the end", () => {
    expect(kinetisMassErase.steps.map((step) => `${step.step}: ${step.name}`)).toEqual([
      "pin: hold the chip in reset",
      "until: flash ready, chip in reset",
      "expect: mass erase enabled",
      "write: start the mass erase",
      "until: mass erase acknowledged",
      "until: mass erase ended",
      "write: clear the MDM-AP's control register",
      "pin: let the chip out of reset",
      "until: flash ready, chip open",
    ]);
  });

  it("writes and waits for the bits of NXP's flow, on access port 1", () => {
    const words = kinetisMassErase.steps.flatMap((step) => {
      if (!("at" in step) || step.at.in !== "ap" || step.at.ap.v !== 1) return [];
      const at = [step.at.ap.index, step.at.register];
      return step.step === "write" ? [[...at, "write", step.value]] : [[...at, step.mask, step.value]];
    });
    expect(words).toEqual([
      [1, 0, 0x0a, 0x02],
      [1, 0, 0x20, 0x20],
      [1, 4, "write", 1],
      [1, 0, 0x01, 0x01],
      [1, 4, 0x01, 0],
      [1, 4, "write", 0],
      [1, 0, 0x06, 0x02],
    ]);
  });

  it("waits longer than the longest mass erase, and for nothing without a deadline", () => {
    const waits = kinetisMassErase.steps.flatMap((step) => (step.step === "until" ? [step.deadlineMs] : []));
    expect(Math.min(...waits)).toBeGreaterThan(0);
    expect(Math.max(...waits)).toBeGreaterThan(7_400);
  });

  it("cleans up what it holds", () => {
    expect(kinetisMassErase.cleanup.map((step) => step.step)).toEqual(["write", "pin"]);
  });
});
