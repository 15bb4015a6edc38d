import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/base/errors.ts";
import type { CommanderOptions } from "../../../src/commander/language/command-line.ts";
import { lintScript } from "../../../src/commander/lint/lint-script.ts";
import { findingLines, lintVerdict } from "../../../src/commander/lint/script-finding.ts";
import type { Severity } from "../../../src/protection/finding.ts";
import { loopForEver, smallImage } from "./lab.ts";

/** A stack pointer and a reset vector of a chip whose flash begins there. */
function vectorsFor(flash: number): Uint8Array {
  const bytes = new Uint8Array(0x400);
  new DataView(bytes.buffer).setUint32(0, 0x20001000, true);
  new DataView(bytes.buffer).setUint32(4, flash + 0x201, true);
  return bytes;
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  "good.bin": loopForEver(smallImage()),
  "locks.bin": loopForEver(smallImage({ 0x40c: 0x7b })),
  "f4.bin": vectorsFor(0x08000000),
  "bricks.bin": loopForEver(smallImage({ 0x40c: 0x64 })),
};

const ALL_GIVEN = { device: "MK24FN1M0xxx12", wire: "SWD", speed: "4000", exitOnError: true };

const lint = (lines: readonly string[], options: CommanderOptions = ALL_GIVEN) =>
  lintScript({
    script: lines.join("\n"),
    options,
    readFile: (path) => {
      const bytes = FILES[path];
      if (!bytes) throw new HostError("file-not-found", `The file ${path} does not exist`);
      return bytes;
    },
  });

const whats = (lines: readonly string[], options?: CommanderOptions) =>
  lint(lines, options).map(({ line, severity, what }) => `${line} ${severity} ${what}`);

