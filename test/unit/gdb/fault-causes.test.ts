import { describe, expect, it } from "vitest";
import { likelyCause, placeWords } from "../../../src/gdb/faults/fault-causes.ts";

const evidence = { cfsr: 0, hfsr: 0x40000000, bfar: 0 };

describe("the likely cause of a fault", () => {
  it.each([
    ["a null pointer", { cfsr: 0x8200, bfar: 0x10 }, /^a null pointer/],
    ["a peripheral", { cfsr: 0x8200, bfar: 0x40049000 }, /^a peripheral without its clock/],
    ["a wild pointer", { cfsr: 0x8200, bfar: 0x90000000 }, /^a pointer that was never set/],
    [
      "a bus error whose address BFAR does not have",
      { cfsr: 0x200, bfar: undefined },
      /^a pointer to where no memory is/,
    ],
    ["an earlier store", { cfsr: 0x400 }, /DISDEFWBUF/],
    ["a stack in RAM", { cfsr: 0x1000, isStackInRam: true }, /into where nothing is/],
    ["a stack outside", { cfsr: 0x1000, isStackInRam: false }, /outside of RAM/],
    ["the stack before what else failed", { cfsr: 0x9200, bfar: 0x30000000 }, /^the stack has overflowed/],
    ["an MPU's region", { cfsr: 0x82 }, /MPU's regions forbid/],
    ["a vector table that is gone", { hfsr: 2 }, /^VTOR/],
    ["a breakpoint alone", { hfsr: 0x80000000 }, /^a BKPT ran/],
  ] as const)("is named for %s", (_, registers, words) => {
    expect(likelyCause({ ...evidence, ...registers })).toMatch(words);
  });

  it("is none without a bit, and names the caller of a wrong jump by LR", () => {
    expect(likelyCause(evidence)).toBeUndefined();
    const frame = { lr: 0x0000045d, pc: 0x20000000, xpsr: 0 };
    expect(likelyCause({ ...evidence, cfsr: 0x20000, frame })).toContain("from before 0x0000045C");
    expect(likelyCause({ ...evidence, cfsr: 0x20000, frame: { ...frame, lr: 0xfffffff9 } })).not.toContain(
      "from before",
    );
  });
});

describe("the place of a fault", () => {
  it("is the instruction, the goal of a jump, or somewhere before for an imprecise one", () => {
    expect(placeWords(0x8200, 0x478)).toBe("the instruction was at 0x00000478");
    expect(placeWords(0x20000, 0x478)).toBe("the jump went to 0x00000478");
    expect(placeWords(0x400, 0x478)).toBe("the store was some instructions before 0x00000478");
  });
});
