import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../../src/chips/list.ts";
import { LAYOUT, NOT_BLANK, NOT_PROGRAMMED, STEP, UNIT_SHIFT } from "../../../../src/families/stm32f4/queue-words.ts";
import { STM32F4_LOADER } from "../../../../src/families/stm32f4/stm32f4-code.ts";
import { REFUSAL } from "../../../../src/flash/queue/room.ts";

const queue = readFileSync("target/queue.h", "utf8");
const source = readFileSync("target/stm32f4-queue/queue.c", "utf8");
const hex = (value: number) => `0x${value.toString(16).toUpperCase()}u`;
const chips = CHIPS.filter(({ familyName }) => familyName === "stm32f4");

describe("the STM32F4's loader in RAM", () => {
  it("fits before its set-up, and that with its progress and a stack before the steps", () => {
    expect(STM32F4_LOADER.length / 2).toBeLessThanOrEqual(LAYOUT.setup - LAYOUT.code);
    expect(LAYOUT.setup + 4 * (34 + 4) + 0xc0).toBeLessThanOrEqual(LAYOUT.stackTop);
  });

  it.each([
    ["RAM that is kept", { ...LAYOUT, bufferCount: LAYOUT.bufferCounts.kept }],
    ["RAM that is not", LAYOUT.given],
  ])("has its ring before its buffers, and both in the work RAM of each chip: %s", (_name, room) => {
    expect(Number.isInteger(Math.log2(room.stepCount))).toBe(true);
    expect(LAYOUT.steps + room.stepCount * 48).toBeLessThanOrEqual(room.buffers);
    const end = room.buffers + room.bufferCount * room.bufferSize;
    expect(end).toBeLessThanOrEqual(LAYOUT.end);
    for (const { name, workRam } of chips) expect(workRam[0].length, name).toBeGreaterThanOrEqual(LAYOUT.end);
    expect(LAYOUT.start).toBeGreaterThanOrEqual(0x1000);
  });

  it("has a bit for each unit of every sector", () => {
    const sizes = chips.flatMap(({ banks }) => banks.flatMap(({ sectors }) => sectors.map(({ size }) => size)));
    expect(sizes.length).toBeGreaterThan(0);
    for (const size of sizes) expect(size % (1 << UNIT_SHIFT)).toBe(0);
  });

  it("counts its steps, refusals and failures as the host does", () => {
    const names = /enum command \{ ([^}]*) \}/.exec(source)?.[1].replace(" = 1", "").split(", ") ?? [];
    expect(Object.fromEntries(names.map((name, i) => [name, i + 1]))).toEqual(STEP);
    for (const [name, value] of Object.entries(REFUSAL)) expect(queue).toContain(`#define ${name} ${hex(value)}`);
    for (const [name, value] of Object.entries({ NOT_BLANK, NOT_PROGRAMMED }))
      expect(source).toContain(`#define ${name} ${hex(value)}`);
  });
});
