import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/base/errors.ts";
import { ChipError } from "../../../src/chips/chip-error.ts";
import type { CommanderOptions } from "../../../src/commander/language/command-line.ts";
import { type DeviceName, parseDeviceName } from "../../../src/commander/language/device-name.ts";
import { lintScript } from "../../../src/commander/lint/lint-script.ts";
import { loopForEver, smallImage } from "./lab.ts";

const REST: CommanderOptions = { wire: "SWD", speed: "4000", exitOnError: true };

const lint = (
  lines: readonly string[],
  options: CommanderOptions = {},
  deviceOf: (name: string) => DeviceName = parseDeviceName,
) =>
  lintScript({
    script: lines.join("\n"),
    options: { ...REST, ...options },
    readFile: (path) => {
      if (path.endsWith(".bin")) return loopForEver(smallImage());
      throw new HostError("file-not-found", `The file ${path} does not exist`);
    },
    deviceOf,
  });

const brief = (...given: Parameters<typeof lint>) =>
  lint(...given).map(({ line, severity, what, lacks }) => [line, severity, what, lacks]);

const MISSING = "No device is named before this line: nothing is erased or programmed, and a blank chip isn't reached.";

describe("the device of a linted script", () => {
  it("is missing at the first command that needs the target, and at no other", () => {
    expect(brief(["showhwstatus", "sleep 1", "loadfile a.bin 0", "erase"])).toEqual([[3, "warn", MISSING, "device"]]);
    expect(lint(["r"])[0].remedy).toMatch(/^Give -Device NAME .* or put device NAME before the line\.$/);
    expect(brief(["sleep 1", "ShowHWStatus"])).toEqual([]);
  });

  it("is there once device, exec or the command line has it", () => {
    expect(brief(["device MK24FN1M0xxx12", "r"])).toEqual([]);
    expect(brief(["exec device = MK24FN1M0xxx12", "r"])).toEqual([]);
    expect(brief(["exec device=MK24FN1M0xxx12", "r"])).toEqual([]);
    expect(brief(["r"], { device: "MK24FN1M0xxx12" })).toEqual([]);
    expect(brief(["exec SetSomething = 1", "r"])).toEqual([[2, "warn", MISSING, "device"]]);
  });

  it("is unknown once for each name, with the pack that describes it or what is near", () => {
    const [first, ...more] = lint(["device XC800", "r", "device xc801", "device XC800"], { device: "XC800" });
    expect(first).toMatchObject({ line: 0, severity: "warn", what: 'No device is called "XC800".', lacks: "device" });
    expect(first.remedy).toMatch(/^Name a device that is known: .* Of this one: it would need data of that chip/);
    expect(more.map(({ line }) => line)).toEqual([3]);
    const [packed] = lint(["device STM32H743ZI"]);
    expect(packed.remedy).toContain("flashproof pack install");
    const [near] = lint(["device MK24FN1M0xxx21"]);
    expect(near.what).toContain("; near it: MK24FN1M0xxx12");
    expect(near.remedy).not.toContain("Of this one:");
  });

  it("is a core, which has no flash to erase or program, once and at the first such command", () => {
    const bare = "Cortex-M4 is a core without a chip around it: flash is neither erased nor programmed.";
    expect(
      brief(["r", "mem32 20000000 1", "erase", "loadfile a.bin 0", "loadbin a.bin 0"], { device: "Cortex-M4" }),
    ).toEqual([[3, "warn", bare, "device"]]);
    for (const line of ["loadfile a.bin 0", "loadbin a.bin 0"])
      expect(brief([line], { device: "Cortex-M4" })[0]).toEqual([1, "warn", bare, "device"]);
  });

  it("can not be used where the host refuses it, with the host's reason", () => {
    const refused = new ChipError("chip-unknown", "chip.toml, line 3: there is no bank");
    const deviceOf = (text: string): DeviceName =>
      ({ kind: "unknown", text, near: [], refused }) as unknown as DeviceName;
    const [first] = lint(["device MINE"], {}, deviceOf);
    expect(first).toMatchObject({ line: 1, what: "chip.toml, line 3: there is no bank.", lacks: "device" });
    expect(first.remedy).toMatch(/^Nothing is connected under this name\./);
  });
});

describe("a linted unlock", () => {
  it.each(["Kinetis", "kinetis", "nRF", "nrf52", "STM32"])("has a way to open %s", (name) => {
    expect(brief([`unlock ${name}`])).toEqual([]);
  });

  it("has none without a name, and with one of no family", () => {
    const [nameless] = lint(["unlock"]);
    expect(nameless.what).toBe("unlock needs a name.");
    const [other] = lint(["unlock LM3Sxxx"]);
    expect(other).toMatchObject({ line: 1, severity: "warn", what: "unlock has no way to open LM3Sxxx." });
    expect(other.remedy).toMatch(/^Flashproof opens .*Kinetis.*\.$/);
    expect(new Set(other.remedy.match(/[A-Za-z0-9]+/g)).size).toBe(other.remedy.match(/[A-Za-z0-9]+/g)?.length);
  });
});

