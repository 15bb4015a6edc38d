import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Commander } from "./commander-workspace.ts";
import { example } from "./workspace.ts";

const commander = new Commander();
afterAll(() => commander.clear());

const run = commander.run.bind(commander);

/** The first bytes of the example's open image. */
const FIRST = readFileSync(example("bootloader-open.raw.bin")).subarray(0, 16);
const BLANK = new Uint8Array(16).fill(0xff);

const noteOf = (notes: readonly string[], what: RegExp) => notes.filter((line) => what.test(line));

describe("the device prompt of a script's connect", () => {
  it.each([
    ["a blank line", ["connect", "", "S", "4000", "erase", "q"]],
    ["the end of the input", ["si SWD", "speed 4000", "connect"]],
    ["a question mark", ["connect", "?", "S", "4000", "erase", "q"]],
    ["a word that is no device", ["connect", "S", "S", "4000", "erase", "q"]],
    ["the beginning of a name", ["connect", "MK24", "S", "4000", "erase", "q"]],
  ])("selects nothing for %s, and nothing is erased", async (_, script) => {
    const { exit, out, notes, memory } = await run({ script, bare: true });
    expect(exit).toBe(0);
    expect(out).not.toContain("Erasing done.");
    expect(noteOf(notes, /no device was named/)).toHaveLength(1);
    expect(noteOf(notes, /^hint: .*-Device/)).not.toEqual([]);
    expect(await memory(0, 16)).toEqual(new Uint8Array(FIRST));
  });
  it("d1: a blank line selects no chip, and the failed connect advises to name one", async () => {
    const { out, notes, memory } = await run({ script: "d1-blank-line-chooses-k24", bare: true });
    expect(out).not.toContain("Erasing done.");
    expect(out).toContain("Device>\nError occurred: Could not connect to the target device.");
    expect(noteOf(notes, /^hint: Give -Device/)).toHaveLength(1);
    expect(await memory(0, 16)).toEqual(new Uint8Array(FIRST));
  });
  it("d4: ? lists the devices and selects none", async () => {
    const { out, notes } = await run({ script: "d4-question-mark-at-device", bare: true });
    expect(out).toContain("TIF>S");
    expect(out).not.toContain('Device "MK24FN1M0XXX12" selected.');
    expect(noteOf(notes, /^ {2}MK24FN1M0xxx12/)).toHaveLength(1);
  });
  it("asks again at a later connect, where the first one named none", async () => {
    const script = ["connect", "?", "S", "4000", "connect", "mk24fn1m0xxx12", "exit"];
    const { out } = await run({ script, bare: true });
    expect(out.match(/Device>/g)).toHaveLength(2);
    expect(out).toContain("Cortex-M4 identified.");
  });
  it("takes the name whatever its case, and a bare core's", async () => {
    for (const [name, selected] of [
      ["mk24fn1m0XXX12", "MK24FN1M0XXX12"],
      ["cortex-m4", "CORTEX-M4"],
      ["MK24FN1M0xxx12 (allow security)", "MK24FN1M0XXX12 (ALLOW SECURITY)"],
    ]) {
      const { out } = await run({ script: ["connect", name, "S", "4000", "exit"], bare: true });
      expect(out).toContain(`Device "${selected}" selected.`);
    }
  });
});

describe("the other prompts of a script's connect", () => {
  it("d4b: ask again after an answer that is none, and take no default for it", async () => {
    const { out, notes } = await run({ script: "d4b-wrong-answers-taken", bare: true });
    expect(out).not.toContain("identified.");
    expect(out.match(/TIF>/g)).toHaveLength(5);
    expect(noteOf(notes, /^"SWDX" is no interface/)).toHaveLength(1);
    expect(noteOf(notes, /^the input ended before connect knew the interface/)).toHaveLength(1);
  });
  it.each([
    [["MK24FN1M0xxx12", "SWDX", "S", "fast", "4000"], "Speed>4000"],
    [["MK24FN1M0xxx12", "?", "1", "-5", "auto"], "Speed>auto"],
    [["MK24FN1M0xxx12", "SPI3", "swd", "4 MHz", "0", "1000"], "Speed>1000"],
  ])("ask until the answer is one: %j", async (answers, last) => {
    const { out } = await run({ script: ["connect", ...answers, "exit"], bare: true });
    expect(out).toContain(last);
    expect(out).toContain("Cortex-M4 identified.");
  });
  it("take what they propose for a blank line", async () => {
    const { out } = await run({ script: ["connect", "MK24FN1M0xxx12", "", "", "exit"], bare: true });
    expect(out).toContain("S) SWD (Default)");
    expect(out).toContain("Cortex-M4 identified.");
  });
});

