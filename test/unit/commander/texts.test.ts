import { describe, expect, it } from "vitest";
import * as banner from "../../../src/commander/texts/v7-86e/banner.ts";
import * as debugPort from "../../../src/commander/texts/v7-86e/debug-port.ts";
import * as flash from "../../../src/commander/texts/v7-86e/flash.ts";
import * as memory from "../../../src/commander/texts/v7-86e/memory.ts";
import * as probe from "../../../src/commander/texts/v7-86e/probe.ts";
import * as registers from "../../../src/commander/texts/v7-86e/registers.ts";
import * as reset from "../../../src/commander/texts/v7-86e/reset.ts";
import * as target from "../../../src/commander/texts/v7-86e/target.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));

describe("the banner", () => {
  it("names Commander and DLL with their build times", () =>
    expect(banner.banner(banner.V7_86E)).toEqual([
      "SEGGER J-Link Commander V7.86e (Compiled Mar 22 2023 16:27:49)",
      "DLL version V7.86e, compiled Mar 22 2023 16:27:33",
      "",
    ]));
  it("has a line of its own when errors end the script", () =>
    expect(banner.bannerExitOnError()).toEqual(["J-Link Commander will now exit on Error", ""]));
  it("is followed by each line as typed", () => expect(banner.echo("  w4 0 1 ; x")).toEqual(["J-Link>  w4 0 1 ; x"]));
  it("has a counterpart at the script's end", () =>
    expect(banner.scriptEnd()).toEqual(["", "Script processing completed.", ""]));
  it("doesn't hide an argument that can't be read", () =>
    expect(banner.unreadableArgument("EAddr", "erase [<SAddr>, <EAddr>] [, <noreset | reset>]")).toEqual([
      "Error while parsing parameter <EAddr>",
      "Syntax: erase [<SAddr>, <EAddr>] [, <noreset | reset>]",
    ]));
});

describe("the probe block", () => {
  const v9 = {
    firmware: "J-Link V9 compiled May  7 2021 16:26:12",
    hardware: "V9.30",
    serial: "59304712",
    licenses: ["GDB"],
    vtrefMv: 3314,
  };

  it("of a V9 has no uptime and no USB speed", () =>
    expect(probe.probeBlock(v9)).toEqual([
      "Firmware: J-Link V9 compiled May  7 2021 16:26:12",
      "Hardware version: V9.30",
      "J-Link uptime (since boot): N/A (Not supported by this model)",
      "S/N: 59304712",
      "License(s): GDB",
      "VTref=3.314V",
    ]));
  it("of a newer probe has both", () =>
    expect(probe.probeBlock({ ...v9, uptimeMs: 880_000, usbSpeed: "High speed (480 MBit/s)" })).toEqual(
      expect.arrayContaining(["J-Link uptime (since boot): 0d 00h 14m 40s", "USB speed mode: High speed (480 MBit/s)"]),
    ));
  it("has no line for licences where there are none", () =>
    expect(probe.probeBlock({ ...v9, licenses: [] }).some((line) => line.startsWith("License"))).toBe(false));
  it("counts uptime in days", () =>
    expect(probe.probeBlock({ ...v9, uptimeMs: 90_061_000 })[2]).toBe("J-Link uptime (since boot): 1d 01h 01m 01s"));
});