describe("a linted J-Link script file", () => {
  it("is warned of on the command line and in exec, and not where it is to be ignored", () => {
    const options = { device: "MK24FN1M0xxx12", jlinkScriptFile: "x.JLinkScript" };
    const [first, ...more] = lint(["r"], options);
    expect([first.line, more]).toEqual([0, []]);
    expect(first.what).toMatch(/^[A-Z].*x\.JLinkScript.*\.$/);
    expect(lint(["r"], { ...options, ignoreScriptFile: true })).toEqual([]);
    const device = { device: "MK24FN1M0xxx12" };
    for (const line of [
      "exec ScriptFile = a.JLinkScript",
      "exec JLinkScriptFile=a.JLinkScript",
      "exec scriptfile a.JLinkScript",
    ]) {
      expect(lint([line], device)).toMatchObject([{ line: 1, what: expect.stringContaining("a.JLinkScript") }]);
      expect(lint([line], { ...device, ignoreScriptFile: true })).toEqual([]);
    }
    expect(lint(["exec ScriptFile"], device)).toEqual([]);
  });
});

describe("the answers to connect in a linted script", () => {
  const asked = (lines: readonly string[], options: CommanderOptions = {}) =>
    lintScript({
      script: lines.join("\n"),
      options: { exitOnError: true, ...options },
      readFile: () => loopForEver(smallImage()),
    }).map(({ line, what }) => `${line} ${what}`);

  it("are a device, a wire and a speed, or blank lines for the usual ones", () => {
    expect(asked(["connect", "MK24FN1M0xxx12", "S", "4000", "r", "q"])).toEqual([]);
    expect(asked(["connect", "MK24FN1M0xxx12", "", "", "r", "q"])).toEqual([]);
    expect(asked(["connect", "J", "4000", "q"], { device: "MK24FN1M0xxx12" })).toEqual([]);
  });

  it("are no device where the line is blank, ? or an unknown name", () => {
    expect(asked(["connect", "", "S", "4000"])[0]).toBe(
      "2 connect asks for the device, and a blank line selects none.",
    );
    expect(asked(["connect", "?", "S", "4000"])[0]).toBe(
      "2 connect asks for the device, and ? lists the names and selects none.",
    );
    expect(asked(["connect", "XC800", "S", "4000"])[0]).toBe(
      '2 connect takes this line as the device: No device is called "XC800".',
    );
    expect(asked(["connect", "loadfile x.bin", "S", "4000"])[0]).toBe(
      '2 "loadfile x.bin" isn\'t run: connect asks for a device, and takes this line as the answer.',
    );
  });

  it("are asked for again where one is no wire or no speed", () => {
    expect(asked(["connect", "MK24FN1M0xxx12", "xyz", "S", "4000", "q"])).toEqual([
      '3 connect asks again: "xyz" is no answer, because it isn\'t an interface.',
    ]);
    expect(asked(["connect", "MK24FN1M0xxx12", "S", "fast", "4000", "q"])).toEqual([
      '4 connect asks again: "fast" is no answer, because it isn\'t a speed.',
    ]);
    expect(asked(["connect", "MK24FN1M0xxx12", "S", "erase", "4000", "q"])).toEqual([
      '4 "erase" isn\'t run: connect asks for a speed, and takes this line as the answer.',
    ]);
  });

  it.each([
    [["connect", "MK24FN1M0xxx12", "S"], "3 connect asks 1 more question than the script answers."],
    [["connect", "MK24FN1M0xxx12"], "2 connect asks 2 more questions than the script answers."],
    [["connect"], "0 connect asks 2 more questions than the script answers."],
  ])("are too few in %j", (lines, finding) => {
    expect(asked(lines).at(-1)).toBe(finding);
  });
});

describe("raw writes in a linted script", () => {
  it("have all their lines in one finding where several can not be judged", () => {
    const all = brief(["w4 40010000 1", "w4 40020000 1", "w4 40030000 1"], { device: "XC800" });
    expect(all.at(-1)?.[2]).toMatch(/^What this write \(and lines 2, 3\) does can't be told without the chip/);
    expect(brief(["w4 40010000 1"], { device: "XC800" }).at(-1)?.[2]).toMatch(/^What this write does can't be told/);
  });

  it("find a mass erase by the port that starts one, on a known chip and without one", () => {
    const lines = ["WriteDP 2 01000000", "WriteAP 1 1"];
    expect(brief(lines, { device: "MK24FN1M0xxx12" }).map(([line, severity, what]) => [line, severity, what])).toEqual([
      [2, "warn", "This write starts a mass erase: everything in flash is lost."],
    ]);
    const any = lint(lines, { device: "Cortex-M4" }).find(({ what }) => what.includes("mass erase"));
    expect(any?.what).toMatch(/this write starts a mass erase: everything in flash is lost\.$/);
    expect(brief(["WriteDP 2 01000000", "WriteAP 1 0"], { device: "MK24FN1M0xxx12" })).toEqual([]);
    expect(brief(["WriteDP 2 01000000", "WriteAP 2 1"], { device: "MK24FN1M0xxx12" })).toEqual([]);
    expect(brief(["WriteDP 1 01000000", "WriteAP 1 1"], { device: "MK24FN1M0xxx12" })).toEqual([]);
  });
});
