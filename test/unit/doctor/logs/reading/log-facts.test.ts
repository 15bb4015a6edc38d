import { describe, expect, it } from "vitest";
import type { LogTool } from "../../../../../src/doctor/logs/forms/line-form.ts";
import { hexOf, LogCollector, readLog } from "../../../../../src/doctor/logs/reading/log-facts.ts";
import { logReading } from "../../../../../src/doctor/logs/reading/log-reading.ts";
import { isLogHead, LOG_HEAD } from "../../../../../src/doctor/logs/reading/log-or-image.ts";
import { factsOf, type Line, readingOf } from "../log-of.ts";

const VERIFY = "Verify failed @ address 0x0000040C.";
const BYTES = "Expected 7B read 7A";

describe("a log that is read line by line", () => {
  it("counts lines that are not blank, and numbers all of them", () => {
    const log = readLog("\n\nVerify failed.\r\n  \r\nO.K.\rquux");
    expect(log.lines).toBe(3);
    expect(log.facts.map(({ kind, line, sequence }) => [kind, line.number, sequence])).toEqual([
      ["verify-failed", 3, 0],
      ["done", 5, 1],
    ]);
    expect(log.unread).toBe(1);
  });

  it("holds lines without a form that look like errors, with their numbers, and no chatter", () => {
    const log = readLog("Compiled Dec 6 2023\nthe quux is broken\nall is well");
    expect(log.facts).toEqual([]);
    expect(log.unread).toBe(2);
    expect(log.errors).toEqual({ count: 1, first: [{ number: 2, text: "the quux is broken" }] });
  });

  it("notes chatter that a prefix marks as an error", () => {
    expect(readLog("Error: Reset delay: 0 ms").errors.count).toBe(1);
    expect(readLog("Info : Reset delay: 0 ms").errors.count).toBe(0);
  });

  it("quotes 400 characters of a line, and 20 lines that look like errors", () => {
    const { errors } = readLog(Array.from({ length: 25 }, () => `broken ${"x".repeat(500)}`).join("\n"));
    expect(errors.count).toBe(25);
    expect(errors.first).toHaveLength(20);
    expect(errors.first[0].text).toHaveLength(400);
  });

  it("keeps 256 facts of one kind, and the last one", () => {
    const log = readLog(Array.from({ length: 300 }, () => VERIFY).join("\n"));
    expect(log.facts).toHaveLength(257);
    expect(log.facts.slice(-2).map(({ line }) => line.number)).toEqual([256, 300]);
    expect(log.last("verify-address")?.line.number).toBe(300);
    expect(log.first("verify-address")?.line.number).toBe(1);
    expect(readLog(Array.from({ length: 256 }, () => VERIFY).join("\n")).facts).toHaveLength(256);
  });

  it("has the facts of some kinds in the order of their lines", () => {
    const log = readLog(`O.K.\n${VERIFY}\nO.K.`);
    expect(log.all("verify-address", "done").map(({ line }) => line.number)).toEqual([1, 2, 3]);
    expect(log.all("done").map(({ line }) => line.number)).toEqual([1, 3]);
    expect(log.last("verify-address", "done")?.line.number).toBe(3);
    expect(log.last("erased")).toBeUndefined();
    expect(log.first("erased")).toBeUndefined();
  });

  it("notes an error in the part of a message that is too long to be matched", () => {
    const long = (tail: string) => readLog(`Firmware: ${"x".repeat(1_000)}${tail}`).errors;
    expect(long(" it is broken").count).toBe(1);
    expect(long(" it is broken").first[0].text).toContain("it is broken");
    expect(long(" all is well").count).toBe(0);
  });

  it("quotes of lines that were run together only the part that was understood", () => {
    const [fact] = readLog(`${"clock speed 1000 kHz ".repeat(14)}${VERIFY} ${BYTES}`).facts;
    expect(fact.line.text.startsWith("Verify failed @")).toBe(true);
  });

  it("counts and quotes lines that were cut", () => {
    const collector = new LogCollector();
    collector.add("O.K.");
    collector.add("x".repeat(500), true);
    const { cut } = collector.finish();
    expect(cut).toEqual({ count: 1, first: [{ number: 2, text: "x".repeat(400) }] });
  });

  it("counts each tool's lines, and where its first one stands", () => {
    const { tools } = readLog(`quux\n${VERIFY}\n- O.K.\nOpen On-Chip Debugger 0.12.0`);
    expect(tools).toEqual([
      { tool: "jlink", lines: 2, firstLine: 2, dashed: 1 },
      { tool: "openocd", lines: 1, firstLine: 4, dashed: 0 },
    ]);
  });
});