describe("a file that brings its own addresses, at an address", () => {
  it("d2: stderr has the range where it goes", async () => {
    const { exit, notes } = await run({ script: "d2-hex-plus-address" });
    expect(exit).toBe(0);
    expect(notes[0]).toContain("it goes to 0x0000A000-0x0000A3FF and not to 0x00005000-0x000053FF");
    expect(notes[0]).toContain("unsure");
  });
  it.each([
    ["app5000.hex", "100", "0x00005100-0x000054FF"],
    ["bootloader-open.elf", "80000", "0x00080000-0x"],
    ["bootloader-open.srec", "0x20000", "0x00020000-0x"],
  ])("prints where %s goes at %s", async (file, address, range) => {
    const { notes } = await run({ script: [`loadfile ${file} ${address}`, "exit"] });
    expect(noteOf(notes, /warning: .* with addresses of its own/)[0]).toContain(`it goes to ${range}`);
  });
  it.each([["loadfile app5000.hex 0x0"], ["loadfile app5000.hex"], ["loadbin bootloader-open.raw.bin 0x80000"]])(
    "prints nothing where nothing is moved: %s",
    async (line) => expect(noteOf((await run({ script: [line, "exit"] })).notes, /of its own/)).toEqual([]),
  );
});

describe("verifybin of a file that isn't raw", () => {
  it("d5: reports that it is Intel HEX, and explains no byte of its text", async () => {
    const { exit, out, notes } = await run({ script: "d5-verifybin-of-a-hex" });
    expect(exit).toBe(1);
    expect(out).toContain("Expected 3A read 00");
    expect(notes[0]).toContain("is Intel HEX: verifybin compares the file's own bytes");
    expect(noteOf(notes, /^(why|or|field|image|chip) ?:?/)).toEqual([]);
  });
  it.each([
    ["bootloader-open.srec", "S-records"],
    ["bootloader-open.elf", "ELF"],
    ["named.bin", "Intel HEX"],
  ])("reports the same of %s", async (file, format) => {
    commander.write("named.bin", readFileSync(example("bootloader-open.hex")));
    const { notes } = await run({ script: [`verifybin ${file}, 0`, "exit"] });
    expect(notes[0]).toContain(`is ${format}: verifybin`);
  });
  it("still explains a raw file that differs", async () => {
    const { notes } = await run({ script: ["verifybin bootloader-open.raw.bin, 0x1000", "exit"] });
    expect(noteOf(notes, /^why: /)).not.toEqual([]);
    expect(noteOf(notes, /verifybin compares/)).toEqual([]);
  });
});

describe("an image that leaves the chip", () => {
  it.each([
    ["d6-past-the-end", "has bytes at 0x00100000-0x0010ADC3, outside of 0x00000000-0x000FFFFF"],
    ["d6b-other-chips-address", "has bytes at 0x08000000-0x08012DC3, outside of 0x00000000-0x000FFFFF"],
  ])("%s: is refused before anything is written, with its range and the chip's", async (script, words) => {
    const { exit, out, notes, memory } = await run({ script, blank: true });
    expect(exit).toBe(1);
    expect(out).toContain("****** Error: Failed to prepare for programming.");
    expect(out).not.toContain("implicit reset");
    expect(notes[0]).toContain(words);
    expect(await memory(0xf8000, 16)).toEqual(BLANK);
  });
  it.each([
    ["loadfile app5000.hex 0xFB000", 0xff000],
    ["loadfile bootloader-open.elf F0000", 0xf0000],
    ["loadbin bootloader-open.raw.bin, 0x20028000", 0x0],
    ["loadbin bootloader-open.raw.bin, 0x60000000", 0x0],
  ])("is refused: %s", async (line, address) => {
    const { exit, notes, memory } = await run({ script: ["ExitOnError 1", line], blank: true });
    expect(exit).toBe(1);
    expect(notes.join("\n")).toMatch(/has bytes at 0x[0-9A-F]{8}-0x[0-9A-F]{8}, outside of /);
    expect(await memory(address, 16)).toEqual(BLANK);
  });
  it("isn't one that ends with the flash, or lies in RAM", async () => {
    for (const line of ["loadfile app5000.hex 0xFAC00", "loadfile app5000.hex 0x1FFFB000"])
      expect((await run({ script: ["ExitOnError 1", line, "exit"] })).exit).toBe(0);
  });
});

