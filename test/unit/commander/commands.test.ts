import { describe, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { answerTo, loopForEver, run, smallImage } from "./lab.ts";

/** Runs commands behind `r`, and answers what each printed. */
async function answers(...commands: readonly string[]) {
  const ran = await run(["r", ...commands]);
  return commands.map((command) => answerTo(command, ran));
}

describe("memory commands", () => {
  it("write and read back items of each width", async () =>
    expect(
      await answers(
        "w1 20000001 AB",
        "w2 20000002 1234",
        "w4 20000004 DEADBEEF",
        "w8 20000008 1122334455667788",
        "mem8 20000000 10",
      ),
    ).toEqual([
      ["Writing AB -> 20000001"],
      ["Writing 1234 -> 20000002"],
      ["Writing DEADBEEF -> 20000004"],
      ["Writing 1122334455667788 -> 20000008"],
      ["20000000 = 00 AB 34 12 EF BE AD DE 88 77 66 55 44 33 22 11 "],
    ]));
  it("show words and halfwords as numbers", async () =>
    expect(await answers("w4 20000000 11223344", "mem32 20000000 1", "mem16 20000000,2")).toEqual([
      ["Writing 11223344 -> 20000000"],
      ["20000000 = 11223344 "],
      ["20000000 = 3344 1122 "],
    ]));
  it('print "Could not read memory." where no memory is', async () =>
    expect((await answers("mem32 F0000000 1"))[0]).toEqual(["Could not read memory."]));
  it("know one zone", async () =>
    expect(await answers("mem8 Default:20000000 1", "mem8 X:0 1")).toEqual([
      ["20000000 = 00 "],
      ['Unknown memory zone: "X"'],
    ]));
  it("refuse more than a dump may show", async () =>
    expect((await answers("mem32 0 40001"))[0][0]).toBe("Error while parsing parameter <NumItems>"));
});

describe("core commands", () => {
  it("show and set registers by their names", async () =>
    expect(await answers("wreg R3, 1234", "rreg R3", "rreg 3", 'rreg "R3"', "rreg XYZ")).toEqual([
      ["R3 = 0x00001234"],
      ["R3 = 0x00001234"],
      ["3 = 0x00001234"],
      ["R3 = 0x00001234"],
      ["Error while parsing parameter <RegName>", "Syntax: rreg <RegName>"],
    ]));
  it("know a halted core from a running one", async () => {
    const script = ["loadfile a.bin 0", "r", "IsHalted", "g", "ih", "WaitHalt 5", "rreg R0", "h", "wh"];
    const ran = await run(script, { files: { "a.bin": loopForEver(smallImage()) } });
    expect(answerTo("IsHalted", ran)).toEqual(["CPU is halted."]);
    expect(answerTo("ih", ran)).toEqual(["CPU is not halted."]);
    expect(answerTo("WaitHalt 5", ran)).toEqual(["CPU did not halt before timeout."]);
    expect(answerTo("rreg R0", ran)).toEqual(["CPU is not halted !"]);
    expect(answerTo("h", ran)[0]).toBe("PC = 00000410, CycleCnt = 00000000");
    expect(answerTo("wh", ran)).toEqual(["CPU halted."]);
  });
  it("step one instruction, and show it", async () => {
    const code = smallImage();
    // MOVS R0, #1; B.
    code.set([0x01, 0x20, 0xfe, 0xe7], 0x410);
    const ran = await run(["loadfile a.bin 0", "r", "s", "rreg R0", "rreg PC"], { files: { "a.bin": code } });
    expect(answerTo("s", ran)).toEqual([expect.stringMatching(/^00000410: {2}2001 {2,}\S+/)]);
    expect(answerTo("rreg R0", ran)).toEqual(["R0 = 0x00000001"]);
    expect(answerTo("rreg PC", ran)).toEqual(["PC = 0x00000412"]);
  });
  it("number breakpoints from 1, and forget them once", async () =>
    expect(await answers("SetBP 8000", "SetBP 8010", "clrbp 1", "ClearBP 1", "setbp 20000000")).toEqual([
      ["Breakpoint set @ addr 0x00008000 (Handle = 1)"],
      ["Breakpoint set @ addr 0x00008010 (Handle = 2)"],
      [],
      ["Could not clear breakpoint"],
      ["Could not set breakpoint"],
    ]));
  it("reset as RSetType selects", async () =>
    expect((await answers("RSetType 2", "reset"))[1]).toEqual([
      "Reset delay: 0 ms",
      "Reset type RESETPIN: Resets core & peripherals via RESET pin.",
      "Reset: Halt core after reset via DEMCR.VC_CORERESET.",
      "Reset: Reset device via reset pin",
      "AfterResetTarget()",
    ]));
  it("take reset types that do the same on this chip as another", async () => {
    expect((await answers("RSetType 3", "reset"))[1]).toContain("Reset: Reset device via reset pin");
    expect((await answers("RSetType 8", "reset"))[1]).toContain("Reset: Reset device via AIRCR.SYSRESETREQ.");
  });

  it("switch the watchdog off by reset type 6, and leave no other trace", async () => {
    const words = { "app.bin": smallImage() };
    const looks = ["mem32 20000000, 4", "regs", "mem16 40052000, 1"];
    const plain = await run(["loadbin app.bin, 0", "r", ...looks, "q"], { files: words, strict: true });
    const kinetis = await run(["loadbin app.bin, 0", "rst 6", "r", ...looks, "q"], { files: words, strict: true });
    const unclocked = (lines: readonly string[]) => lines.map((line) => line.replace(/CycleCnt = .*/, ""));
    for (const look of looks.slice(0, 2))
      expect(unclocked(answerTo(look, kinetis))).toEqual(unclocked(answerTo(look, plain)));
    expect(answerTo(looks[2], plain)).toEqual(["40052000 = 01D3 "]);
    expect(answerTo(looks[2], kinetis)).toEqual(["40052000 = 01D2 "]);
    expect(kinetis.exit).toBe(0);
  });

  it("refuse reset types of other chips, and keep the one before", async () => {
    const { answers, exit } = await run(["RSetType 2", "RSetType 4", "reset"], { strict: true });
    expect(answers).toContain('Command "RSetType 4" is not supported: that reset halts behind a bootloader in ROM.');
    expect(answers).toContain("Reset: Reset device via reset pin");
    expect(exit).toBe(1);
  });
});

describe("file and flash commands", () => {
  it("save what they read", async () => {
    const ran = await run(["w4 20000000 04030201", "savebin out.bin 20000000 4"]);
    expect(ran.files.get("out.bin")).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(answerTo("savebin out.bin 20000000 4", ran)).toEqual([
      "Opening binary file for writing... [out.bin]",
      "Reading 4 bytes from addr 0x20000000 into file...O.K.",
    ]);
  });
  it("erase the sectors that a range touches, and no others", async () => {
    const twin = board();
    await run(["loadfile a.bin 0", "erase 1000, 1FFF"], { twin, files: { "a.bin": smallImage({}, 0x3000) } });
    expect([0xfff, 0x1000, 0x1fff, 0x2000].map((at) => twin.peekFlash(at, 1)[0])).toEqual([0x5a, 0xff, 0xff, 0x5a]);
  });
  it("erase the chip and leave it open", async () => {
    const twin = board();
    const ran = await run(["loadfile a.bin 0", "erase", "r", "mem8 0 1"], { twin, files: { "a.bin": smallImage() } });
    expect(answerTo("erase", ran)[0]).toBe("No address range specified, 'Erase Chip' will be executed");
    expect(answerTo("erase", ran).at(-1)).toBe("Erasing done.");
    expect(answerTo("mem8 0 1", ran)).toEqual(["00000000 = FF "]);
    expect(twin.peekFlash(0x40c, 1)[0]).toBe(0xfe);
  });
});

describe("raw commands", () => {
  it("read debug port and access ports, the latter one behind", async () =>
    expect(
      await answers("SWDReadDP 0", "SWDWriteDP 2 010000F0", "SWDReadAP 3", "SWDReadDP 3", "swdreadap 3", "ReadAP 3"),
    ).toEqual([
      ["Read DP register 0 = 0x2BA01477"],
      ["Write DP register 2 = 0x010000F0"],
      ["Read AP register 3 = 0x00000000"],
      ["Read DP register 3 = 0x001C0000"],
      ["Read AP register 3 = 0x001C0000"],
      ["Reading AP register 3 = 0x001C0000 (0 read repetitions needed)"],
    ]));
  it("need no target", async () => {
    const { answers: printed } = await run(["SWDSelect", "ReadDP 0"], { device: "no-such-device" });
    expect(printed).toContain("Found SW-DP with ID 0x2BA01477");
    expect(printed).toContain("Reading DP register 0 = 0x2BA01477 (0 read repetitions needed)");
  });
  it("warn once before they can erase or lock", async () => {
    const { notes } = await run([
      "w1 40020000 00",
      "w4 40020004 00000000",
      "SWDWriteDP 2 01000000",
      "SWDWriteAP 1 0",
      "WriteAP 1 0",
    ]);
    expect(notes.filter((line) => /raw writes to FSTAT/.test(line))).toHaveLength(1);
    expect(notes.filter((line) => /MDM-AP/.test(line))).toHaveLength(1);
  });
  it("don't warn of registers that do neither", async () => {
    const { notes } = await run(["w4 20000000 0", "SWDWriteDP 2 01000010", "SWDWriteAP 1 0"]);
    expect(notes.filter((line) => /raw writes/.test(line))).toEqual([]);
  });
  it("pull the reset line and let it go", async () =>
    expect(await answers("r0", "sleep 1", "r1")).toEqual([[], ["Sleep(1)"], []]));
});

describe("session commands", () => {
  it("print what they selected", async () =>
    expect(await answers("speed 1000", "si 1", "si X", "speed fast", "le", "jtagconf -1, -1", "f")).toEqual([
      ["Selecting 1000 kHz as target interface speed"],
      ["Selecting SWD as current target interface."],
      ["Error while parsing parameter <Interface>", "Syntax: SelectInterface <Interface>"],
      ["Error while parsing parameter <freq>", "Syntax: speed <freq> | auto | adaptive"],
      [],
      [],
      ["Firmware: J-Link V9 compiled May  7 2021 16:26:12", "Hardware: V9.30"],
    ]));
  it("show the board's voltage", async () => {
    const ran = await run("st", { twin: board({ vtrefMv: 2_500 }) });
    expect(answerTo("st", ran)).toContain("VTref=2.500V");
  });
  it("take the strings of exec that scripts give, and no others", async () => {
    const [known, , unknown] = await answers("exec SetWorkRAM 0x20000000-0x2000FFFF", "sleep 1", "exec MakeCoffee = 1");
    expect(known).toEqual([]);
    expect(unknown).toEqual(["", "****** Error: Unknown / illegal command"]);
  });
  it("connect anew under another device's name", async () => {
    const [answer] = await answers("device MK24FN1M0xxx12 (allow security)");
    expect(answer[0]).toBe("Disconnecting from J-Link...O.K.");
    expect(answer).toContain("Cortex-M4 identified.");
  });
  it("list every command", async () => expect((await answers("?"))[0].length).toBeGreaterThan(50));
});
