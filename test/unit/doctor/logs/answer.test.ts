import { describe, expect, it } from "vitest";
import type { FactKind } from "../../../../src/doctor/logs/forms/line-form.ts";
import { diagnosisOf, factsOf, type Line } from "./log-of.ts";
import { diagnoseFacts } from "../../../../src/doctor/logs/diagnose-log.ts";

const errors = (count: number, text = " quux is gone ") => ({
  count,
  first: Array.from({ length: count }, (_, i) => ({ number: 7 + i, text })),
});

describe("what happened", () => {
  const happened = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).answer.happened;
  const version: Line = { kind: "version", values: { version: "0.12.0" } };

  it("begins with tool, version and device as far as the log has them", () => {
    const device: Line = { kind: "device", values: { device: "quux" } };
    expect(happened(["verify-ok"])).toBe("OpenOCD: the job succeeded, says line 1.");
    expect(happened([version, "verify-ok"])).toBe("OpenOCD 0.12.0: the job succeeded, says line 2.");
    expect(happened([device, "verify-ok"])).toBe("OpenOCD on quux: the job succeeded, says line 2.");
    expect(happened([], { tools: [] })).toMatch(/^0 lines, none of them a known tool's\.$/);
    expect(happened([], { tools: [], lines: 1 })).toBe("one line, and not a known tool's.");
  });

  it("quotes the first line that failed, 160 characters of it", () => {
    const silent = (text: string): Line => ({ kind: "probe-silent", text });
    expect(happened([version, silent("no answer")])).toBe("OpenOCD 0.12.0: it failed; line 2: no answer");
    expect(happened([silent("x".repeat(200))])).toBe(`OpenOCD: it failed; line 1: ${"x".repeat(160)}`);
  });

  it("names the byte that a verify found different, and how many more", () => {
    const bytes = [
      [0x40c, 0x7b, 0x7a],
      [0x40d, 1, 2],
      [0x40e, 1, 2],
    ] as const;
    expect(happened(["verify-failed"], { bytes: bytes.slice(0, 1) })).toBe(
      "OpenOCD: verify failed at 0x0000040C, expected 0x7B, read 0x7A.",
    );
    expect(happened(["verify-failed"], { bytes })).toContain("at 0x0000040C and 2 more, expected 0x7B, read 0x7A.");
  });

  it("adds a success only where it came after everything that failed", () => {
    expect(happened(["probe-silent", "verify-ok"])).toMatch(/ Later, in line 2, it says that it succeeded\.$/);
    expect(happened(["verify-ok", "probe-silent"])).not.toContain("Later");
    expect(happened(["probe-silent", "verify-ok", "probe-silent"])).not.toContain("Later");
    const bytes = [[0x40c, 0x7b, 0x7a]] as const;
    expect(diagnosisOf(["verify-failed", "verify-ok"], {}).answer.happened).toContain("Later, in line 2");
    expect(happened(["verify-failed", "verify-ok", "version"], { bytes })).not.toContain("Later");
  });

  it("without an outcome reports that, or counts the lines that look like errors", () => {
    expect(happened([version])).toBe("OpenOCD 0.12.0: the log does not say how the job ended.");
    expect(happened(["version"], { errors: errors(1) })).toBe(
      "OpenOCD: 1 line that looks like an error; line 7: quux is gone",
    );
    expect(happened(["version"], { errors: errors(2, "y".repeat(200)) })).toBe(
      `OpenOCD: 2 lines that look like an error; line 7: ${"y".repeat(160)}`,
    );
  });
});

describe("the most likely cause", () => {
  it.each([
    ["probe-silent", "certain: the log says so"],
    ["target-silent", "likely"],
    ["write-failed", "possible, not sure"],
  ] as const)("of %s is followed by how sure it is: %s", (kind, sure) => {
    const { answer, causes } = diagnosisOf([kind]);
    expect(answer.cause).toBe(`${causes[0].what} (${sure})`);
    expect(answer.next).toBe(causes[0].remedy[0]);
  });

  it("of a field that OpenOCD refused, with differences elsewhere, is unlikely only beside others", () => {
    const { causes } = diagnosisOf(["field-denied"], { bytes: [[0x900, 0x12, 0x34]] }, { chip: "MK24FN1M0XXX12" });
    expect(causes.at(-1)).toMatchObject({ id: "fcf-write-denied", likelihood: "unlikely" });
  });

  it("of a job that did not fail stands alone", () => {
    const { answer, causes } = diagnosisOf(["verify-ok"]);
    expect(answer.cause).toBe(causes[0].what);
  });
});

