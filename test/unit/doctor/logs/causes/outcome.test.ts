import { describe, expect, it } from "vitest";
import { failedUnexplained } from "../../../../../src/doctor/logs/causes/outcome-causes.ts";
import { causesOf, diagnosisOf, type Line, readingOf } from "../log-of.ts";

const KINETIS = { chip: "MK24FN1M0XXX12" };
const STM32 = { chip: "STM32F407VG" };

const lines = (count: number) => ({
  count,
  first: Array.from({ length: count }, (_, i) => ({ number: 11 + i, text: `  quux ${i}  ` })),
});
const exit = (code: string): Line => ({ kind: "exit-code", values: { code } });

describe("a log in which nothing is known to have failed", () => {
  it("succeeded where the tool reports it, with that line", () => {
    const { verdict, causes } = diagnosisOf(["version", "verify-ok"]);
    expect({ verdict, causes: causes.length }).toEqual({ verdict: "fine", causes: 1 });
    expect(causes[0]).toMatchObject({ id: "no-failure", likelihood: "likely", for: [{ line: 2 }], against: [{}] });
  });

  it("is compared by Flashproof where the chip is a Kinetis, else by the tool", () => {
    const testOf = (options: object) => diagnosisOf(["verify-ok"], {}, options).causes[0].test;
    expect(testOf(KINETIS)).toContain("flashproof verify");
    expect(testOf(STM32)).not.toContain("flashproof");
  });

  it.each([
    ["download"],
    ["erase-started"],
    ["verify-started"],
    ["verify-size"],
    ["mass-erase-tried"],
    ["mass-erase"],
  ] as const)("is open after a success where %s came later", (kind) => {
    expect(diagnosisOf([kind, "done", "version"]).verdict).not.toBe("unknown");
    expect(diagnosisOf(["done", "version", kind]).verdict).not.toBe("fine");
  });

  it.each([
    "loadfile a.hex",
    "loadbin a.bin 0",
    "verifybin a.bin 0",
    "verifyfile a",
    "erase",
    "w1 0 1",
    "w4 0 1",
    "program a",
  ])("is open after a success where the command %s came later", (command) =>
    expect(diagnosisOf(["verify-ok", { kind: "command", values: { command } }]).verdict).toBe("unknown"),
  );

  it.each(["exit", "loadx", "erased", "show erase", "w8 0 1", "halt"])("is not open after the command %s", (command) =>
    expect(diagnosisOf(["verify-ok", { kind: "command", values: { command } }]).verdict).toBe("fine"),
  );

  it("did not succeed where 0 bytes were programmed", () => {
    const programmed = (bytes: string) => diagnosisOf(["version", { kind: "programmed", values: { bytes } }]).verdict;
    expect([programmed("0"), programmed("16")]).toEqual(["unknown", "fine"]);
  });

  it("has no outcome where the tool states neither, and quotes the first line that was cut", () => {
    expect(causesOf(["version"])).toEqual(["possible no-outcome"]);
    const long = {
      count: 2,
      first: [
        { number: 3, text: ` ${"y".repeat(100)}` },
        { number: 4, text: "z" },
      ],
    };
    const { verdict, causes } = diagnosisOf(["version", "verify-ok"], { cut: long });
    expect(verdict).toBe("unknown");
    expect(causes[0]).toMatchObject({
      id: "no-outcome",
      for: [{ line: 3, quote: "y".repeat(80) }],
      against: [{ line: 2 }],
    });
  });
});

describe("a log with lines that look like errors", () => {
  it("is not understood, quotes five of them without blanks, and counts them", () => {
    const { verdict, causes } = diagnosisOf(["version", "verify-ok"], { errors: lines(7) });
    expect(verdict).toBe("unknown");
    expect(causes[0]).toMatchObject({ id: "not-understood", likelihood: "possible", against: [{ line: 2 }] });
    expect(causes[0].for).toHaveLength(5);
    expect(causes[0].for[0]).toMatchObject({ line: 11, quote: "quux 0" });
    expect(causes[0].for[0].text).toMatch(/error/);
    expect(causes[0].what).toMatch(/^7 lines of this log look .* them\.$/);
  });

  it("counts troubles that a tool states with them", () => {
    const { verdict, causes } = diagnosisOf(["verify-ok", "trouble"], { errors: lines(1) });
    expect(verdict).toBe("unknown");
    expect(causes[0].for.map(({ line }) => line)).toEqual([2, 11]);
    expect(causes[0].what).toMatch(/^2 lines/);
    expect(diagnosisOf(["verify-ok", "trouble"]).causes[0].what).toMatch(/^One line of this log looks .* it\.$/);
    expect(diagnosisOf(["version", "trouble"]).causes[0].against).toEqual([]);
  });
});