describe("bytes that a log reports as different", () => {
  it("stand on one line, or as address and values on two", () => {
    const two = readLog(`${VERIFY}\n${BYTES}`).mismatches;
    expect(two).toMatchObject([{ address: 0x40c, expected: 0x7b, actual: 0x7a }]);
    expect(two[0].facts.map(({ line }) => line.number)).toEqual([1, 2]);
    const one = readLog("diff 0 address 0x0000040c. Was 0x7a instead of 0x7b").mismatches;
    expect(one).toMatchObject([{ address: 0x40c, expected: 0x7b, actual: 0x7a }]);
    expect(one[0].facts.map(({ line }) => line.number)).toEqual([1]);
  });

  it("are none where the values stand behind something else, or do not differ", () => {
    expect(readLog(`${VERIFY}\nO.K.\n${BYTES}`).mismatches).toEqual([]);
    expect(readLog(BYTES).mismatches).toEqual([]);
    expect(readLog(`${VERIFY}\nExpected 7B read 7B`).mismatches).toEqual([]);
  });

  it.each([
    ["0xFFFFFFFF", 1],
    ["0x100000000", 0],
  ])("at %s: %i", (address, count) =>
    expect(readLog(`Verify failed @ address ${address}.\n${BYTES}`).mismatches).toHaveLength(count),
  );

  it("are 4096 at most", () => {
    const lines = Array.from(
      { length: 4_100 },
      (_, i) => `diff ${i} address 0x${i.toString(16)}. Was 0x01 instead of 0x02`,
    );
    expect(readLog(lines.join("\n")).mismatches).toHaveLength(4_096);
  });

  it.each([
    ["0x1F", 0x1f],
    ["0X1f", 0x1f],
    ["1f", 0x1f],
    ["10x", 0x10],
    [undefined, Number.NaN],
  ])("have numbers in hex: %s is %s", (text, value) => expect(hexOf(text)).toBe(value));
});

describe("the tool of a log", () => {
  const of = (tool: LogTool): Line => ({ kind: "connected", tool });

  it("is the one with the most lines, whatever runs it, and not the system", () => {
    const reading = readingOf([of("west"), of("west"), of("openocd"), of("system"), of("system")]);
    expect(reading.tool).toEqual({ id: "openocd", line: 3 });
    expect(reading.wrapper).toBe("west");
    expect(readingOf([of("openocd"), of("pyocd"), of("pyocd")]).tool?.id).toBe("pyocd");
    expect(readingOf([of("west")])).toMatchObject({ tool: { id: "west" }, wrapper: undefined });
    expect(readingOf([of("system")]).tool).toBeUndefined();
  });

  it("is J-Flash where at least half of J-Link's lines stand behind its dash", () => {
    const idOf = (lines: number, dashed: number, tool: "jlink" | "openocd" = "jlink") =>
      logReading(factsOf(["connected"], { tools: [{ tool, lines, firstLine: 1, dashed }] })).tool?.id;
    expect([idOf(4, 2), idOf(4, 1), idOf(3, 2), idOf(4, 4, "openocd")]).toEqual([
      "jflash",
      "jlink",
      "jflash",
      "openocd",
    ]);
  });
});

describe("the device of a log", () => {
  const named = (key: string, name: string): Line => ({ kind: "connected", values: { [key]: name } });
  const command = (text: string): Line => ({ kind: "command", values: { command: text } });
  const nameOf = (...lines: readonly Line[]) => readingOf(lines).device?.name;

  it("is the one that a line names, then a command's option, then a target in the tool's own words", () => {
    expect(nameOf(named("target", "kx.cpu"), command("x --chip STM32F407VG"), named("device", "quux"))).toBe("quux");
    expect(nameOf(named("target", "kx.cpu"), command("x --chip STM32F407VG"))).toBe("STM32F407VG");
    expect(nameOf(named("target", "kx.cpu"))).toBe("kx.cpu");
    expect(nameOf("connected")).toBeUndefined();
  });

  it.each([
    ["-target k64f", "k64f"],
    ["flash --target=k64f a.hex", "k64f"],
    ["--device nRF52840_xxAA", "nRF52840_xxAA"],
    ["--part ATSAM-D21.x", "ATSAM-D21.x"],
    ["--CHIP k64f", "k64f"],
    ["flash --retarget k64f", undefined],
    ["flash --target  ", undefined],
    ["flash x--target k64f", undefined],
  ])("in the command %j is %s", (text, name) => expect(nameOf(command(text))).toBe(name));

  it("is of no family where the log names chips of two, and of its own where both are one's", () => {
    expect(readingOf([named("device", "MK24FN1M0"), named("target", "stm32f4x.cpu")]).device).toEqual({
      name: "MK24FN1M0",
    });
    expect(readingOf([named("device", "MK24FN1M0"), named("target", "kx.cpu")]).device?.family).toBe("kinetis");
    expect(readingOf([named("device", "MK24FN1M0"), named("target", "quux")]).device?.family).toBe("kinetis");
  });

  it("is the one that the user gives before any of these", () => {
    const { device } = readingOf([named("device", "quux")], {}, { chip: "MK24FN1M0XXX12" });
    expect(device?.name).toBe("MK24FN1M0XXX12");
  });
});

describe("a file that is a log", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, "utf16le"));

  it.each([
    ["a tool's lines", bytes(`${VERIFY}\n`), "a.txt", true],
    ["text in no image's format", bytes("Dear Sirs,\n"), "a.txt", true],
    ["a tool's lines in UTF-16", utf16(`${VERIFY}\r\n`.repeat(4)), "a.log", true],
    ["nothing", bytes(""), "a.log", false],
    ["a tool's lines under an image's name", bytes(VERIFY), "a.hex", false],
    ["Intel HEX", bytes(":00000001FF\n"), "a.txt", false],
    ["text with zero bytes", bytes("Verify failed.\0\0x"), "a.txt", false],
  ])("$0 under the name $2: $3", (_, head, name, isLog) => expect(isLogHead(head, name)).toBe(isLog));

  it("is known by its first 4 KiB", () => expect(LOG_HEAD).toBe(0x1000));
});
