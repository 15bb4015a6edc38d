import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultPlan } from "../../../src/twin/fault-plan.ts";
import { type Fault, type FaultKind, formatFaults, parseFaults, placeOf } from "../../../src/twin/faults.ts";

const MS = 1e9;
const PLAIN: readonly FaultKind[] = [
  "stall",
  "short",
  "long",
  "garbage",
  "drop",
  "double",
  "unplug",
  "wait",
  "fault",
  "parity",
  "noack",
];

const point = fc.oneof(
  fc.record({ on: fc.constantFrom("usb", "dap", "flash", "ms"), n: fc.integer({ min: 1, max: 999_999_999 }) }),
  fc.record({ on: fc.constant("p"), rate: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000) }),
);
const count = fc.record({ count: fc.integer({ min: 1, max: 999 }) }, { requiredKeys: [] });
const fault = fc.oneof(
  fc.tuple(fc.record({ kind: fc.constantFrom(...PLAIN), point }), count).map(([a, b]) => ({ ...a, ...b })),
  fc.record({ kind: fc.constantFrom("late", "flip", "vtref"), point, argument: fc.nat(999_999) }),
) as fc.Arbitrary<Fault>;

const message = (spec: string) => {
  try {
    parseFaults(spec);
    return "read";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "twin-fault-spec" ? error.message : error;
  }
};

describe("fault spec", () => {
  it("parses the example of the formats page", () => {
    expect(parseFaults("wait@dap=1200x5+power-cut@ftfe=7:50")).toEqual([
      { kind: "wait", point: { on: "dap", n: 1200 }, count: 5 },
      { kind: "power-cut", point: { on: "flash", n: 7, spelled: "ftfe" }, argument: 50 },
    ]);
  });

  it("is empty for an empty text", () => {
    expect(parseFaults("")).toEqual([]);
  });

  it("parses back what it was formatted to", () => {
    const list = fc.array(fault, { maxLength: 4 });
    fc.assert(
      fc.property(list, (faults) => {
        expect(parseFaults(formatFaults(faults))).toEqual(faults);
      }),
    );
  });

  it("fails with one error code for any invalid text", () => {
    const nearly = fc.stringMatching(/^[a-z-]{3,9}@(usb|dap|p|ms)=[0-9.]{0,4}(x[0-9]{0,2})?(:[0-9]{0,3})?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (spec) => {
        expect(typeof message(spec)).toBe("string");
      }),
    );
  });

  it("takes flash=N and ftfe=N as one point, and writes each back as it was spelled", () => {
    const [now, before] = [parseFaults("mgstat@flash=3"), parseFaults("mgstat@ftfe=3")];
    expect([now[0].point, before[0].point]).toMatchObject([
      { on: "flash", n: 3 },
      { on: "flash", n: 3 },
    ]);
    expect([formatFaults(now), formatFaults(before)]).toEqual(["mgstat@flash=3", "mgstat@ftfe=3"]);
  });

  it.each([
    ["wait@dap=0", "counts start at 1"],
    ["wait@p=1.5", "rates end at 1"],
    ["wait@dap=1x0", "never strike"],
    ["late@usb=1", "lacks its :ARG"],
    ["wait@dap=1:5", "takes no :ARG"],
    ["power-cut@ftfe=1:101", "0 to 100"],
    ["power-cut@usb=1:50", "0 to 100"],
    ["explode@usb=1", "unknown kind"],
    ["wait@dap=1+", "is not KIND@POINT"],
  ])("names the mistake in %s", (spec, why) => {
    expect(message(spec)).toContain(why);
  });
});

describe("fault plan", () => {
  const strikes = (spec: string, kind: FaultKind, counter: "usb" | "dap" | "flash", times: number, seed = 1) => {
    const plan = new FaultPlan(parseFaults(spec), seed);
    const struck: number[] = [];
    for (let n = 1; n <= times; n++) {
      plan.reach(counter, 0);
      if (plan.take([kind])) struck.push(n);
    }
    return { plan, struck };
  };

  it("triggers at the nth opportunity and count times in a row", () => {
    expect(strikes("wait@dap=3", "wait", "dap", 9).struck).toEqual([3]);
    expect(strikes("wait@dap=3x4", "wait", "dap", 9).struck).toEqual([3, 4, 5, 6]);
  });

  it("waits for its own kind of opportunity", () => {
    const plan = new FaultPlan(parseFaults("late@dap=2:50"), 1);
    plan.reach("dap", 0);
    expect(plan.take(["late"])).toBeUndefined();
    plan.reach("dap", 0);
    plan.reach("usb", 0);
    expect(plan.take(["short"])).toBeUndefined();
    expect(plan.take(["late"])?.argument).toBe(50);
    expect(plan.take(["late"])).toBeUndefined();
  });

  it("counts milliseconds from its start", () => {
    const plan = new FaultPlan(parseFaults("stall@ms=5"), 1, 100 * MS);
    plan.reach("usb", 104 * MS);
    expect(plan.take(["stall"])).toBeUndefined();
    plan.reach("usb", 105 * MS);
    expect(plan.take(["stall"])?.kind).toBe("stall");
    expect(plan.times("usb")).toEqual([105 * MS]);
  });

  it("triggers at a rate by seed, the same in each run", () => {
    const { struck } = strikes("parity@p=0.1", "parity", "dap", 5_000);
    expect(struck.length).toBeGreaterThan(400);
    expect(struck.length).toBeLessThan(600);
    expect(strikes("parity@p=0.1", "parity", "dap", 5_000).struck).toEqual(struck);
    expect(strikes("parity@p=0.1", "parity", "dap", 5_000, 2).struck).not.toEqual(struck);
    expect(strikes("parity@p=0.5x3", "parity", "dap", 100).struck.length).toBe(3);
  });

  it("reports which faults have triggered and which have not", () => {
    const { plan } = strikes("wait@dap=3x2+fault@dap=100", "wait", "dap", 9);
    expect(plan.fired()).toEqual([
      { fault: "wait@dap=3x2", count: 2 },
      { fault: "fault@dap=100", count: 0 },
    ]);
  });

  it("lists the places that it concerns", () => {
    const plan = new FaultPlan(parseFaults("late@dap=9:5"), 1);
    expect([plan.concerns("dap"), plan.concerns("usb"), plan.concerns("flash")]).toEqual([true, true, false]);
    expect(placeOf("power-cut")).toBe("board");
  });
});
