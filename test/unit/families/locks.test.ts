import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../src/chips/list.ts";
import type { FieldFinding, FieldState, ProtectionScheme, StateAct } from "../../../src/chips/protection-scheme.ts";

const SCHEMES = CHIPS.flatMap(({ name, protection }) => (protection ? [{ chip: name, scheme: protection }] : []));

const fieldsOf = ({ groups }: ProtectionScheme) => groups.flatMap(({ fields }) => fields);
const statesOf = (scheme: ProtectionScheme): readonly FieldState[] => fieldsOf(scheme).flatMap(({ states }) => states);
const findingOf = (act: StateAct): readonly FieldFinding[] => (act.act === "ok" ? [] : [act.finding]);

/** Every finding that a scheme's table has. */
const findingsOf = (scheme: ProtectionScheme): readonly FieldFinding[] => [
  ...statesOf(scheme).flatMap(findingOf),
  ...scheme.combinations.flatMap(({ act }) => findingOf(act)),
  ...fieldsOf(scheme).flatMap(({ regions }) => (regions ? [regions.some, regions.all] : [])),
];

const STABLE_NAME = /^[a-z][a-z\d]+(-[a-z\d]+)*$/i;
const SENTENCE = /^\S.*\w.*\.$/s;

describe.each(SCHEMES)("the locks of $chip", ({ scheme }) => {
  it("name their family, groups and fields", () => {
    expect(scheme.family).toMatch(/\w{3}/);
    for (const { name } of scheme.groups) expect(name).toMatch(/\w{3}/);
    for (const { name, what } of fieldsOf(scheme)) expect([name, what]).toEqual([name, expect.stringMatching(/\w{3}/)]);
  });

  it("have findings with a stable name, and why in sentences", () => {
    for (const { id, why } of findingsOf(scheme))
      expect([id, why]).toEqual([expect.stringMatching(STABLE_NAME), expect.stringMatching(SENTENCE)]);
    for (const { id, what, why } of scheme.groups.flatMap(({ fillings }) => fillings)) {
      expect(id).toMatch(STABLE_NAME);
      expect([what, why]).toEqual([expect.stringMatching(/\w{3}/), expect.stringMatching(/\w{3}/)]);
    }
  });

  it("have states of different names for each field, with words where it can close the chip", () => {
    for (const { name, states } of fieldsOf(scheme)) {
      const names = states.map(({ state }) => state);
      expect([name, new Set(names).size]).toEqual([name, names.length]);
      const canClose = states.some(({ debug }) => debug === "closed");
      expect(states.every(({ state, words }) => state.length > 1 && (!canClose || /\w{2}/.test(words)))).toBe(true);
    }
  });

  it("refuse what closes a chip, with what would happen, and nothing else that leaves it open", () => {
    for (const state of statesOf(scheme)) {
      if (state.debug === "closed") expect([state.state, state.act]).toEqual([state.state, "refuse"]);
      if (state.act === "refuse") expect(state.need).toMatch(/\w+ \w+/);
      if (state.act === "refuse" && state.forEver) expect(state.finding.severity).toBe("brick");
    }
  });

  it("have a state for every value of a field that has states", () => {
    for (const { name, states } of fieldsOf(scheme))
      if (states.length > 0) expect([name, states.at(-1)?.when]).toEqual([name, undefined]);
  });

  it("have an open value in a state that is open, within the field's bits", () => {
    for (const { name, open, states, mask = 0xffffffff } of fieldsOf(scheme)) {
      if (open === undefined || states.length === 0) continue;
      const state = states.find(({ when }) => !when || (open & when.mask) >>> 0 === when.value);
      expect([name, state?.debug, open & ~mask]).toEqual([name, "open", 0]);
    }
  });

  it("have combinations of states that their fields have", () => {
    const known = (field: string) =>
      fieldsOf(scheme).flatMap(({ name, states, regions }) =>
        name === field ? [...states.map(({ state }) => state), ...(regions ? ["none", "some", "all"] : [])] : [],
      );
    for (const { when, what, about } of scheme.combinations) {
      expect(what).toMatch(/\w+ \w+/);
      expect(when.map(({ field }) => field)).toContain(about);
      for (const { field, states } of when) {
        expect(states.length).toBeGreaterThan(0);
        expect(known(field)).toEqual(expect.arrayContaining([...states]));
      }
    }
  });

  it("show by a table whose states have words, whose last one is without a condition, and whose exits exist", () => {
    const { lock, exits } = scheme;
    if (!lock) return;
    expect(lock.states.at(-1)?.tests).toEqual([]);
    for (const { state, words } of lock.states)
      expect([state, words]).toEqual([expect.stringMatching(/\w{2}/), expect.stringMatching(/\w{2}/)]);
    for (const { exit } of lock.exits) expect(exits.map(({ name }) => name)).toContain(exit);
    expect(lock.settle.what).toMatch(/\w{2}/);
    expect(lock.settle.looks).toBeGreaterThan(0);
  });
});

describe.each(CHIPS)("the guarded ranges of $name", ({ guarded }) => {
  it("have a name, and what a write there can do", () => {
    expect(guarded.length).toBeGreaterThan(0);
    for (const { name, can } of guarded)
      expect([name, can]).toEqual([expect.stringMatching(/\w{3}/), expect.stringMatching(/\w+ \w+/)]);
  });

  it("name the registers that start something, where there are some", () => {
    for (const { starts, startedBy } of guarded) if (starts) expect(startedBy).toMatch(/^[A-Z]/);
  });

  it("have what starts something within the range", () => {
    for (const { start, length, starts } of guarded) {
      if (!starts) continue;
      expect(starts.start).toBeGreaterThanOrEqual(start);
      expect(starts.start + starts.length).toBeLessThanOrEqual(start + length);
    }
  });
});
