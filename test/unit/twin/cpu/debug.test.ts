import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOT_CPU } from "../../../../src/twin/cpu/seam.ts";
import { DCRDR, DCRSR, DEMCR, DFSR, DHCSR, haltedBoard, KEY, testBoard } from "./test-board.ts";
import { inHex } from "../../../support/hex.ts";

const S_REGRDY = 1 << 16;
const S_HALT = 1 << 17;
const S_SLEEP = 1 << 18;
const S_LOCKUP = 1 << 19;
const S_RESET_ST = 1 << 25;

describe("blank chip halted at its reset vector", () => {
  it("has the registers that J-Link shows", () => {
    const board = haltedBoard();
    expect(board.cpu.state).toBe("halted");
    expect(board.read(DFSR)).toBe(8);
    expect([13, 14, 15, 16].map((n) => board.register(n))).toEqual([0xfffffffc, 0xffffffff, 0xfffffffe, 0x01000000]);
  });

  it("keeps C_DEBUGEN and VC_CORERESET over a system reset and loses them without power", () => {
    const board = haltedBoard();
    board.cpu.enterReset();
    expect(board.cpu.state).toBe("reset");
    board.cpu.leaveReset();
    expect(board.cpu.state).toBe("halted");
    board.cpu.powerOn();
    expect(board.read(DEMCR)).toBe(0);
    expect(board.read(DHCSR) & 1).toBe(0);
  });
});

describe("DHCSR", () => {
  it("ignores a write without DBGKEY", () => {
    const board = testBoard({ execute: false });
    board.start();
    board.write(DHCSR, 3);
    expect(board.cpu.state).toBe("sleeping");
  });

  it("does not halt without C_DEBUGEN", () => {
    const board = testBoard({ execute: false });
    board.start();
    board.write(DHCSR, KEY | 2);
    expect(board.read(DHCSR) & S_HALT).toBe(0);
  });

  it("halts a sleeping core, which sleeps again when resumed", () => {
    const board = testBoard({ execute: false });
    board.start();
    expect(board.read(DHCSR) & S_SLEEP).toBe(S_SLEEP);
    board.write(DHCSR, KEY | 3);
    expect(board.read(DHCSR) & (S_HALT | S_SLEEP)).toBe(S_HALT);
    expect(board.read(DFSR)).toBe(1);
    board.write(DHCSR, KEY | 1);
    expect(board.cpu.state).toBe("sleeping");
  });

  it("shows S_RESET_ST once", () => {
    const board = haltedBoard();
    expect(board.read(DHCSR) & S_RESET_ST).toBe(S_RESET_ST);
    expect(board.read(DHCSR) & S_RESET_ST).toBe(0);
  });

  it("ignores writes by the core itself", () => {
    const board = testBoard({ execute: false });
    board.start();
    board.cpu.ppbWrite(DHCSR, 4, KEY | 3, "core");
    expect(board.cpu.state).toBe("sleeping");
  });

  it("loses C_HALT at a reset, so that a halted core runs after it unless VC_CORERESET catches", () => {
    const board = testBoard({ execute: false });
    board.start();
    board.write(DHCSR, KEY | 3);
    board.cpu.enterReset();
    expect(board.read(DHCSR) & 0xf).toBe(1);
    board.cpu.leaveReset();
    expect(board.cpu.state).toBe("sleeping");
  });

  it("halts before the first instruction when C_HALT is set during reset", () => {
    const board = testBoard();
    board.cpu.powerOn();
    board.write(DHCSR, KEY | 3);
    board.cpu.leaveReset();
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(0xfffffffe);
  });
});

describe("vector fetch with a bus fault", () => {
  it("locks the core up and notifies the chip", () => {
    const board = testBoard();
    board.cpu.powerOn();
    const refused = testBoard({ bus: { memories: [] } });
    refused.start();
    expect(refused.cpu.state).toBe("lockup");
    expect(refused.resets).toEqual(["lockup"]);
    expect(refused.read(DHCSR) & S_LOCKUP).toBe(S_LOCKUP);
  });
});

