import { describe, expect, it } from "vitest";
import { disassemble, disassembleAround } from "../../../src/cortex/disasm.ts";
import { inHex } from "../../support/hex.ts";

const bytes = (...halves: number[]) => Uint8Array.from(halves.flatMap((half) => [half & 0xff, half >> 8]));

describe("disassembler", () => {
  it("prints a 16-bit instruction", async () => {
    expect(await disassemble(bytes(0xbf00), 0x100)).toEqual({ address: 0x100, length: 2, text: "NOP" });
    expect((await disassemble(bytes(0x4770), 0)).text).toBe("BX      LR");
  });

  it("prints a 32-bit instruction with its operands", async () => {
    expect(await disassemble(bytes(0xf105, 0x0001), 0)).toMatchObject({ length: 4, text: "ADD.W   R0, R5, #1" });
  });

  it("prints the instructions of an M-profile core and its FPU", async () => {
    expect((await disassemble(bytes(0xf3ef, 0x8008), 0)).text).toBe("MRS     R0, MSP");
    expect((await disassemble(bytes(0xee30, 0x0a20), 0)).text).toBe("VADD.F32 S0, S0, S1");
  });

  /** `ADD.W R0, R5, #1` between two `NOP`s, and the first half of another. */
  const CODE = bytes(0xbf00, 0xf105, 0x0001, 0xbf00, 0xf105);

  it("decodes one instruction after another, and leaves out an instruction that is cut off", async () => {
    const found = await disassembleAround({ start: 0x100, bytes: CODE, at: 0x100 });
    expect(found.map(({ address, length, text }) => [address, length, text])).toEqual([
      [0x100, 2, "NOP"],
      [0x102, 4, "ADD.W   R0, R5, #1"],
      [0x106, 2, "NOP"],
    ]);
  });

  it("begins before the given address so that an instruction begins there, and leaves the first 16 bytes out", async () => {
    const before = bytes(0x0001, ...Array.from({ length: 8 }, () => 0xbf00), 0xf105, 0x0001);
    const found = await disassembleAround({ start: 0x100, bytes: before, at: 0x116 });
    expect(found.map(({ address, text }) => [address, text])).toEqual([
      [0x110, "NOP"],
      [0x112, "ADD.W   R0, R5, #1"],
    ]);
    const inside = await disassembleAround({ start: 0x102, bytes: CODE.subarray(2), at: 0x104 });
    expect(inside[0].address).toBe(0x104);
  });

  it("names R9 to R12 by their numbers", async () => {
    expect((await disassemble(bytes(0x46b9), 0)).text).toBe("MOV     R9, R7");
    expect((await disassemble(bytes(0xeb0c, 0x0a0b), 0)).text).toBe("ADD.W   R10, R12, R11");
  });

  it.each(
    inHex([
      [0xe7fe, 2],
      [0xe890, 4],
      [0xffff, 4],
    ]),
  )("takes a halfword from 0xE800 up for the first of two: %s has %i bytes", async (_, length, half) => {
    const [only] = await disassembleAround({ start: 0, bytes: bytes(half, 0x0003), at: 0 });
    expect(only.length).toBe(length);
    const cut = await disassembleAround({ start: 0, bytes: bytes(half), at: 0 });
    expect(cut.length).toBe(length === 2 ? 1 : 0);
  });

  it("begins so many halfwords later that an instruction begins at the given address, which comes once", async () => {
    // Eleven halfwords that each begin an instruction of two: an odd number.
    const code = bytes(...Array.from({ length: 11 }, () => 0xf105), 0xbf00);
    const found = await disassembleAround({ start: 0x100, bytes: code, at: 0x116 });
    expect(found.map(({ address, length }) => [address, length]).slice(-2)).toEqual([
      [0x112, 4],
      [0x116, 2],
    ]);
    expect(found.filter(({ address }) => address >= 0x116).length).toBe(1);
  });

  it("begins a halfword later as long as no instruction ends where the given address is, and finds none at all otherwise", async () => {
    const nops = Array.from({ length: 8 }, () => 0xbf00);
    const odd = bytes(...nops, 0xbf00, 0xf105);
    // The last halfword before the address begins an instruction of two that would end behind it.
    expect(await disassembleAround({ start: 0x100, bytes: odd, at: 0x114 })).toEqual([]);
  });

  it("prints hexadecimal operands with a small x, and no space behind an instruction without operands", async () => {
    expect((await disassemble(bytes(0x2010), 0)).text).toBe("MOVS    R0, #0x10");
    expect((await disassemble(bytes(0xbf00), 0)).text).toBe("NOP");
  });

  it("prints an undefined encoding of one halfword as data, whatever lies behind it", async () => {
    expect(await disassemble(bytes(0xce00, 0xbf00), 0x10)).toEqual({
      address: 0x10,
      length: 2,
      text: ".inst   0xCE00",
    });
    expect(await disassemble(bytes(0x4781), 0)).toEqual({ address: 0, length: 2, text: ".inst   0x4781" });
  });

  it("prints an undefined encoding as data", async () => {
    expect((await disassemble(bytes(0xffff, 0xffff), 0)).text).toBe(".inst   0xFFFFFFFF");
  });
});
