import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RP2040 } from "../../../../src/chips/raspberry-pi/rp2040.ts";
import { RP2040_HASH_CODE } from "../../../../src/families/rp2040/hash-code.ts";
import { RP2040_LOADER } from "../../../../src/families/rp2040/queue-code.ts";
import { LAYOUT, LIST_BITS, PROTECTED, STEP } from "../../../../src/families/rp2040/queue-words.ts";

const source = readFileSync("target/rp2040-flash/queue.c", "utf8");

describe("the RP2040's loader in RAM", () => {
  it("fits before its set-up, and that with its progress and a stack before the steps", () => {
    expect(RP2040_LOADER.length / 2).toBeLessThanOrEqual(LAYOUT.setup - LAYOUT.code);
    expect(LAYOUT.setup + 4 * (34 + 7) + 0x100).toBeLessThanOrEqual(LAYOUT.stackTop);
  });

  it.each([
    ["RAM that is kept", { ...LAYOUT, bufferCount: LAYOUT.bufferCounts.kept }],
    ["RAM that is not", LAYOUT.given],
  ])("has its ring before its buffers, and both in the work RAM, above the routine's: %s", (_name, room) => {
    expect(Number.isInteger(Math.log2(room.stepCount))).toBe(true);
    expect(LAYOUT.steps + room.stepCount * 48).toBeLessThanOrEqual(room.buffers);
    expect(room.buffers + room.bufferCount * room.bufferSize).toBeLessThanOrEqual(LAYOUT.end);
    expect(LAYOUT.start).toBeGreaterThanOrEqual(0x1000);
    expect(RP2040.workRam[0].length).toBeGreaterThanOrEqual(LAYOUT.end);
  });

  it("has a bit for each sector of 2 MB", () => {
    const [{ size, count }] = RP2040.banks[0].sectors;
    expect([size, count]).toEqual([0x1000, LIST_BITS]);
  });

  it("counts its steps and failures as the host does", () => {
    const names = /enum command \{ ([^}]*) \}/.exec(source)?.[1].replace(" = 1", "").split(", ") ?? [];
    expect(Object.fromEntries(names.map((name, i) => [name, i + 1]))).toEqual(STEP);
    expect(source).toContain(`#define PROTECTED 0x${PROTECTED.toString(16)}u`);
  });
});

describe("the RP2040's hash routine", () => {
  it("leaves room for a stack before its job", () => {
    expect(0x24 + RP2040_HASH_CODE.length / 2 + 0x100).toBeLessThanOrEqual(0x700);
  });
});