describe("a failure that a tool does not explain", () => {
  it.each([
    ["says so", "failed-unexplained", true],
    ["ends with exit code 1", exit("1"), true],
    ["ends with exit code 10", exit("10"), true],
    ["ends with exit code 0", exit("0"), false],
    ["ends with exit code 00", exit("00"), false],
    ["only has trouble", "trouble", false],
  ] as const)("is one where it $0: $2", (_, line, isFailure) => {
    expect(causesOf(["version", line]).includes("possible failed-unexplained")).toBe(isFailure);
    expect(failedUnexplained(readingOf(["version", line])) !== undefined).toBe(isFailure);
  });

  it("is one only where no line has a cause", () =>
    expect(causesOf(["probe-silent", "failed-unexplained"])).toEqual(["certain probe-silent"]));

  it("quotes its lines, and advises to look at those that are not understood where there are some", () => {
    const causeOf = (errors: ReturnType<typeof lines>) =>
      diagnosisOf(["version", "failed-unexplained"], { errors }).causes[0];
    expect(causeOf(lines(0)).for).toMatchObject([{ line: 2 }]);
    expect(causeOf(lines(0)).remedy).toHaveLength(1);
    expect(causeOf(lines(1)).remedy).toHaveLength(2);
  });
});

describe("a mass erase while connecting", () => {
  it.each([
    [["mass-erase"], "likely"],
    [["mass-erase", "mass-erase-done"], "certain"],
    [["mass-erase-done"], "certain"],
    [["mass-erase", "connected"], "certain"],
  ] as const)("in %j is a %s cause", (kinds, likelihood) =>
    expect(causesOf(kinds)).toContain(`${likelihood} mass-erased-on-connect`),
  );

  it("has the lock, the stored answer and the erase as evidence", () => {
    const kinds = ["mass-erase", "mass-erase-default", "lock-seen", "mass-erase-tried"] as const;
    const { causes, history } = diagnosisOf(kinds);
    const cause = causes.find(({ id }) => id === "mass-erased-on-connect");
    expect(cause?.for.map(({ line }) => line)).toEqual([3, 4, 2, 1]);
    expect(new Set(cause?.for.map(({ text }) => text)).size).toBe(3);
    expect(history.massErase).toEqual(cause?.for);
  });

  it("is nothing of the history without a line that states it", () => {
    expect(diagnosisOf(["mass-erase-done"]).history).toEqual({ toolVerified: false });
  });

  it("is seen by Flashproof's own byte on a Kinetis, and by blank flash on another chip", () => {
    const testOf = (options: object) => diagnosisOf(["mass-erase"], {}, options).causes[0].test;
    expect(testOf(KINETIS)).toContain("0x40C");
    expect(testOf(STM32)).not.toContain("0x40C");
  });

  it("with an end that succeeded leaves nothing open", () =>
    expect(causesOf(["mass-erase", "mass-erase-done", "verify-ok"])).toEqual(["certain mass-erased-on-connect"]));
});

describe("a text that is no log", () => {
  it.each(["chatter", "done", "command", "trouble", "failed-unexplained", "exit-code"] as const)(
    "is one whose lines are only %s",
    (kind) => expect(diagnosisOf([kind])).toMatchObject({ kind: "unknown", verdict: "unknown", tools: [] }),
  );

  it.each(["probe-access", "probe-driver", "port-busy", "port-missing", "too-large", "server-gone"] as const)(
    "is none that holds the system's words for %s",
    (kind) => expect(diagnosisOf([kind], { tool: "system" })).toMatchObject({ kind: "log", verdict: "failed" }),
  );

  it("is one that holds the system's words for something else", () =>
    expect(diagnosisOf(["timed-out"], { tool: "system" }).kind).toBe("unknown"));
});
