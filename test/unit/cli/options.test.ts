import { describe, expect, it } from "vitest";
import { keyOf, many, one, oneOr, onOff, type ValuesOf, variableOf } from "../../../src/cli/options/declaration.ts";
import { choice, MILLISECONDS, RANGE, text } from "../../../src/cli/options/kinds.ts";
import { nearest } from "../../../src/base/nearest.ts";
import { resolveOptions } from "../../../src/cli/options/resolve.ts";
import { type OptionsOf, OPTIONS } from "../../../src/cli/options/sets.ts";
import { type Invocation, verb } from "../../../src/cli/verb.ts";

const about = { role: "setting", help: "for a test" } as const;
const SET = {
  dryRun: onOff(about),
  keep: many(RANGE, about),
  for: oneOr(MILLISECONDS, "1000", about),
  chip: one(text("name"), about),
  width: oneOr(choice("bits", [8, 16, 32]), "32", about),
};
const NOWHERE = { env: {}, files: [] };

describe("the values of a set of options", () => {
  it("are those of the flags, each of its own type", () => {
    const flags = { dryRun: true, keep: ["0:4", "8:+4"], for: "20", chip: "x", width: "8" };
    expect(resolveOptions(SET, flags, NOWHERE)).toEqual({
      dryRun: true,
      keep: [
        { start: 0, length: 4 },
        { start: 8, length: 4 },
      ],
      for: 20,
      chip: "x",
      width: 8,
    });
  });

  it("are off, empty, absent or the default where nothing was given", () => {
    expect(resolveOptions(SET, {}, NOWHERE)).toEqual({
      dryRun: false,
      keep: [],
      for: 1000,
      chip: undefined,
      width: 32,
    });
  });

  it("come from the flag before the variable", () => {
    const around = { env: { FLASHPROOF_FOR: "7", FLASHPROOF_DRY_RUN: "off" }, files: [] };
    expect(resolveOptions(SET, {}, around)).toMatchObject({ for: 7, dryRun: false });
    expect(resolveOptions(SET, { for: "9", dryRun: true }, around)).toMatchObject({ for: 9, dryRun: true });
  });
});

describe("names", () => {
  it("dryRun is --dry-run and FLASHPROOF_DRY_RUN", () => {
    expect(keyOf("dryRun")).toBe("dry-run");
    expect(variableOf("dryRun")).toBe("FLASHPROOF_DRY_RUN");
  });

  it.each([
    ["chpi", "chip"],
    ["spead", "speed"],
    ["fail_on", "fail-on"],
    ["CHIP", "chip"],
    ["xyzzy", undefined],
    ["", undefined],
    ["c".repeat(100_000), undefined],
  ])("near %j is %j", (word, wanted) => expect(nearest(word, ["chip", "speed", "fail-on"])).toBe(wanted));
});

describe("what the compiler refuses (the type check of the tests holds it)", () => {
  it("a typo in an option's name, and a value of another type", () => {
    const values: ValuesOf<typeof SET> = resolveOptions(SET, {}, NOWHERE);
    // @ts-expect-error: there is no such option
    expect(values.dryrun).toBeUndefined();
    // @ts-expect-error: a boolean is no text
    const wrong: string = values.dryRun;
    expect(wrong).toBe(false);
    // @ts-expect-error: 64 is none of the widths
    expect(values.width === 64).toBe(false);
  });

  it("code that asks for an option which its verb does not have", () => {
    const entry = { name: "info", help: "", options: OPTIONS.info };
    const looks = async ({ options }: Invocation<OptionsOf<"info">>) => ({
      result: { chip: options.chip ?? null },
      text: [],
      exit: 0,
    });
    const erases = async ({ options }: Invocation<OptionsOf<"erase">>) => ({
      result: { all: options.chipAll },
      text: [],
      exit: 0,
    });
    expect(verb({ ...entry, load: async () => looks }).name).toBe("info");
    // @ts-expect-error: info has no --chip-all
    expect(verb({ ...entry, load: async () => erases }).name).toBe("info");
  });

  it("a role that does not exist", () => {
    // @ts-expect-error: who may set it has to be declared
    expect(one(text("x"), { help: "" }).form).toBe("one");
    // @ts-expect-error: in one of four words
    expect(one(text("x"), { help: "", role: "anywhere" }).form).toBe("one");
  });
});