describe("the target block", () => {
  it("names the device in upper case, and leaves two lines empty", () =>
    expect(target.deviceSelected("MK24FN1M0xxx12")).toEqual(['Device "MK24FN1M0XXX12" selected.', "", ""]));
  it("names the chip's own step", () => expect(target.initTarget()).toEqual(["InitTarget()"]));
  it("prints what a Kinetis's protection bytes mean for the debugger", () =>
    expect(target.protectionFound(0x400, 0x40f)[0]).toBe(
      "Protection bytes in flash at addr. 0x400 - 0x40F indicate that readout protection is set.",
    ));
  it("names access ports by their IDR", () => {
    expect(target.apFound(0, 0x24770011)).toEqual(["AP[0]: AHB-AP (IDR: 0x24770011)"]);
    expect(target.apFound(1, 0x001c0000)).toEqual(["AP[1]: JTAG-AP (IDR: 0x001C0000)"]);
    expect(target.apName(0x84770001)).toBe("AHB-AP");
    expect(target.apName(0x02880000)).toBe("JTAG-AP");
  });
  it("reads a core off its CPUID", () =>
    expect(
      target.coreFound({
        cpuid: 0x410fc241,
        name: "Cortex-M4",
        revision: 0,
        patch: 1,
        codeBreakpoints: 6,
        literalBreakpoints: 2,
      }),
    ).toEqual([
      "CPUID register: 0x410FC241. Implementer code: 0x41 (ARM)",
      "Found Cortex-M4 r0p1, Little endian.",
      "FPUnit: 6 code (BP) slots and 2 literal slots",
    ]));
  it.each([
    [0, 0xe000e000, 0xb105e00d, 0x000bb00c, "[0][0]: E000E000 CID B105E00D PID 000BB00C SCS-M7"],
    [1, 0xe0001000, 0xb105e00d, 0x003bb002, "[0][1]: E0001000 CID B105E00D PID 003BB002 DWT"],
    [4, 0xe0040000, 0xb105900d, 0x000bb9a1, "[0][4]: E0040000 CID B105900D PID 000BB9A1 TPIU"],
    [7, 0xe0043000, 0xb105900d, 0x001bb908, "[0][7]: E0043000 CID B105900D PID 001BB908 CSTF"],
    [1, 0xe0040000, 0, 0, "[0][1]: E0040000 CID 00000000 PID 00000000 ???"],
  ])("names component %i", (entry, address, cid, pid, line) =>
    expect(target.componentFound({ table: 0, entry, address, cid, pid })).toEqual([line]),
  );
  it("prints a nested ROM table with its class", () =>
    expect(target.componentName(0xb105100d, 0x000bb4c4)).toBe("ROM Table"));
});