describe("a script's lint", () => {
  it("finds nothing in a script that gives all it needs", () =>
    expect(
      lint(["r", "loadfile good.bin 0", "verifybin good.bin 0", "mem32 20000000 4", "w4 4001e504 2", "q"]),
    ).toEqual([]));
  it("has a line and a way out for each finding", () => {
    const findings = lint(["frobnicate", "mem8 20000000", "loadfile nowhere.bin", "be"]);
    expect(findings.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    for (const { what, remedy } of findings) expect([what, remedy].every((text) => text.endsWith("."))).toBe(true);
  });
  it("finds that a script keeps its connection, and doesn't end by itself", () => {
    expect(whats(["r", "g", "connect"])).toEqual([expect.stringMatching(/^3 warn The script doesn't end by itself/)]);
    expect(whats(["r", "g"], { ...ALL_GIVEN, rttTelnetPort: "19021" })).toHaveLength(1);
    expect(whats(["connect", "r", "g"])).toEqual([]);
    expect(whats(["connect", "exit"], { ...ALL_GIVEN, rttTelnetPort: "19021" })).toEqual([]);
  });
  it("finds unknown commands", () => expect(whats(["frobnicate"])).toEqual(['1 warn "frobnicate" is no command.']));
  it("finds commands that can't work here", () =>
    expect(whats(["hwinfo"])[0]).toMatch(/^1 warn hwinfo can't work here/));
  it("finds calls that can't be read, with the syntax of their command", () =>
    expect(lint(["setpc main"])[0]).toMatchObject({ line: 1, remedy: "It is written SetPC <addr>." }));
  it("finds that no error would end the script", () => {
    expect(whats(["r"], { ...ALL_GIVEN, exitOnError: false })[0]).toMatch(/^0 warn Nothing sets ExitOnError 1/);
    expect(whats(["eoe 1", "r"], { ...ALL_GIVEN, exitOnError: false })).toEqual([]);
  });
  it.each([
    ["mem32 F0000000 1"],
    ["w4 100000 0"],
    ["savebin x 2FFFFFF0 10"],
    ["erase 100000 101000"],
    ["erase 20000000 20001000"],
    ["loadfile good.bin 0xFFC00"],
    ["loadbin good.bin 60000000"],
  ])("finds addresses outside of the device: %s", (line) => expect(whats([line])[0]).toMatch(/^1 warn .*outside of/));
  it.each([
    ["mem32 E000ED00 1"],
    ["w4 40020000 0"],
    ["mem8 FFFFF 1"],
    ["mem32 1FFFFFF0 8"],
    ["loadbin good.bin 20000000"],
  ])("finds nothing outside in %s", (line) => expect(whats([line])).toEqual([]));
  it.each([["erase 8000 1000"], ["erase 8000 8000"]])("finds that the range ends before it begins: %s", (line) => {
    const found = ["MK24FN1M0xxx12", "XC800"].map((device) => whats([line], { ...ALL_GIVEN, device }).join("\n"));
    for (const text of found) expect(text).toMatch(/1 warn The range to erase ends at 0x0000[18]000, not behind/);
  });
  it.each([
    ["w4 4001E50C 1"],
    ["w1 4001E50C 1"],
    ["w2 10001208 0"],
    ["w8 1FFFC000 0"],
    ["SWDWriteDP 2 02000000\nSWDWriteAP 3 430F0000"],
    ["WriteDP 2 0\nWriteAP 1 4001E50C\nWriteAP 3 1"],
  ])("finds that %s can't be judged, without a chip or for one that isn't known", (line) => {
    for (const device of ["XC800", "Cortex-M4", undefined]) {
      const found = lint([line], { ...ALL_GIVEN, ...(device ? { device } : { device: "" }) });
      expect(found.filter(({ what }) => what.includes("can't be told without the chip"))).toMatchObject([
        { severity: "warn", lacks: "device" },
      ]);
    }
  });
  it("finds an erase of everything and a lock by hand on a chip that is known (nRF52840)", () => {
    const lines = ["w4 4001E504 2", "w4 4001E50C 1", "w4 10001208 0"];
    const found = whats(lines, { ...ALL_GIVEN, device: "nRF52840_xxAA" });
    expect(found).toEqual([
      expect.stringMatching(/^2 lock This write starts a flash command/),
      expect.stringMatching(/^3 lock This write goes to UICR/),
    ]);
  });
  it("names all lines that can't be judged in one finding, and no write to RAM or the core's own registers", () => {
    const lines = ["w4 20000000 0", "w4 4001E504 2", "w4 E000ED08 0", "w4 60000000 0", "w4 4001E50C 1"];
    const found = whats(lines, { ...ALL_GIVEN, device: "XC800" });
    expect(found.filter((text) => text.includes("can't be told"))).toEqual([
      expect.stringMatching(/^2 warn What this write \(and line 5\) does/),
    ]);
    expect(whats(["w4 4001E504 2"])).toEqual([]);
  });
  it.each([
    ["by DRW", ["WriteDP 2 0", "WriteAP 0 23000050", "WriteAP 1 40020000", "WriteAP 3 80"], 4],
    [
      "by the second DRW of an increment",
      ["WriteAP 0 23000052", "WriteAP 1 4001FFFC", "WriteAP 3 0", "WriteAP 3 80"],
      4,
    ],
    ["by BD1", ["WriteDP 2 0", "WriteAP 1 4001FFFC", "WriteDP 2 10", "WriteAP 1 40020000", "WriteAP 0 80"], undefined],
    ["by BD0", ["WriteAP 1 40020000", "WriteDP 2 10", "WriteAP 0 80"], 3],
  ])("finds a flash command that is started through the MEM-AP %s", (_, lines, line) => {
    const found = whats(lines).filter((text) => text.includes("starts a flash command"));
    expect(found).toEqual(line === undefined ? [] : [expect.stringMatching(new RegExp(`^${line} lock `))]);
  });
  it("finds by the name of a missing file: HEX with an address, verifybin of a HEX", () => {
    const moved = whats(["loadbin nowhere.hex 0x16000"]);
    expect(moved[0]).toMatch(/^1 warn nowhere\.hex: The file/);
    expect(moved[1]).toMatch(/^1 warn nowhere\.hex is Intel HEX by its name, .*0x00016000 is added/);
    expect(whats(["verifybin nowhere.s19 0"])[1]).toMatch(/^1 warn nowhere\.s19 is S-records: verifybin compares/);
    for (const line of [
      "loadbin nowhere.hex 0",
      "loadfile nowhere.hex",
      "loadbin nowhere.bin 16000",
      "verifybin nowhere.bin 0",
    ])
      expect(whats([line])).toHaveLength(1);
  });
  it("names // as the comment of a line with # behind a command", () =>
    expect(lint(["erase  # everything"])[0].remedy).toMatch(/^It is written erase .* Comments begin with \/\//));
  it("takes an image at the flash's second address for what it is", () => {
    const f4 = { ...ALL_GIVEN, device: "STM32F407VG" };
    expect(whats(["erase", "loadfile f4.bin 0"], f4)).toEqual([]);
    expect(whats(["loadfile f4.bin"], f4)).toEqual([]);
    expect(whats(["loadfile f4.bin 4000"], { ...ALL_GIVEN, device: "STM32F407VG" })).toEqual([]);
    expect(whats(["loadfile f4.bin 100000"], f4)[0]).toMatch(/^1 warn .*outside of/);
    expect(whats(["loadfile f4.bin 1FFF0000"], f4)[0]).toMatch(/^1 warn .*outside of/);
  });
  it("finds a file with option bytes", () =>
    expect(lint(["loadfile f4.bin 1FFFC000"], { ...ALL_GIVEN, device: "STM32F407VG" })[0]).toMatchObject({
      severity: "lock",
      what: expect.stringContaining("has bytes for the bank option"),
      remedy: expect.stringContaining("Take these bytes out"),
    }));
  it("finds an erase before an image that can't start", () => {
    expect(whats(["erase", "loadfile good.bin 0x8000"])[0]).toMatch(/^1 warn The whole chip is erased/);
    expect(whats(["erase", "loadfile good.bin 0x8000", "loadfile good.bin 0"])).toEqual([]);
    expect(whats(["erase 8000 9000", "loadfile good.bin 0x8000"])).toEqual([]);
  });
  it("finds an image that would lock the chip, and what the device's name makes of it", () => {
    expect(whats(["loadfile locks.bin 0"]).join("\n")).toMatch(/^1 lock FSEC .* kept open/);
    const allow = { ...ALL_GIVEN, device: "MK24FN1M0xxx12 (allow security)" };
    expect(whats(["loadfile locks.bin 0"], allow).join("\n")).not.toMatch(/kept open,/);
  });
  it("finds an image that would lock the chip for ever", () =>
    expect(whats(["loadfile bricks.bin 0"])[0]).toMatch(/^1 brick /));
  it("finds commands that connect takes as answers, and prompts without an answer", () => {
    const found = whats(["connect", "loadfile good.bin 0"], { exitOnError: true });
    expect(found[0]).toMatch(/^2 warn "loadfile good.bin 0" isn't run/);
    expect(found[1]).toMatch(/^2 warn connect asks 2 more questions/);
    expect(found).toHaveLength(2);
    expect(whats(["connect", "MK24FN1M0xxx12", "S", "4000", "r"], { exitOnError: true })).toEqual([]);
  });
  it("finds answers without a prompt", () =>
    expect(whats(["connect", "S", "r"])[0]).toMatch(/^2 warn This line steps the core/));
  it("stops at the script's end, as the run does", () => expect(whats(["q", "frobnicate"])).toEqual([]));
  it("fails by its worst finding", () => {
    const all = [lint(["be"]), lint(["loadfile locks.bin 0"]), lint(["loadfile bricks.bin 0"])];
    const verdicts = (limit?: Severity) => all.map((found) => lintVerdict(found, limit));
    expect(verdicts("brick")).toEqual(["ok", "ok", "failed"]);
    expect(verdicts("lock")).toEqual(["ok", "failed", "failed"]);
    expect(verdicts("warn")).toEqual(["failed", "failed", "failed"]);
    expect(verdicts()).toEqual(["ok", "ok", "ok"]);
  });
  it("is printed by file and line", () =>
    expect(findingLines("x.jlink", lint(["be"]))[0]).toMatch(/^x\.jlink:1: warn: be can't work here/));
});