describe("the steps of a job", () => {
  /** Kinds of lines that are no step of their own. */
  const NONE: readonly FactKind[] = ["chatter", "version", "device", "voltage", "dp-id", "trouble", "phase-times"];
  const WELL =
    "operation command connected lock-seen mass-erase mass-erase-done download bank flash-match done erase-started erased programmed verify-size verify-started verify-ok script-end";
  const BADLY =
    "probe-missing probe-silent probe-access probe-driver voltage-low target-silent core-missing halt-failed mass-erase-skipped mass-erase-refused mass-erase-disabled mass-erase-failed reset-line-missing file-missing outside-flash loader-failed erase-failed write-failed flash-refused flash-protected result-code field-denied memory-refused verify-address verify-byte verify-failed script-error exit-code";
  const stepsOf = (...lines: readonly Line[]) => diagnosisOf(["version", ...lines]).steps;

  it.each(WELL.split(" ") as FactKind[])("%s is one that went well", (kind) =>
    expect(stepsOf(kind)).toMatchObject([{ ok: true, line: 2 }]),
  );

  it.each(BADLY.split(" ") as FactKind[])("%s is one that did not", (kind) =>
    expect(stepsOf(kind)).toMatchObject([{ ok: false, line: 2 }]),
  );

  it.each(NONE)("%s is none", (kind) => expect(stepsOf(kind)).toEqual([]));

  it("with the exit code 0 went well, with another did not", () => {
    const exit = (code: string): Line => ({ kind: "exit-code", values: { code } });
    expect(stepsOf(exit("0"), exit("1"), exit("10"))).toEqual([
      { what: "exit code 0", ok: true, line: 2 },
      { what: "exit code 1", ok: false, line: 3 },
      { what: "exit code 10", ok: false, line: 4 },
    ]);
  });

  it.each([
    ["command", { command: "erase" }],
    ["bank", { bytes: "4096", bank: "0x00001000" }],
    ["programmed", { bytes: "4096" }],
    ["outside-flash", { address: "0x20000000" }],
    ["result-code", { act: "erase", code: "104" }],
    ["verify-size", { bytes: "77252", address: "0x0" }],
    ["verify-address", { address: "0x40C" }],
    ["verify-byte", { address: "0x40C" }],
    ["script-error", { problem: "Unknown command." }],
  ] as const)("%s has the line's values, and a ? for one that it lacks", (kind, values) => {
    const [{ what }] = stepsOf({ kind, values });
    for (const value of Object.values(values)) expect(what).toContain(value);
    expect(what).not.toMatch(/[{}?]/);
    const [bare] = stepsOf(kind);
    expect(bare.what).not.toMatch(/[{}]/);
    expect(bare.what).toContain("?");
  });

  it("count once where neighbouring lines have the same, and again after another", () => {
    expect(stepsOf("erased", "erased", "download", "erased").map(({ line }) => line)).toEqual([2, 4, 5]);
  });
});

describe("a diagnosis", () => {
  it("names every tool of the log, the one with the most lines first, and its own banner's line", () => {
    const lines: readonly Line[] = [
      { kind: "version", tool: "openocd", values: { version: "0.12.0" } },
      { kind: "connected", tool: "jlink" },
      { kind: "version", tool: "jlink", values: { version: "V7.94" } },
    ];
    const { tools, tool } = diagnosisOf(lines);
    expect(tools).toEqual(["jlink", "openocd"]);
    expect(tool).toEqual({ id: "jlink", name: "J-Link Commander", version: "V7.94", line: 3 });
    expect(diagnosisOf([{ kind: "connected", tool: "pyocd" }]).tool).toEqual({ id: "pyocd", name: "pyOCD", line: 1 });
  });

  it("of a text that is no log names no tool", () => {
    const diagnosis = diagnosisOf(["done"]);
    expect(diagnosis).not.toHaveProperty("tool");
    expect(diagnosis).toMatchObject({ kind: "unknown", tools: [] });
  });

  it("of nothing but bytes that differ is a log's", () =>
    expect(diagnosisOf(["done"], { bytes: [[1, 2, 3]] }).kind).toBe("log"));

  it("holds what was not read: errors without their blanks, lines without a form, lines that were cut", () => {
    const cut = { count: 3, first: [] };
    const parts = { errors: errors(2), unread: 5, cut };
    expect(diagnoseFacts(factsOf(["version"], parts))).toMatchObject({
      errors: { count: 2, lines: [{ line: 7, quote: "quux is gone" }, { line: 8 }] },
      unknownLines: 5,
      cutLines: 3,
    });
  });

  it("has of one cause that several lines suggest the most likely form", () => {
    const { causes } = diagnosisOf(["size-zero", "read-protection"], {}, {});
    expect(causes.map(({ id, likelihood }) => `${likelihood} ${id}`)).toEqual(["certain read-protected"]);
  });
});
