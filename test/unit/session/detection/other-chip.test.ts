import { describe, expect, it } from "vitest";
import type { Chip } from "../../../../src/chips/chip.ts";
import { refuseOtherChip, refuseOtherCore, refuseOtherPorts } from "../../../../src/session/detection/other-chip.ts";
import { CTRL_IDR, MADE_UP } from "../../../support/made-up-chip.ts";

const mismatch = expect.objectContaining({ code: "chip-mismatch", details: { chip: MADE_UP.name } });
const lockedBy = (index: number, idr: number): Chip =>
  ({ ...MADE_UP, protection: { lock: { port: { index, idr } } } }) as unknown as Chip;

describe("a chip that is another one than was named", () => {
  it("is refused where its registers differ, and neither where they agree nor where they can't be read", () => {
    const by = (match: "yes" | "no" | "unknown") => () => refuseOtherChip({ chip: MADE_UP, found: { match } });
    expect(by("no")).toThrow(mismatch);
    expect(by("yes")).not.toThrow();
    expect(by("unknown")).not.toThrow();
  });

  it.each([
    ["the port that shows its lock has another IDR", lockedBy(1, CTRL_IDR ^ 1), true],
    ["the port that shows its lock has another number", lockedBy(2, CTRL_IDR), true],
    ["the port that shows its lock is the chip's", lockedBy(1, CTRL_IDR), false],
    ["no port shows its lock", MADE_UP, false],
  ])("where %s is refused: %s", (_, chip, isRefused) => {
    const scanned = { aps: MADE_UP.debug.aps } as unknown as Parameters<typeof refuseOtherPorts>[0];
    const check = () => refuseOtherPorts(scanned, chip);
    if (isRefused) expect(check).toThrow(mismatch);
    else expect(check).not.toThrow();
  });

  it("is refused by the processor that was named, where CPUID names another one", () => {
    const named = (name: string, wanted?: string) => () => refuseOtherCore({ name }, wanted);
    expect(named("Cortex-M4", "Cortex-M0+")).toThrow(expect.objectContaining({ code: "chip-mismatch" }));
    expect(named("Cortex-M4", "Cortex-M4")).not.toThrow();
    expect(named("Cortex-M4")).not.toThrow();
    expect(named("an unknown core", "Cortex-M4")).not.toThrow();
  });
});