describe("a reset", () => {
  it("prints what it does, step by step", () =>
    expect([...reset.resetStart(0, reset.RESET_TYPES[0]), ...reset.resetSteps("SYSRESETREQ")]).toEqual([
      "Reset delay: 0 ms",
      "Reset type NORMAL: Resets core & peripherals via SYSRESETREQ & VECTRESET bit.",
      "Reset: Halt core after reset via DEMCR.VC_CORERESET.",
      "Reset: Reset device via AIRCR.SYSRESETREQ.",
    ]));
  it("before a download names the command as typed", () =>
    expect(reset.implicitReset("loadbin")).toEqual(["'loadbin': Performing implicit reset & halt of MCU."]));
  it("types are numbered as the manual numbers them, and each is done or is another chip's", () => {
    const numbers = [...reset.RESET_TYPES.map(({ number }) => number), ...reset.FOREIGN_RESET_TYPES.keys()];
    expect(numbers.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("the registers", () => {
  const erased = {
    pc: 0xfffffffe,
    cycles: 0,
    r: Array<number>(13).fill(0),
    sp: 0xfffffffc,
    msp: 0xfffffffc,
    psp: 0,
    lr: 0xffffffff,
    xpsr: 0x01000000,
    cfbp: 0,
  };

  it("of an erased chip after reset, FPU included, read as in the log", () =>
    expect(registers.registerDump({ ...erased, fpu: { s: Array<number>(32).fill(0), fpscr: 0 } })).toEqual([
      "PC = FFFFFFFE, CycleCnt = 00000000",
      "R0 = 00000000, R1 = 00000000, R2 = 00000000, R3 = 00000000",
      "R4 = 00000000, R5 = 00000000, R6 = 00000000, R7 = 00000000",
      "R8 = 00000000, R9 = 00000000, R10= 00000000, R11= 00000000",
      "R12= 00000000",
      "SP(R13)= FFFFFFFC, MSP= FFFFFFFC, PSP= 00000000, R14(LR) = FFFFFFFF",
      "XPSR = 01000000: APSR = nzcvq, EPSR = 01000000, IPSR = 000 (NoException)",
      "CFBP = 00000000, CONTROL = 00, FAULTMASK = 00, BASEPRI = 00, PRIMASK = 00",
      "",
      "FPS0 = 00000000, FPS1 = 00000000, FPS2 = 00000000, FPS3 = 00000000",
      "FPS4 = 00000000, FPS5 = 00000000, FPS6 = 00000000, FPS7 = 00000000",
      "FPS8 = 00000000, FPS9 = 00000000, FPS10= 00000000, FPS11= 00000000",
      "FPS12= 00000000, FPS13= 00000000, FPS14= 00000000, FPS15= 00000000",
      "FPS16= 00000000, FPS17= 00000000, FPS18= 00000000, FPS19= 00000000",
      "FPS20= 00000000, FPS21= 00000000, FPS22= 00000000, FPS23= 00000000",
      "FPS24= 00000000, FPS25= 00000000, FPS26= 00000000, FPS27= 00000000",
      "FPS28= 00000000, FPS29= 00000000, FPS30= 00000000, FPS31= 00000000",
      "FPSCR= 00000000",
    ]));
  it("have a line for a missing FPU", () =>
    expect(registers.registerDump(erased).at(-1)).toBe(
      "FPU regs: FPU not enabled / not implemented on connected CPU.",
    ));
  it("show a flag that is set in upper case", () =>
    expect(registers.registerDump({ ...erased, xpsr: 0x61000003 })[6]).toBe(
      "XPSR = 61000003: APSR = nZCvq, EPSR = 01000000, IPSR = 003 (HardFault)",
    ));
  it("split CFBP from the highest byte down", () =>
    expect(registers.registerDump({ ...erased, cfbp: 0x06003000 })[7]).toBe(
      "CFBP = 06003000, CONTROL = 06, FAULTMASK = 00, BASEPRI = 30, PRIMASK = 00",
    ));
  it("one by one show eight digits", () => {
    expect(registers.registerValue("MSP", 0x10000100)).toEqual(["MSP = 0x10000100"]);
    expect(registers.registerValue("R0", 0x13579bdf)).toEqual(["R0 = 0x13579BDF"]);
  });
  it("are followed by what a step executed, as tools match it", () =>
    expect(registers.stepped(0x1a0, [0xf000, 0xb801], "B.W      #0x1A6")[0]).toMatch(
      /^([0-9A-F]{8}):\s+([0-9A-F ]+?)\s{2,}(.+)$/,
    ));
});

describe("a memory dump", () => {
  it("shows bytes in two groups, and characters", () =>
    expect(memory.dumpMem(0xe000ed28, bytes("00 00 00 00 00 00 00 00 01 00 00 00 74 28 06 20"))).toEqual([
      "E000ED28 = 00 00 00 00 00 00 00 00  01 00 00 00 74 28 06 20  ............t(. ",
    ]));
  it("keeps the characters in their column when the line is short", () =>
    expect(memory.dumpMem(0x10001208, bytes("FF FF FF FF"))).toEqual([
      "10001208 = FF FF FF FF                                       ....",
    ]));
  it("of bytes has no characters, and a blank at the end", () =>
    expect(memory.dumpMem8(0x804000, bytes("FF C7 E0 D8"))).toEqual(["00804000 = FF C7 E0 D8 "]));
  it("of words reads little-endian", () =>
    expect(memory.dumpMem32(0x40010800, bytes("B3 B3 B3 BB 44 83 83 88"))).toEqual(["40010800 = BBB3B3B3 88838344 "]));
  it("of halfwords and double words follows the same rule", () => {
    expect(memory.dumpMem16(0, bytes("01 02 03 04"))).toEqual(["00000000 = 0201 0403 "]);
    expect(memory.dumpMem64(0, bytes("01 02 03 04 05 06 07 08"))).toEqual(["00000000 = 0807060504030201 "]);
  });
  it("has its next line 0x10 bytes later", () =>
    expect(memory.dumpMem8(0x100, new Uint8Array(17)).map((line) => line.slice(0, 13))).toEqual([
      "00000100 = 00",
      "00000110 = 00",
    ]));
  it("of nothing is empty or 0", () => expect(memory.dumpMem(0, new Uint8Array())).toEqual([]));
  it("has a counterpart that writes", () => {
    expect(memory.memoryWritten(0x80000000, 0, 4)).toEqual(["Writing 00000000 -> 80000000"]);
    expect(memory.memoryWritten(0x40c, 0x7a, 1)).toEqual(["Writing 7A -> 0000040C"]);
    expect(memory.doubleWordWritten(8, 1n)).toEqual(["Writing 0000000000000001 -> 00000008"]);
  });
});

describe("a download", () => {
  const seed: flash.DownloadReport = {
    banks: [{ index: 0, base: 0, ranges: 1, bytes: 77_824 }],
    totalSeconds: 3.598,
    phases: [
      { name: "Prepare", seconds: 2.249 },
      { name: "Compare", seconds: 0.348 },
      { name: "Erase", seconds: 0.023 },
      { name: "Program & Verify", seconds: 0.942 },
      { name: "Restore", seconds: 0.034 },
    ],
  };

  it("reports bank, times and speed as in the log", () =>
    expect(flash.downloadReport(seed)).toEqual([
      "J-Link: Flash download: Bank 0 @ 0x00000000: 1 range affected (77824 bytes)",
      "J-Link: Flash download: Total: 3.598s (Prepare: 2.249s, Compare: 0.348s, Erase: 0.023s, Program & Verify: 0.942s, Restore: 0.034s)",
      "J-Link: Flash download: Program & Verify speed: 80 KB/s",
    ]));
  it("leaves out phases that didn't happen, and names the one it measures", () =>
    expect(
      flash.downloadReport({
        banks: [{ index: 0, base: 0x18000000, ranges: 2, bytes: 14_336 }],
        totalSeconds: 0.4,
        phases: [
          { name: "Program", seconds: 0.257 },
          { name: "Verify", seconds: 0.053 },
        ],
      }),
    ).toEqual([
      "J-Link: Flash download: Bank 0 @ 0x18000000: 2 ranges affected (14336 bytes)",
      "J-Link: Flash download: Total: 0.400s (Program: 0.257s, Verify: 0.053s)",
      "J-Link: Flash download: Program speed: 54 KB/s",
    ]));
  it("claims no speed where no time passed", () =>
    expect(flash.downloadReport({ ...seed, phases: [{ name: "Program", seconds: 0 }] })).toHaveLength(2));
  it("of what is there already is skipped", () =>
    expect(flash.contentsMatch(0, 0x08000000)).toEqual([
      "J-Link: Flash download: Bank 0 @ 0x08000000: Skipped. Contents already match",
    ]));
});

describe("erase, verifybin and savebin", () => {
  it("name every phase of an erase, also those without time", () =>
    expect(
      flash.eraseReport(0.843, { Prepare: 0.368, Compare: 0, Erase: 0.229, Program: 0, Verify: 0, Restore: 0.244 }),
    ).toEqual([
      "J-Link: Flash download: Total time needed: 0.843s (Prepare: 0.368s, Compare: 0.000s, Erase: 0.229s, Program: 0.000s, Verify: 0.000s, Restore: 0.244s)",
      "Erasing done.",
    ]));
  it("show the first byte that differs", () =>
    expect([...flash.verifyStart("dump.bin", 0, 77_252), ...flash.verifyDifferent(0x40c, 0x7b, 0x7a)]).toEqual([
      "Loading binary file dump.bin",
      "Reading 77252 bytes data from target memory @ 0x00000000.",
      "Verify failed @ address 0x0000040C.",
      "Expected 7B read 7A",
      "ERROR: Verify failed.",
    ]));
  it("count saved bytes in decimal", () =>
    expect([...flash.saveStart("mcu.bin"), ...flash.saveEnd(0, 524_288, true)]).toEqual([
      "Opening binary file for writing... [mcu.bin]",
      "Reading 524288 bytes from addr 0x00000000 into file...O.K.",
    ]));
});

describe("raw access to the debug port", () => {
  it("shows register and value", () => {
    expect(debugPort.swdWritten("DP", 2, 0x01000000)).toEqual(["Write DP register 2 = 0x01000000"]);
    expect(debugPort.swdRead("AP", 3, 0xb1)).toEqual(["Read AP register 3 = 0x000000B1"]);
  });
  it("shows how often it had to ask again", () => {
    expect(debugPort.portWritten("DP", 1, 0, 0)).toEqual([
      "Writing DP register 1 = 0x00000000 (0 write repetitions needed)",
    ]);
    expect(debugPort.portRead("DP", 1, 1, 0)).toEqual([
      "Reading DP register 1 = 0x00000001 (0 read repetitions needed)",
    ]);
  });
});
