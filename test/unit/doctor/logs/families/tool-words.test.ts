import { describe, expect, it } from "vitest";
import { inToolWords } from "../../../../../src/doctor/logs/causes/tool-words.ts";
import { ACTS, type ActEntry } from "../../../../../src/doctor/advice-acts.ts";
import { type CauseAct, CAUSE_ACTS } from "../../../../../src/doctor/cause-acts.ts";
import { FAMILY_LOCKS } from "../../../../../src/doctor/logs/families/locks.ts";
import { lockOf, lowerSpeed, underReset, unlockWords } from "../../../../../src/doctor/logs/families/tool-words.ts";
import { type LogTool, TOOL_NAMES } from "../../../../../src/doctor/logs/forms/line-form.ts";
import { readingOf } from "../log-of.ts";

const TOOLS = Object.keys(TOOL_NAMES) as LogTool[];
const using = (tool: LogTool | undefined) => ({ tool: tool && { id: tool, line: 1 } });

describe("the words of the tool in use", () => {
  /** Tools that have an option or a command of their own for it. */
  const OWN_RESET = "jlink openocd pyocd probe-rs cubeprogrammer stlink-cli st-flash keil blackmagic".split(" ");
  const OWN_SPEED = "jlink openocd pyocd probe-rs cubeprogrammer st-flash nrfjprog blackmagic edbg".split(" ");

  it.each(TOOLS)("for a connection under reset: %s", (tool) => {
    const [own, any] = [underReset(using(tool)), underReset(using(undefined))];
    if (!OWN_RESET.includes(tool)) return expect(own).toBe(any);
    expect(own).toMatch(/^Connect under reset \([-\w].*\w\), with the reset line wired/);
    expect(own.replace(/ \(.*?\w\),/, ",")).toBe(any);
  });

  it.each(TOOLS)("for a lower speed: %s", (tool) => {
    const own = lowerSpeed(using(tool));
    expect(own).toMatch(OWN_SPEED.includes(tool) ? /^Lower the speed: .*400.*\.$/ : /^Lower the speed to 400 kHz/);
  });

  it("are none where no tool is known", () => {
    expect(underReset(using(undefined))).toMatch(/^Connect under reset, with/);
    expect(lowerSpeed(using(undefined))).toBe(lowerSpeed(using("west")));
  });
});

describe("what opens a locked chip", () => {
  const NAMES = { kinetis: "MK24FN1M0XXX12", stm32: "STM32F407VG", nrf: "nRF52840_xxAA", lpc: "LPC1768" } as const;
  const wordsOf = (chip: string | undefined, tool?: LogTool, wrapper?: LogTool) =>
    unlockWords({ device: readingOf([], {}, chip ? { chip } : {}).device, ...using(tool), wrapper });

  it.each(Object.entries(NAMES))("of the family %s: each tool's own words, or those for any", (family, chip) => {
    const lock = FAMILY_LOCKS[family as keyof typeof NAMES];
    for (const tool of TOOLS.filter((id) => id !== "jflash" && id !== "jlink-gdb"))
      expect(wordsOf(chip, tool)[0]).toBe(lock?.open[tool] ?? lock?.open.any);
    expect(wordsOf(chip)[0]).toBe(lock?.open.any);
  });

  it.each(["jflash", "jlink-gdb"] as const)("is J-Link's with %s", (tool) =>
    expect(wordsOf(NAMES.kinetis, tool)[0]).toBe(FAMILY_LOCKS.kinetis?.open.jlink),
  );

  it("is the wrapper's, where it has words, before the tool's", () => {
    expect(wordsOf(NAMES.nrf, "openocd", "west")[0]).toBe(FAMILY_LOCKS.nrf?.open.west);
    expect(wordsOf(NAMES.nrf, "openocd", "platformio")[0]).toBe(FAMILY_LOCKS.nrf?.open.openocd);
  });

  it("has its cost last, and Flashproof's own way for a Kinetis only", () => {
    for (const chip of [...Object.values(NAMES), undefined]) {
      const words = wordsOf(chip, "openocd");
      expect(words.at(-1)).toBe(lockOf(readingOf([], {}, chip ? { chip } : {})).cost);
      expect(words.some((line) => line.includes("flashproof unlock"))).toBe(chip === NAMES.kinetis);
      expect(words).toHaveLength(chip === NAMES.kinetis ? 3 : 2);
    }
  });
});

describe("what a cause advises the user of another tool", () => {
  it.each(Object.keys(CAUSE_ACTS) as CauseAct[])("%s: in sentences, with its arguments", (act) => {
    const { arguments: names = [] }: ActEntry = ACTS[act];
    const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const text = inToolWords({ act, arguments: values });
    expect(text).toMatch(/^\p{Lu}.* .*[.?]$/su);
    for (const value of Object.values(values)) expect(text).toContain(value);
  });
});
