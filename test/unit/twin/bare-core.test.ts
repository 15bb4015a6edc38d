import { describe, expect, it } from "vitest";
import { BareCore, type BareEnd } from "../../../src/twin/bare/bare-core.ts";

const RAM = { start: 0x20000000, length: 0x1000 };
const RETURN = 0x20000f00;

/** Runs halfwords as a function of two arguments on a core with 4 KB of RAM. */
function run(code: readonly number[], args: readonly number[] = [], cycles = 100_000): BareEnd {
  const core = new BareCore("M4F", [RAM], { start: 0x08000000, length: 0x100, erased: 0xff });
  const bytes = (halfwords: readonly number[]) => new Uint8Array(Uint16Array.from(halfwords).buffer);
  core.write(RAM.start, bytes(code));
  core.write(RETURN, bytes([0xbe00]));
  return core.call({ pc: RAM.start, args, staticBase: 0x20000800, stack: 0x20000c00, returnTo: RETURN, cycles });
}

const BX_LR = 0x4770;

describe("a core with RAM and nothing else", () => {
  it("answers what a function returns, with R9 and SP as they were", () => {
    // adds r0, r0, r1
    expect(run([0x1840, BX_LR], [3, 4])).toMatchObject({
      how: "returned",
      result: 7,
      staticBase: 0x20000800,
      stack: 0x20000c00,
      accesses: [],
    });
  });

  it("lists accesses outside of RAM in order, and answers a read with what was written there", () => {
    // str r1, [r0]; ldr r0, [r0]
    const { how, result, accesses } = run([0x6001, 0x6800, BX_LR], [0x40023c04, 0x45670123]);
    expect([how, result]).toEqual(["returned", 0x45670123]);
    expect(accesses).toEqual([
      { kind: "write", address: 0x40023c04, size: 4, value: 0x45670123, count: 1 },
      { kind: "read", address: 0x40023c04, size: 4, value: 0x45670123, count: 1 },
    ]);
  });

  it("reads an erased flash as erased, whatever was stored there", () => {
    const { result } = run([0x6001, 0x6800, BX_LR], [0x08000010, 0]);
    expect(result).toBe(0xffffffff);
  });

  it("inverts a register that was read a thousand times, and counts the reads", () => {
    // ldr r1, [r0]; cmp r1, #0; beq back
    const { how, accesses } = run([0x6801, 0x2900, 0xd0fc, BX_LR], [0x4001e400]);
    expect(how).toBe("returned");
    expect(accesses).toEqual([{ kind: "read", address: 0x4001e400, size: 4, value: 0xffffffff, count: 1_001 }]);
  });

  it.each([
    ["limit", "runs on", [0xe7fe]],
    ["left", "branches to memory that is no RAM", [0x4700]],
    ["fault", "loads from an address that is not aligned for an exclusive access", [0xe850, 0x0f00]],
    ["breakpoint", "has a BKPT of its own", [0xbe01]],
    ["fault", "has an undefined instruction", [0xde00]],
    ["asleep", "waits for an interrupt", [0xbf30]],
  ])("ends as %s where code %s", (how, _, code) => {
    expect(run(code, [how === "left" ? 0x08001001 : 0x20000001]).how).toBe(how);
  });

  it("decodes an instruction that the core has, and none that it lacks", () => {
    const core = new BareCore("M0", [RAM]);
    // udiv r0, r0, r1 is none of an ARMv6-M
    core.write(RAM.start, new Uint8Array(Uint16Array.of(0xfbb0, 0xf0f1, BX_LR).buffer));
    expect([core.decodes(RAM.start), core.decodes(RAM.start + 4), core.decodes(0x10000000)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
