import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../src/chips/list.ts";
import type { Procedure, ProcedureStep, RegisterTest } from "../../../src/chips/procedure.ts";

/** Every procedure that a built-in chip has: at points of a session, out of a lock, and to write options. */
const PROCEDURES: readonly Procedure[] = [
  ...new Map(
    CHIPS.flatMap(({ procedures = {}, protection }) => [
      ...Object.values(procedures),
      ...(protection?.exits.map(({ procedure }) => procedure) ?? []),
      ...(protection?.groups.flatMap(({ write }) => write ?? []) ?? []),
    ]).map((procedure) => [procedure.what, procedure]),
  ).values(),
];

const EXITS = CHIPS.flatMap(({ name, protection }) => (protection?.exits ?? []).map((exit) => ({ chip: name, exit })));

/** A step with the steps inside it. */
const withInner = (step: ProcedureStep): readonly ProcedureStep[] => [
  step,
  ...(step.step === "until" ? [...(step.each ?? []), ...(step.orElse ?? [])].flatMap(withInner) : []),
  ...(step.step === "loop" ? step.steps.flatMap(withInner) : []),
];

const allSteps = ({ steps, cleanup }: Procedure) => [...steps, ...cleanup].flatMap(withInner);

const testsOf = (procedure: Procedure): readonly RegisterTest[] => [
  ...(procedure.unless ?? []),
  ...allSteps(procedure).filter((step) => step.step === "until" || step.step === "expect"),
];

/** Bits that a mask doesn't have are in none of its values: such a test never holds, such an update changes more. */
const fits = ({ mask, value }: { mask: number; value: number }): boolean => mask !== 0 && (value & ~mask) === 0;

describe.each(PROCEDURES)("the procedure $name", (procedure) => {
  it("states what it does in a sentence, and where it is from", () => {
    expect(procedure.name).toMatch(/\w{3}/);
    expect(procedure.what).toMatch(/^[A-Z].*\.$/);
    expect(procedure.source).toMatch(/\w{3}/);
  });

  it("names each of its steps", () => {
    for (const { name } of allSteps(procedure)) expect(name).toMatch(/\w{3}/);
    expect(procedure.steps.length).toBeGreaterThan(0);
  });

  it("has a meaning for each condition that does not come true", () => {
    for (const { name, otherwise } of testsOf(procedure))
      expect([name, otherwise]).toEqual([name, expect.stringMatching(/\w+ \w+/)]);
  });

  it("has conditions and updates within their masks", () => {
    for (const test of testsOf(procedure)) expect([test.name, fits(test)]).toEqual([test.name, true]);
    for (const step of allSteps(procedure))
      if (step.step === "update") expect([step.name, fits(step)]).toEqual([step.name, true]);
  });

  it("waits for each condition for a limited time", () => {
    for (const step of allSteps(procedure))
      if (step.step === "until") expect(step.deadlineMs > 0 && step.deadlineMs <= 120_000).toBe(true);
  });

  it("releases the reset line, when it ends and when it fails, if it holds it", () => {
    const levels = procedure.steps.flatMap((step) => (step.step === "pin" ? [step.level] : []));
    if (!levels.includes(0)) return;
    expect(levels.at(-1)).toBe(1);
    expect(procedure.cleanup.some((step) => step.step === "pin" && step.level === 1)).toBe(true);
  });
});

describe.each(EXITS)("the way out of a lock of $chip, $exit.name", ({ exit: { name, procedure } }) => {
  it("has a name, and states what is lost", () => {
    expect(name).toMatch(/\w{3}/);
    expect(procedure.loses).toMatch(/^[A-Z].*\.$/);
  });

  it("ends with a look at whether the chip is open", () => {
    const last = procedure.steps.at(-1);
    expect(last?.step === "until" || last?.step === "expect").toBe(true);
  });
});