describe("unlock with a name that doesn't fit", () => {
  it("d8: reports that the name is known, and why it isn't the chip's", async () => {
    const { exit, out, notes } = await run({ script: "d8-unlock-lpc" });
    expect(exit).toBe(1);
    expect(out).toContain('Command "unlock LPC5460x" is not supported');
    expect(out).toContain("MK24FN1M0xxx12 is none of them");
    expect(out).not.toContain("---Supported devices---");
    expect(notes[0]).toBe("hint: The MK24FN1M0xxx12 is opened by unlock Kinetis.");
  });
  it.each(["LM3Sxxx", "efm32gxxx", "lpc5460X"])("reports that for %s", async (name) => {
    expect((await run({ script: [`unlock ${name}`, "exit"] })).out).toMatch(/Command "unlock \w+" is not supported/);
  });
  it("lists the names for any other word", async () => {
    const { out, notes } = await run({ script: ["unlock nRF91", "exit"] });
    expect(out).toContain("---Supported devices---");
    expect(notes[0]).toContain('"nRF91" is none of them');
  });
});

describe("the probe's supply", () => {
  it.each(["d9-power-on", "d9b-exec-supplypower"])(
    "%s: is taken without effect, and the script continues",
    async (script) => {
      const { exit, out, notes } = await run({ script });
      expect(exit).toBe(0);
      expect(out).toContain("AfterResetTarget()");
      expect(notes).toEqual([expect.stringContaining("has no effect here")]);
    },
  );
  it.each(["power on perm", "power off", "exec SupplyPower 0", "exec SupplyPowerDefault = 1"])(
    "%s is taken",
    async (line) => expect((await run({ script: ["ExitOnError 1", line, "exit"] })).exit).toBe(0),
  );
  it("power without a word is no call", async () =>
    expect((await run({ script: ["ExitOnError 1", "power"] })).exit).toBe(1));
});

describe("a blank board", () => {
  it("d10: without a device, the hint is to name one", async () => {
    const { exit, notes } = await run({ script: "d10-blank-board-no-device", bare: true, blank: true });
    expect(exit).toBe(0);
    expect(noteOf(notes, /^hint: /)[0]).toMatch(/No device is named\. With -Device NAME/);
  });
  it("d11: rx reports what a blank chip does, and is a warning as with J-Link", async () => {
    const { exit, out, notes } = await run({ script: "d11-rx-on-blank-board", blank: true });
    expect(exit).toBe(0);
    expect(out).toContain("WARNING: CPU could not be halted");
    expect(notes.join("\n")).toMatch(/the chip resets over and over\nbecause: A blank chip does that\./);
  });
  it.each([[["g", "Sleep 50", "h"]], [["rnh", "Sleep 20", "regs"]], [["rx 20"]]])(
    "is reported where its core has gone: %j",
    async (script) => {
      const { notes } = await run({ script: [...script, "exit"], blank: true });
      expect(notes.join("\n")).toMatch(/A blank chip does that|The core did not halt/);
      expect(notes.join("\n")).not.toContain("Is there memory at that address?");
    },
  );
  it("can be programmed by the next line", async () => {
    const script = ["ExitOnError 1", "rx 100", "loadfile bootloader-open.hex", "exit"];
    expect((await run({ script, blank: true })).exit).toBe(0);
  });
});

describe("a word that is no command", () => {
  it.each([
    ["verify x.bin 0", "VerifyBin FILE, ADDRESS"],
    ["quit", "Did you mean q?"],
    ["# a comment", "Comments begin with //"],
    ["#comment", "Comments begin with //"],
    ["lodfile x.hex", "LoadFile"],
    ["program x.hex", "LoadFile FILE [ADDRESS]"],
    ["mdw 0 4", "mem32 ADDRESS, COUNT"],
    ["continue", "Did you mean g?"],
    ["help", "The command ? lists all."],
  ])("%s: stderr names what was probably meant", async (line, hint) => {
    const { out, notes } = await run({ script: [line, "exit"] });
    if (line !== "help") expect(out).toContain("Unknown command. '?' for help.");
    if (line !== "help") expect(notes.join("\n")).toContain(hint);
  });
  it("has no guess where nothing is near", async () =>
    expect(noteOf((await run({ script: ["frobnicate", "exit"] })).notes, /^hint/)).toEqual([]));
});

describe("a path with blanks and no quotes", () => {
  it.each([
    ["loadfile My Project/app one.hex", '"My Project/app one.hex"'],
    ["loadfile My Project/app.hex 0x0", '"My Project/app.hex"'],
    ["verifybin Release Build/a.bin, 0x0", '"Release Build/a.bin"'],
    ["savebin new folder/x.bin 0 10", '"new folder/x.bin"'],
  ])("%s: stderr advises to quote it", async (line, path) => {
    const { notes } = await run({ script: [line, "exit"] });
    expect(notes.join("\n")).toContain(`hint: A path with blanks needs quotes: ${line.split(" ")[0]} ${path}`);
  });
  it.each([["loadfile nowhere.hex"], ['loadfile "My Project/app.hex"'], ["loadfile nowhere.bin 0x0 noreset"]])(
    "is none in %s",
    async (line) => expect(noteOf((await run({ script: [line, "exit"] })).notes, /needs quotes/)).toEqual([]),
  );
});

