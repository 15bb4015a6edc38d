import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { protectedPart } from "../../../../src/families/rp2040/flash-status.ts";
import { Prng } from "../../../../src/twin/chip/prng.ts";
import { Timeline } from "../../../../src/twin/chip/timeline.ts";
import { FLASH_SIZE, W25Q16 } from "../../../../src/twin/families/rp2040/flash/w25q16.ts";

function lab() {
  const timeline = new Timeline();
  const flash = new W25Q16(timeline, "typ", [1, 2, 3, 4, 5, 6, 7, 8], new Prng(1), {
    launched: () => undefined,
    powerCut: () => {},
    changed: () => {},
  });
  /** One transaction: the bytes sent, then so many received. */
  const send = (bytes: readonly number[], receive = 0): number[] => {
    for (const byte of bytes) flash.exchange(byte);
    const answer = Array.from({ length: receive }, () => flash.exchange(0));
    flash.deselect();
    return answer;
  };
  const pass = (ms: number) => timeline.catchUp(timeline.now + ms * MILLISECOND);
  return { flash, send, pass };
}

describe("the serial flash", () => {
  it("answers its JEDEC id, and its unique id after four dummy bytes", () => {
    const { send } = lab();
    expect(send([0x9f], 3)).toEqual([0xef, 0x40, 0x15]);
    expect(send([0x4b, 0, 0, 0, 0], 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("programs a page only after a write enable, in 0.4 ms with BUSY set, ones to zeroes, wrapping in its page", () => {
    const { send, pass } = lab();
    send([0x02, 0, 0, 0xff, 0x0f, 0xf0]);
    expect(send([0x05], 1)).toEqual([0]);
    send([0x06]);
    send([0x02, 0, 0, 0xff, 0x0f, 0xf0]);
    expect(send([0x05], 1)).toEqual([3]);
    pass(0.5);
    expect(send([0x05], 1)).toEqual([0]);
    expect([send([0x03, 0, 0, 0xff], 1), send([0x03, 0, 0, 0], 1)]).toEqual([[0x0f], [0xf0]]);
  });

  it("erases a sector, a block and everything", () => {
    const { flash, send, pass } = lab();
    for (const [command, length, ms] of [
      [0x20, 0x1000, 46],
      [0x52, 0x8000, 121],
      [0xd8, 0x10000, 151],
    ] as const) {
      flash.cells.bytes.fill(0);
      send([0x06]);
      send([command, 0x01, 0x23, 0x45]);
      pass(ms);
      expect(flash.cells.bytes.filter((byte) => byte === 0xff).length).toBe(length);
      expect(flash.cells.bytes[0x12345]).toBe(0xff);
    }
    send([0x06]);
    send([0xc7]);
    pass(5001);
    expect(flash.cells.bytes.every((byte) => byte === 0xff)).toBe(true);
  });

  it("ignores an erase of what its status register protects", () => {
    const { flash, send, pass } = lab();
    flash.cells.bytes.fill(0);
    send([0x06]);
    send([0x01, 0x04]);
    pass(11);
    for (const address of [0x1f, 0x10]) {
      send([0x06]);
      send([0xd8, address, 0, 0]);
      pass(200);
    }
    expect([flash.cells.bytes[0x1f0000], flash.cells.bytes[0x100000]]).toEqual([0, 0xff]);
  });

  it("protects just what the product reads out of its status registers", () => {
    const { flash, send, pass } = lab();
    for (const sr1 of Array.from({ length: 32 }, (_, n) => n << 2))
      for (const sr2 of [0, 0x40]) {
        send([0x06]);
        send([0x01, sr1, sr2]);
        pass(11);
        const part = protectedPart(sr1 | (sr2 << 8), FLASH_SIZE);
        for (const address of [0, 0x1000, 0x8000, 0x40000, 0x100000, 0x1f0000, 0x1f8000, 0x1fe000, 0x1ff000]) {
          flash.cells.bytes.fill(0, address, address + 0x1000);
          send([0x06]);
          send([0x20, address >> 16, (address >> 8) & 0xff, 0]);
          pass(50);
          const isShut = part !== undefined && address >= part.start && address < part.start + part.length;
          expect([sr1, sr2, address, flash.cells.bytes[address]]).toEqual([sr1, sr2, address, isShut ? 0 : 0xff]);
        }
      }
  });
});