describe("DCRSR", () => {
  it("reads and writes every register while the core is halted", () => {
    const selectors = [...Array(13).keys(), 14, ...Array.from({ length: 32 }, (_, n) => 64 + n)];
    fc.assert(
      fc.property(fc.constantFrom(...selectors), fc.integer({ min: 0, max: 0xffffffff }), (selector, value) => {
        const board = haltedBoard();
        board.setRegister(selector, value);
        expect(board.register(selector)).toBe(value);
        expect(board.read(DHCSR) & S_REGRDY).toBe(S_REGRDY);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps MSP and PSP apart when CONTROL.SPSEL selects R13", () => {
    const board = haltedBoard();
    board.setRegister(17, 0x20001003);
    board.setRegister(18, 0x20002000);
    expect(board.register(13)).toBe(0x20001000);
    board.setRegister(20, 0x02000000);
    expect(board.register(13)).toBe(0x20002000);
    expect(board.register(17)).toBe(0x20001000);
  });

  it("packs CONTROL, FAULTMASK, BASEPRI and PRIMASK into one word", () => {
    const board = haltedBoard();
    board.setRegister(20, 0x0301ff01);
    expect(board.register(20)).toBe(0x0301f001);
  });

  it("does not set S_REGRDY while the core runs", () => {
    const board = testBoard({ execute: false });
    board.start();
    board.write(DCRDR, 5);
    board.write(DCRSR, 0);
    expect(board.read(DHCSR) & S_REGRDY).toBe(0);
    expect(board.read(DCRDR)).toBe(5);
  });
});

describe("AIRCR", () => {
  it("requests resets from the chip only with VECTKEY", () => {
    const board = haltedBoard();
    board.write(0xe000ed0c, 4);
    board.write(0xe000ed0c, 0x05fa0004);
    board.write(0xe000ed0c, 0x05fa0001);
    expect(board.resets).toEqual(["system", "core"]);
    expect(board.read(0xe000ed0c)).toBe(0xfa050000);
  });
});

describe("private peripheral bus", () => {
  it.each(
    inHex([
      [0xe000ed00, 0x410fc241],
      [0xe000e004, 2],
      [0xe000ed14, 0x200],
      [0xe000ef34, 0xc0000000],
      [0xe000ef40, 0x10110021],
      [0xe000ef44, 0x11000011],
      [0xe0001000, 0x40000000],
      [0xe0002000, 0x260],
      [0xe0002004, 0x20000000],
      [0xe000ed90, 0],
    ]),
  )("reads the reset value of %s", (_, value, address) => {
    expect(haltedBoard().read(address)).toBe(value);
  });

  it.each(
    inHex([
      [0xe000e000, 0xb105e00d, 0x0c, 0xb0, 0x0b],
      [0xe0001000, 0xb105e00d, 0x02, 0xb0, 0x3b],
      [0xe0002000, 0xb105e00d, 0x03, 0xb0, 0x2b],
      [0xe0000000, 0xb105e00d, 0x01, 0xb0, 0x3b],
    ]),
  )("has the component id of %s", (_, cid, pid0, pid1, pid2, page) => {
    const board = haltedBoard();
    const word = (at: number) => [0, 4, 8, 12].reduce((v, n) => v + board.read(page + at + n) * 2 ** (n * 2), 0);
    expect(word(0xff0)).toBe(cid);
    expect(board.read(page + 0xfd0)).toBe(4);
    expect([0, 4, 8].map((n) => board.read(page + 0xfe0 + n))).toEqual([pid0, pid1, pid2]);
  });

  it("passes the chip's pages on to the chip", () => {
    const { cpu } = haltedBoard();
    expect(cpu.ppbRead(0xe00ff000, 4, "debug")).toBe(NOT_CPU);
    expect(cpu.ppbWrite(0xe0080000, 4, 0, "debug")).toBe(NOT_CPU);
  });

  it("writes bytes in their byte lanes", () => {
    const { cpu, read } = haltedBoard();
    cpu.ppbWrite(0xe000e402, 1, 0xff, "debug");
    cpu.ppbWrite(0xe000ed23, 1, 0x80, "debug");
    expect(read(0xe000e400)).toBe(0x00f00000);
    expect(cpu.ppbRead(0xe000ed23, 1, "debug")).toBe(0x80);
    expect(cpu.ppbRead(0xe000ed02, 2, "debug")).toBe(0x410f);
  });

  it("writes FP_CTRL only with its key", () => {
    const { write, read } = haltedBoard();
    write(0xe0002000, 1);
    expect(read(0xe0002000)).toBe(0x260);
    write(0xe0002000, 3);
    expect(read(0xe0002000)).toBe(0x261);
  });
});

describe("saved core", () => {
  it("has the same state in another instance", () => {
    const board = haltedBoard();
    board.setRegister(3, 0x12345678);
    board.write(0xe000e100, 5);
    const other = testBoard();
    other.cpu.restore(board.cpu.save());
    expect(other.cpu.save()).toEqual(board.cpu.save());
    expect(other.register(3)).toBe(0x12345678);
    expect(other.read(0xe000e100)).toBe(5);
  });

  it("refuses bytes that are not a saved core", () => {
    const board = testBoard();
    expect(() => board.cpu.restore(new Uint8Array(12))).toThrow(RangeError);
    expect(() => board.cpu.restore(new Uint8Array(board.cpu.save().length))).toThrow(RangeError);
  });
});