describe("a script with failed commands", () => {
  it.each([
    [["nonsense", "exit"], "1 command failed, the first in line 1 (nonsense), and the exit code is 0"],
    [
      ["r", "loadfile nowhere.hex", "verifybin x 0", "exit"],
      "2 commands failed, the first in line 2 (loadfile nowhere.hex)",
    ],
    [["unlock", "exit"], "1 command failed, the first in line 1 (unlock)"],
  ])("that ends with 0 reports them in its last line: %j", async (script, words) => {
    const { exit, notes } = await run({ script });
    expect(exit).toBe(0);
    expect(notes.at(-1)).toContain(words);
  });
  it("prints nothing where the exit code shows it, or nothing failed", async () => {
    for (const [script, options] of [
      [["ExitOnError 1", "nonsense"], []],
      [["nonsense", "exit"], ["--strict"]],
      [["r", "exit"], []],
    ] as const)
      expect(noteOf((await run({ script, options })).notes, /exit code is 0/)).toEqual([]);
  });
});

describe("a J-Link script file", () => {
  it("is refused with what its functions would be missing for, and no line is run", async () => {
    commander.write("board.JLinkScript", "int InitTarget(void) {\n  return 0;\n}\nvoid ResetTarget(void) {}\n");
    const { exit, out, notes } = await run({ script: ["erase"], options: ["-JLinkScriptFile", "board.JLinkScript"] });
    expect(exit).toBe(1);
    expect(out).not.toContain("J-Link>");
    expect(notes[0]).toContain("InitTarget (its own way to connect), ResetTarget (its own reset)");
    expect(notes.join("\n")).toContain("--ignore-jlinkscript");
  });
  it("is passed over with --ignore-jlinkscript, and still reported", async () => {
    const options = ["-JLinkScriptFile", "nowhere.JLinkScript", "--ignore-jlinkscript"];
    const { exit, notes } = await run({ script: ["ExitOnError 1", "r", "exit"], options });
    expect(exit).toBe(0);
    expect(notes[0]).toContain("a connect, reset or unlock of its own");
  });
  it.each(["exec ScriptFile = x.JLinkScript", "exec JLinkScriptFile = x.JLinkScript", "exec scriptfile x"])(
    "is refused in %s",
    async (line) => {
      const ran = await run({ script: ["ExitOnError 1", line, "erase"] });
      expect(ran.exit).toBe(1);
      expect(ran.out).not.toContain("Erasing");
      const ignoring = await run({ script: ["ExitOnError 1", line, "exit"], options: ["--ignore-jlinkscript"] });
      expect(ignoring.exit).toBe(0);
    },
  );
});

describe("a mass erase by SWDWriteAP", () => {
  const MDM = ["SWDWriteDP 1 50000000", "SWDWriteDP 2 01000000", "SWDWriteAP 1 1"];
  const WAITED = /^waited for the end of the mass erase/;

  it.each([
    ["a reset", ["h", ...MDM, "r"]],
    ["a reset that lets the core run", ["h", ...MDM, "rnh"]],
    ["the reset of a download", ["h", ...MDM, "loadfile app5000.hex"]],
    ["the reset line", ["r0", "SWDSelect", ...MDM, "r1"]],
  ])("is warned of before, and %s waits for its end", async (_, script) => {
    const { out, notes, memory } = await run({ script: [...script, "exit"] });
    expect(notes[0]).toMatch(/^warning: this write to the MDM-AP starts a mass erase/);
    expect(noteOf(notes, WAITED)).toHaveLength(1);
    expect(out).toContain("Write AP register 1 = 0x00000001");
    expect(await memory(0, 16)).toEqual(BLANK);
    expect(await memory(0x10000, 16)).toEqual(BLANK);
  });
  it("isn't reported as over where the chip was reset in the middle of it", async () => {
    const { notes } = await run({ script: ["SWDSelect", ...MDM, "r", "exit"] });
    expect(noteOf(notes, WAITED)).toEqual([]);
    expect(noteOf(notes, /^warning: the mass erase .* isn't acknowledged/)).toHaveLength(1);
  });
  it("isn't waited for where nothing started one", async () => {
    const { notes } = await run({ script: ["h", ...MDM.slice(0, 2), "SWDReadAP 1", "r", "exit"] });
    expect(notes.join("\n")).not.toContain("mass erase");
  });
});
