import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND } from "../../../../src/base/clock.ts";
import { Prng } from "../../../../src/twin/chip/prng.ts";
import { Timeline } from "../../../../src/twin/chip/timeline.ts";
import { Ssi } from "../../../../src/twin/families/rp2040/flash/ssi.ts";
import { W25Q16 } from "../../../../src/twin/families/rp2040/flash/w25q16.ts";

const REG = { CTRLR0: 0x00, CTRLR1: 0x04, SSIENR: 0x08, SER: 0x10, BAUDR: 0x14, RXFLR: 0x24, SR: 0x28, DR0: 0x60 };
const SPI_CTRLR0 = 0xf4;
/** Frames of 8 bits both ways; of 32 bits by four lines that go out, and behind an address that come in. */
const PLAIN = 0x00070000;
const [QUAD_OUT, QUAD_IN] = [0x005f0100, 0x005f0300];
const [WRITE_FRAMES, READ_FRAMES] = [0x00000218, 0x00002221];

function lab() {
  const timeline = new Timeline();
  const flash = new W25Q16(timeline, "typ", [1, 2, 3, 4, 5, 6, 7, 8], new Prng(1), {
    launched: () => undefined,
    powerCut: () => {},
    changed: () => {},
  });
  const ssi = new Ssi(timeline, flash, {
    sysHz: () => 48_000_000,
    selectOverride: undefined,
    isConnected: true,
    seenByFlash: (byte) => byte,
    changed: () => {},
  });
  const put = (register: number, value: number) => void ssi.write(register, 4, value);
  const get = (register: number) => ssi.read(register, 4);
  const set = (control: number, frames: number, words = 1) => {
    put(REG.SSIENR, 0);
    put(REG.BAUDR, 2);
    put(REG.CTRLR0, control);
    put(REG.CTRLR1, words - 1);
    put(SPI_CTRLR0, frames);
    put(REG.SER, 1);
    put(REG.SSIENR, 1);
  };
  const pass = (us: number) => timeline.catchUp(timeline.now + us * MICROSECOND);
  /** A whole command of bytes by one line. */
  const send = (...bytes: readonly number[]) => {
    set(PLAIN, 0);
    for (const byte of bytes) put(REG.DR0, byte);
    pass(100);
  };
  return { flash, put, get, set, pass, send };
}

/** A page's command by four lines with these words, each put before the transmitter is empty. */
function programQuad({ put, set, pass, send }: ReturnType<typeof lab>, words: readonly number[], pauseUs = 0) {
  send(0x06);
  set(QUAD_OUT, WRITE_FRAMES);
  put(REG.DR0, 0x32);
  put(REG.DR0, 0x000100);
  for (const word of words) {
    put(REG.DR0, word);
    pass(pauseUs);
  }
  pass(100);
}

describe("the serial interface by four lines", () => {
  it("programs a page of the words behind an instruction and an address, the first byte on top", () => {
    const board = lab();
    programQuad(board, [0x01020304, 0x05060708]);
    board.pass(MILLISECOND / MICROSECOND);
    expect([...board.flash.cells.bytes.subarray(0x100, 0x109)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 0xff]);
  });

  it("ends the command where the transmitter has run empty: what comes later is none of its data", () => {
    const board = lab();
    programQuad(board, [0x01020304, 0x05060708], 50);
    board.pass(MILLISECOND / MICROSECOND);
    expect([...board.flash.cells.bytes.subarray(0x100, 0x106)]).toEqual([1, 2, 3, 4, 0xff, 0xff]);
  });

  it("programs nothing where QE is 0", () => {
    const board = lab();
    board.send(0x06);
    board.send(0x01, 0x00, 0x00);
    board.pass(20_000);
    programQuad(board, [0x01020304]);
    board.pass(MILLISECOND / MICROSECOND);
    expect(board.flash.cells.bytes[0x100]).toBe(0xff);
  });

  it("reads words one after the other, each in 8 clocks behind 8 of instruction, 8 of address and 4 of waiting", () => {
    const { flash, put, get, set, pass } = lab();
    flash.cells.bytes.set([0x11, 0x22, 0x33, 0x44, 0x55], 0x200);
    set(QUAD_IN, READ_FRAMES, 4);
    put(REG.DR0, 0xeb);
    put(REG.DR0, 0x00020000);
    // 48 MHz by 2: 24 clocks in a microsecond.
    pass(1);
    expect([get(REG.RXFLR), get(REG.SR) & 1]).toEqual([0, 1]);
    pass(0.2);
    expect(get(REG.RXFLR)).toBe(1);
    pass(1);
    expect([get(REG.RXFLR), get(REG.SR) & 1]).toEqual([4, 0]);
    expect([get(REG.DR0), get(REG.DR0)]).toEqual([0x11223344, 0x55ffffff]);
  });

  it("loses the words for which the receiver has no room", () => {
    const { put, get, set, pass } = lab();
    set(QUAD_IN, READ_FRAMES, 20);
    put(REG.DR0, 0xeb);
    put(REG.DR0, 0);
    pass(20);
    expect(get(REG.RXFLR)).toBe(16);
  });

  it("reads ones while the flash is busy", () => {
    const board = lab();
    programQuad(board, [0]);
    board.set(QUAD_IN, READ_FRAMES, 1);
    board.put(REG.DR0, 0xeb);
    board.put(REG.DR0, 0x00010000);
    board.pass(5);
    expect(board.get(REG.DR0)).toBe(0xffffffff);
  });
});
