import { describe, expect, it } from "vitest";
import { buildImage } from "../../../../src/image/build-image.ts";
import type { Image } from "../../../../src/image/image.ts";
import type { Twin, TwinState } from "../../../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../../../support/board.ts";

const CHIP = { chip: "RP2040", flash: "zero" } as const;
const START = 0x10000000;

const filled = (address: number, length: number, byte: number): Image =>
  buildImage({ format: "raw", segments: [{ name: "a test", address, bytes: new Uint8Array(length).fill(byte) }] });

/** A board with two sectors of 5A; its flash chip never ends a command of a job that was broken off in it. */
async function hungBoard(command: number): Promise<TwinState> {
  const before = board(CHIP);
  await flashBoard(before, filled(START, 0x2000, 0x5a));
  const hung = board({ ...CHIP, state: before.snapshot(), faults: `busy@flash=${command}+unplug@flash=${command}` });
  await expect(flashBoard(hung, filled(START, 0x100, 0x11))).rejects.toThrow();
  return hung.snapshot();
}

const counts = (twin: Twin, address: number, length: number, byte: number): number =>
  twin.peekFlash(address, length).filter((one) => one === byte).length;

describe("a flash chip behind an RP2040 that never ends a command", () => {
  it("is reset by the next connection, which then reads what stands in it, and not FF", async () => {
    const twin = board({ ...CHIP, state: await hungBoard(1) });
    const read = await onTarget(twin, ({ core }) => core.memory.read(START + 0x1000, 16, 32));
    expect([...read]).toEqual(Array(16).fill(0x5a));
  });

  it("is flashed again by the next job, with what the other sectors hold left alone", async () => {
    for (const command of [1, 2]) {
      const twin = board({ ...CHIP, state: await hungBoard(command) });
      expect((await flashBoard(twin, filled(START, 0x200, 0x22))).verify.verdict).toBe("equal");
      expect(counts(twin, START, 0x200, 0x22)).toBe(0x200);
      expect(counts(twin, START + 0x1000, 0x1000, 0x5a)).toBe(0x1000);
    }
  });
});

describe("a flash chip behind an RP2040 that works on a long command", () => {
  it("is waited for by the next connection", async () => {
    const first = board({ chip: "RP2040", flash: "max", faults: "unplug@flash=1" });
    await expect(flashBoard(first, filled(START, 0x100, 0x11))).rejects.toThrow();
    const twin = board({ chip: "RP2040", flash: "max", state: first.snapshot() });
    await flashBoard(twin, filled(START + 0x1000, 0x100, 0x33));
    expect(counts(twin, START + 0x1000, 0x100, 0x33)).toBe(0x100);
  });
});
