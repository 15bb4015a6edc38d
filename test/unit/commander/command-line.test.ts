import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CommanderOptions, parseCommandLine } from "../../../src/commander/language/command-line.ts";

const options = (line: string): CommanderOptions => {
  const parsed = parseCommandLine(line.split(" "));
  if (!parsed.ok) throw new Error(parsed.fault.option);
  return parsed.options;
};

describe("the command line", () => {
  it("of Zephyr's runner is understood", () =>
    expect(options("-nogui 1 -if swd -speed auto -device NRF52840_xxAA -CommanderScript flash.jlink -nogui 1")).toEqual(
      {
        noGui: true,
        wire: "SWD",
        speed: "auto",
        device: "NRF52840_xxAA",
        script: "flash.jlink",
      },
    ));
  it("of RIOT's script is understood, with a value that starts with a dash", () =>
    expect(options("-SelectEmuBySN 59304712 -jtagconf -1,-1 -commandfile burn.seg")).toEqual({
      usb: "59304712",
      jtagConf: "-1,-1",
      script: "burn.seg",
    }));
  it("has options without regard to case", () =>
    expect(options("-DEVICE x -eXiTOnErRoR 1")).toEqual({ device: "x", exitOnError: true }));
  it("takes a bare file name as the script", () =>
    expect(options("-if swd flash.jlink")).toEqual({ wire: "SWD", script: "flash.jlink" }));
  it("takes ExitOnError without a value for 1", () =>
    expect(options("-ExitOnError -CommanderScript x")).toEqual({ exitOnError: true, script: "x" }));
  it("switches a flag off by 0", () => expect(options("-AutoConnect 0")).toEqual({ autoConnect: false }));
  it("keeps a device name with blanks and a bracket whole", () =>
    expect(parseCommandLine(["-device", "MK24FN1M0xxx12 (allow security)"])).toEqual({
      ok: true,
      options: { device: "MK24FN1M0xxx12 (allow security)" },
    }));
  it("lets the last of repeated options count", () =>
    expect(options("-speed 4000 -speed auto")).toEqual({ speed: "auto" }));
  it("without arguments sets nothing", () => expect(parseCommandLine([])).toEqual({ ok: true, options: {} }));

  it("is refused with an unknown option", () =>
    expect(parseCommandLine(["-device", "x", "-n"])).toEqual({
      ok: false,
      fault: { kind: "unknown-option", option: "n" },
    }));
  it("is refused with an option that lacks its value", () =>
    expect(parseCommandLine(["-Device"])).toEqual({ ok: false, fault: { kind: "missing-value", option: "Device" } }));

  it("is never anything but understood or refused", () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom("-if", "-nogui", "-IP", "1"))), (argv) => {
        expect(parseCommandLine(argv).ok).toBeTypeOf("boolean");
      }),
    ));
});
