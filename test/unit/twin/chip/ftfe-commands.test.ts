import { describe, expect, it } from "vitest";
import { blank, FCCOB, FPROT, FSTAT, lab } from "./lab.ts";
import { inHex } from "../../../support/hex.ts";

const OK = 0x80;
const ACCERR = 0xa0;
const FPVIOL = 0x90;
const MGSTAT0 = 0x81;
const BLOCK_1 = 0x80000;

describe("FTFE: launching a command", () => {
  it("reads FSTAT 0x80 when idle, and FCNFG shows program flash and RAM ready", () => {
    const bench = lab();
    expect(bench.fstat).toBe(OK);
    expect(bench.read(FSTAT + 1, 1)).toBe(0x06);
  });

  it("maps FCCOB bytes within each word from the highest to the lowest address", () => {
    const bench = lab();
    bench.write(FCCOB, 0x07123450);
    expect([7, 6, 5, 4].map((at) => bench.read(0x40020000 + at, 1))).toEqual([0x07, 0x12, 0x34, 0x50]);
    expect(bench.read(FCCOB, 2)).toBe(0x3450);
  });

  it("clears CCIF until the command ends and ignores writes until then", () => {
    const bench = lab();
    bench.launch(0x09, 0x4000);
    expect(bench.fstat).toBe(0x00);
    bench.write(FCCOB, 0x12345678);
    bench.write(FPROT, 0);
    expect(bench.read(FCCOB)).toBe(0x09004000);
    expect(bench.finish()).toBe(OK);
    expect(bench.read(FPROT)).toBe(0xffffffff);
  });

  it("blocks the next launch after an error until the error is cleared", () => {
    const bench = lab();
    expect(bench.command(0x07, 0x4, 0, 0)).toBe(ACCERR);
    bench.write(FCCOB, 0x07004000);
    bench.write(FSTAT, 0x80, 1);
    expect(bench.fstat).toBe(ACCERR);
    bench.write(FSTAT, 0xa0, 1);
    expect(bench.fstat).toBe(OK);
    expect(bench.flash(0x4000, 8)).toEqual(blank(8));
    bench.write(FSTAT, 0x80, 1);
    expect(bench.finish()).toBe(OK);
    expect(bench.flash(0x4000, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("keeps MGSTAT0 until the next launch, whatever is written to FSTAT", () => {
    const bench = lab();
    bench.program(0x4000, 0, 0);
    expect(bench.command(0x01, 0x4000, 0x00010000)).toBe(MGSTAT0);
    bench.write(FSTAT, 0x71, 1);
    expect(bench.fstat).toBe(MGSTAT0);
    expect(bench.command(0x01, 0x5000, 0x00010000)).toBe(OK);
  });

  it.each(inHex([[0x06], [0x0a], [0x49], [0x80], [0x81], [0xff]]))(
    "sets ACCERR for %s, which the K24 does not implement",
    (_, code) => {
      expect(lab().command(code, 0)).toBe(ACCERR);
    },
  );

  it("ignores a launch outside RUN mode", () => {
    const bench = lab();
    bench.write(0x4007e000, 0x20, 1);
    bench.write(0x4007e001, 0x40, 1);
    expect(bench.read(0x4007e003, 1)).toBe(0x04);
    bench.launch(0x09, 0x4000);
    expect(bench.fstat).toBe(OK);
    expect(bench.chip.flashCommands).toBe(0);
  });
});

describe("FTFE: PGM8", () => {
  it("programs a phrase from two little-endian words at FCCOB+4 and +8", () => {
    const bench = lab();
    expect(bench.program(0x4008, 0x44332211, 0x88776655)).toBe(OK);
    expect(bench.flash(0x4008, 8)).toEqual([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
    expect(bench.read(0x4008)).toBe(0x44332211);
  });

  it.each([
    ["an address off the phrase", 0x4004],
    ["an address beyond 1 MB", 0x100000],
    ["FlexNVM, bit 23", 0x800000],
  ])("refuses %s", (_, address) => {
    expect(lab().program(address, 0, 0)).toBe(ACCERR);
  });

  it("refuses a protected region and changes nothing", () => {
    const bench = lab();
    bench.write(FPROT, 0xfffffffe);
    expect(bench.program(0x7ff8, 0, 0)).toBe(FPVIOL);
    expect(bench.flash(0x7ff8, 8)).toEqual(blank(8));
    expect(bench.program(0x8000, 0, 0)).toBe(OK);
  });
});

describe("FTFE: erase commands", () => {
  it("ERSSCR erases the 4 KB sector around any 16-byte aligned address", () => {
    const bench = lab();
    for (const address of [0x4ff8, 0x5000, 0x5ff8, 0x6000]) bench.program(address, 0, 0);
    expect(bench.command(0x09, 0x5010)).toBe(OK);
    expect([0x4ff8, 0x5000, 0x5ff8, 0x6000].map((address) => bench.flash(address, 1)[0])).toEqual([0, 0xff, 0xff, 0]);
  });

  it("ERSSCR and ERSBLK refuse an address that is not aligned to a double phrase", () => {
    const bench = lab();
    expect(bench.command(0x09, 0x5008)).toBe(ACCERR);
    expect(bench.command(0x08, 0x5008)).toBe(ACCERR);
  });

  it("ERSBLK erases one block, and refuses when a region of it is protected", () => {
    const bench = lab();
    bench.program(0x4000, 0, 0);
    bench.program(BLOCK_1, 0, 0);
    bench.write(FPROT, 0xffff7fff);
    expect(bench.command(0x08, BLOCK_1)).toBe(OK);
    expect(bench.command(0x08, 0)).toBe(FPVIOL);
    expect([bench.flash(0x4000, 1), bench.flash(BLOCK_1, 1)]).toEqual([[0], [0xff]]);
  });

  it("ERSALL erases everything including 0x40C and unsecures the chip until the next reset", () => {
    const bench = lab();
    bench.program(BLOCK_1, 0, 0);
    expect(bench.command(0x44, 0)).toBe(OK);
    expect(bench.flash(0x408, 8)).toEqual(blank(8));
    expect(bench.read(0x40020002, 1) & 3).toBe(2);
    bench.powerCycle();
    expect(bench.status & 4).toBe(4);
  });

  it("ERSALL refuses while any region is protected", () => {
    const bench = lab();
    bench.write(FPROT, 0x7fffffff);
    expect(bench.command(0x44, 0)).toBe(FPVIOL);
    expect(bench.flash(0x40c, 1)).toEqual([0xfe]);
  });

  it("ERSSCR leaves the block readable while suspended and resumes when launched again", () => {
    const bench = lab();
    bench.program(0x5000, 0, 0);
    bench.launch(0x09, 0x5000);
    bench.wait(7e9).write(FSTAT + 1, 0x10, 1);
    expect(bench.fstat).toBe(OK);
    expect(bench.read(0x6000)).toBe(0xffffffff);
    expect(bench.flash(0x5000, 1)).toEqual([0]);
    bench.write(FSTAT, 0x80, 1);
    expect(bench.fstat).toBe(0x00);
    bench.wait(6.9e9);
    expect(bench.fstat).toBe(0x00);
    bench.wait(0.2e9);
    expect([bench.fstat, bench.flash(0x5000, 1)]).toEqual([OK, [0xff]]);
  });

  it("another command after a suspended ERSSCR leaves the sector half erased", () => {
    const bench = lab();
    for (let at = 0x5000; at < 0x5100; at += 8) bench.program(at, 0, 0);
    bench.launch(0x09, 0x5000);
    bench.wait(7e9).write(FSTAT + 1, 0x10, 1);
    expect(bench.command(0x40, 0)).toBe(MGSTAT0);
    expect(bench.tryRead(0x5000)).toBe("fault");
  });
});

describe("FTFE: PGMSEC", () => {
  const count = (units: number) => (units << 16) >>> 0;

  it("programs up to 1 KB from the acceleration RAM", () => {
    const bench = lab();
    const bytes = Array.from({ length: 1024 }, (_, i) => (i * 7) & 0xff);
    bytes.forEach((byte, i) => {
      bench.write(0x14000000 + i, byte, 1);
    });
    expect(bench.command(0x0b, 0x4c00, count(64))).toBe(OK);
    expect(bench.flash(0x4c00, 1024)).toEqual(bytes);
    expect(bench.flash(0x5000, 4)).toEqual(blank(4));
  });

  it.each([
    ["no units", 0x4000, 0],
    ["more than 1 KB", 0x4000, 65],
    ["a section across a sector border", 0x4ff0, 2],
    ["an address off the double phrase", 0x4008, 1],
    ["an address beyond flash", 0x100000, 1],
  ])("refuses %s", (_, address, units) => {
    expect(lab().command(0x0b, address, count(units))).toBe(ACCERR);
  });

  it("refuses a protected region", () => {
    const bench = lab();
    bench.write(FPROT, 0xfffffffe);
    expect(bench.command(0x0b, 0x4000, count(1))).toBe(FPVIOL);
  });
});

describe("FTFE: read commands", () => {
  it("RD1SEC checks a section, RD1BLK a block, RD1ALL all blocks", () => {
    const bench = lab();
    bench.program(BLOCK_1 + 0x100, 0xfffffffe, 0xffffffff);
    expect(bench.command(0x01, BLOCK_1, 0x00100000)).toBe(OK);
    expect(bench.command(0x01, BLOCK_1, 0x00110000)).toBe(MGSTAT0);
    expect(bench.command(0x00, BLOCK_1, 0)).toBe(MGSTAT0);
    expect(bench.command(0x40, 0)).toBe(MGSTAT0);
    bench.command(0x08, BLOCK_1);
    expect(bench.command(0x00, BLOCK_1, 0)).toBe(OK);
    bench.command(0x08, 0);
    expect(bench.command(0x40, 0)).toBe(OK);
  });

  it.each([
    ["RD1SEC of nothing", 0x01, 0x4000, 0],
    ["RD1SEC at an unknown margin", 0x01, 0x4000, 0x00010300],
    ["RD1SEC across the block border", 0x01, 0x7fff0, 0x00020000],
    ["RD1SEC off the double phrase", 0x01, 0x4008, 0x00010000],
    ["RD1BLK at an unknown margin", 0x00, 0x0000, 0x03000000],
    ["RD1ALL at an unknown margin", 0x40, 0x030000, 0],
    ["PGMCHK at the normal margin, which it lacks", 0x02, 0x4000, 0x00000000],
    ["PGMCHK off the longword", 0x02, 0x4002, 0x01000000],
    ["RDRSRC outside the IFR", 0x03, 0x0400, 0],
    ["RDRSRC off the phrase", 0x03, 0x0004, 0],
    ["RDRSRC with an unknown select code", 0x03, 0x0000, 0x02000000],
    ["RDONCE of a ninth record", 0x41, 0x080000, 0],
  ])("refuses %s", (_, code, address, word1) => {
    expect(lab().command(code, address, word1)).toBe(ACCERR);
  });

  it("PGMCHK compares a longword", () => {
    const bench = lab();
    bench.program(0x4000, 0x11223344, 0x55667788);
    expect(bench.command(0x02, 0x4004, 0x01000000, 0x55667788)).toBe(OK);
    expect(bench.command(0x02, 0x4004, 0x02000000, 0x55667789)).toBe(MGSTAT0);
  });

  it("RDRSRC reads the program flash IFR, the swap IFR and the version ID", () => {
    const bench = lab();
    expect([0x000, 0x3f8, 0x40000].map((address) => bench.command(0x03, address))).toEqual([OK, OK, OK]);
    expect(bench.read(FCCOB + 4)).toBe(0xffffffff);
    expect(bench.command(0x03, 0x8, 0x01000000)).toBe(OK);
  });
});

describe("FTFE: program once field", () => {
  it("programs each of its eight records once", () => {
    const bench = lab();
    expect(bench.command(0x43, 0x070000, 0x11223344, 0x55667788)).toBe(OK);
    expect(bench.command(0x43, 0x070000, 0, 0)).toBe(ACCERR);
    expect(bench.command(0x43, 0x080000, 0, 0)).toBe(ACCERR);
    expect(bench.command(0x41, 0x070000)).toBe(OK);
    expect([bench.read(FCCOB + 4), bench.read(FCCOB + 8)]).toEqual([0x11223344, 0x55667788]);
  });

  it("keeps its records over a mass erase", () => {
    const bench = lab();
    bench.command(0x43, 0, 0x11223344, 0x55667788);
    bench.command(0x44, 0);
    bench.command(0x41, 0);
    expect(bench.read(FCCOB + 4)).toBe(0x11223344);
  });
});

describe("FTFE: SWAP", () => {
  it("reports an uninitialised swap system with block 0 in use and refuses other requests", () => {
    const bench = lab();
    expect(bench.command(0x46, 0x7f000, 0x08ffffff)).toBe(OK);
    expect(bench.read(FCCOB + 4)).toBe(0x08000000);
    expect(bench.command(0x46, 0x7f000, 0x01000000)).toBe(ACCERR);
  });
});

describe("FTFE: FPROT", () => {
  it("protects 32 KB per bit, accepts more protection, and refuses less until the next reset", () => {
    const bench = lab();
    bench.write(FPROT, 0xfffffffd);
    bench.write(FPROT, 0xffffffff);
    expect(bench.read(FPROT)).toBe(0xfffffffd);
    expect(bench.command(0x09, 0x8000)).toBe(FPVIOL);
    expect(bench.command(0x09, 0x10000)).toBe(OK);
    bench.powerCycle();
    expect(bench.read(FPROT)).toBe(0xffffffff);
  });

  it("accepts byte writes", () => {
    const bench = lab();
    bench.write(FPROT + 3, 0x7f, 1);
    expect(bench.read(FPROT)).toBe(0x7fffffff);
    expect(bench.program(0xffff8, 0, 0)).toBe(FPVIOL);
  });
});

describe("FTFE: reading while a command runs", () => {
  it("faults with RDCOLERR in the busy block and reads the other block", () => {
    const bench = lab();
    bench.launch(0x09, 0x4000);
    expect(bench.tryRead(0x7fffc)).toBe("fault");
    expect(bench.read(BLOCK_1)).toBe(0xffffffff);
    expect(bench.finish()).toBe(0xc0);
    bench.write(FSTAT, 0x40, 1);
    expect(bench.fstat).toBe(OK);
  });

  it("ERSALL faults in both blocks", () => {
    const bench = lab();
    bench.launch(0x44, 0);
    expect(bench.tryRead(BLOCK_1)).toBe("fault");
  });
});
