import { describe, expect, it } from "vitest";
import { M0, M0_PLUS } from "../../../../src/twin/cpu/profiles/v6m.ts";
import { M3, M4F, M7 } from "../../../../src/twin/cpu/profiles/v7m.ts";
import { M23, M33 } from "../../../../src/twin/cpu/profiles/v8m.ts";
import { CODE, codeBoard, ending, PSP, runToEnd } from "./code-board.ts";
import { DHCSR, DFSR, KEY } from "./test-board.ts";

const HARD_FAULT = 3;
const BUS_FAULT = 5;
const USAGE_FAULT = 6;
const SV_CALL = 11;
const CFSR = 0xe000ed28;
const RAM = 0x20001000;

/** ldr r1, [r0] */
const LDR = 0x6801;
const SVC = 0xdf00;

describe("ARMv6-M", () => {
  it.each([M0, M0_PLUS])(
    "takes a HardFault for an unaligned access of the $type, where ARMv7-M accesses",
    (profile) => {
      const [small, large] = [profile, M3].map((each) => {
        const board = codeBoard(each, [LDR]);
        board.setRegister(0, RAM + 1);
        return { exception: runToEnd(board), cfsr: board.read(CFSR) };
      });
      expect(small).toEqual({ exception: HARD_FAULT, cfsr: 0 });
      expect(large).toEqual({ exception: 0, cfsr: 0 });
    },
  );

  it("takes a HardFault without status where ARMv7-M has a BusFault with its address", () => {
    const [small, large] = [M0, M3].map((each) => {
      const board = codeBoard(each, [LDR]);
      board.setRegister(0, 0x90000000);
      return [runToEnd(board), board.read(CFSR), board.read(0xe000ed2c), board.read(0xe000ed38)];
    });
    expect(small).toEqual([HARD_FAULT, 0, 0, 0]);
    expect(large).toEqual([BUS_FAULT, 0x8200, 0, 0x90000000]);
  });

  it.each([
    ["cbz r0", [0xb100]],
    ["it eq", [0xbf08, 0xbf00]],
    ["movw r0, #0", [0xf240, 0x0000]],
    ["ldrex r0, [r0]", [0xe850, 0x0f00]],
    ["udiv r0, r1, r2", [0xfbb1, 0xf0f2]],
    ["vmov s0, r0", [0xee00, 0x0a10]],
    ["clrex", [0xf3bf, 0x8f2f]],
  ])("has no %s", (_name, code) => {
    expect(ending(M0, ...code)).toBe(HARD_FAULT);
  });

  it("has MRS, the barriers and BL", () => {
    expect(ending(M0, 0xf3ef, 0x8000, 0xf3bf, 0x8f4f, 0xf000, 0xf800)).toBe(0);
  });

  it("has no BASEPRI and no FAULTMASK", () => {
    // movs r0, #255; msr basepri, r0; msr faultmask, r0; mrs r1, basepri; mrs r2, faultmask
    const board = codeBoard(M0, [0x20ff, 0xf380, 0x8811, 0xf380, 0x8813, 0xf3ef, 0x8111, 0xf3ef, 0x8213]);
    expect(runToEnd(board)).toBe(0);
    expect([board.register(1), board.register(2), board.register(20) & 0xffff00]).toEqual([0, 0, 0]);
  });

  it("enters and leaves SVCall", () => {
    const board = codeBoard(M0_PLUS, [SVC, 0x2007], [0x4770]);
    expect(runToEnd(board)).toBe(0);
    expect(board.register(0)).toBe(7);
  });
});

describe("ARMv7-M without the DSP extension", () => {
  /** Instructions of the DSP extension (ARMv7-M ARM, table A4-6 and what belongs to it). */
  const DSP: readonly (readonly [name: string, hw1: number, hw2: number])[] = [
    ["pkhbt", 0xeac1, 0x0002],
    ["sxtab", 0xfa41, 0xf082],
    ["uxtah", 0xfa11, 0xf082],
    ["sxtb16", 0xfa2f, 0xf081],
    ["uadd8", 0xfa81, 0xf042],
    ["qsub16", 0xfad1, 0xf012],
    ["qadd", 0xfa81, 0xf082],
    ["sel", 0xfaa1, 0xf082],
    ["ssat16", 0xf321, 0x0001],
    ["usat16", 0xf3a1, 0x0001],
    ["smulbb", 0xfb11, 0xf002],
    ["smlad", 0xfb21, 0x3002],
    ["smulwb", 0xfb31, 0xf002],
    ["smusd", 0xfb41, 0xf002],
    ["smmul", 0xfb51, 0xf002],
    ["smmls", 0xfb61, 0x3002],
    ["usad8", 0xfb71, 0xf002],
    ["smlalbb", 0xfbc1, 0x0382],
    ["smlald", 0xfbc1, 0x03c2],
    ["smlsld", 0xfbd1, 0x03c2],
    ["umaal", 0xfbe1, 0x0362],
  ];

  it.each(DSP)("has no %s, which the M4 has", (_name, hw1, hw2) => {
    expect([ending(M3, hw1, hw2), ending(M4F, hw1, hw2)]).toEqual([USAGE_FAULT, 0]);
  });

  it.each([
    ["a rotated sxtb", 0xfa4f, 0xf091],
    ["ssat", 0xf301, 0x0007],
    ["umlal", 0xfbe1, 0x0302],
    ["mla", 0xfb01, 0x3002],
  ])("has %s", (_name, hw1, hw2) => {
    expect(ending(M3, hw1, hw2)).toBe(0);
  });

  it("has no coprocessor for an FPU's instruction", () => {
    const board = codeBoard(M3, [0xee30, 0x0a20]);
    expect([runToEnd(board), board.read(CFSR)]).toEqual([USAGE_FAULT, 1 << 19]);
  });
});

describe("reserved encodings", () => {
  it.each([
    ["pkhbt with S", 0xead1, 0x0002],
    ["pkhbt with T", 0xeac1, 0x0012],
    ["pkhtb with T", 0xeac1, 0x0032],
    ["0xEFxx of coprocessor 0", 0xef00, 0x0000],
    ["0xEFxx of the FPU", 0xef12, 0x0a10],
    ["0xFFxx of coprocessor 7", 0xff45, 0x0700],
    ["0xFFxx of the FPU", 0xffb0, 0x0b00],
  ])("make a UsageFault of %s for an undefined instruction", (_name, hw1, hw2) => {
    for (const profile of [M3, M4F, M7, M33]) {
      const board = codeBoard(profile, [hw1, hw2]);
      expect([profile.type, runToEnd(board), board.read(CFSR)]).toEqual([profile.type, USAGE_FAULT, 0x10000]);
    }
  });
});

describe("breakpoint unit of revision 2", () => {
  it("stops above 0x20000000, where revision 1 cannot", () => {
    const stopped = [M7, M4F].map((profile) => {
      const board = codeBoard(profile, []);
      new DataView(board.ram.buffer).setUint32(0, 0x3001_3001, true);
      new DataView(board.ram.buffer).setUint16(4, 0xbe00, true);
      board.write(0xe0002000, 3);
      board.write(0xe0002008, 0x20000003);
      board.setRegister(15, 0x20000000);
      runToEnd(board);
      return board.register(15);
    });
    expect(stopped).toEqual([0x20000002, 0x20000004]);
  });
});

describe("bit-band alias", () => {
  it("shows a bit of the RAM on the M3, and nothing on the M7", () => {
    const found = [M3, M7].map((profile) => {
      const board = codeBoard(profile, [LDR]);
      board.ram[0] = 0x20;
      board.setRegister(0, 0x22000014);
      return [runToEnd(board), board.register(1)];
    });
    expect(found[0]).toEqual([0, 1]);
    expect(found[1]?.[0]).toBe(BUS_FAULT);
  });
});

describe("stack limits", () => {
  const PUSH = 0xb40f;
  const STKOF = 1 << 20;

  /** A core on MSP with a limit eight bytes below it. */
  function limited(code: readonly number[]): ReturnType<typeof codeBoard> {
    const board = codeBoard(M33, code);
    board.setRegister(13, RAM + 0x100);
    board.setRegister(0x1c, RAM + 0xf8);
    return board;
  }

  it("make a UsageFault of a push below MSPLIM, before anything is stored", () => {
    const board = limited([PUSH]);
    board.ram.fill(0x55, 0x1000, 0x1100);
    // The fault's own frame does not fit either: STKOF again, and the HardFault that comes of it is the end.
    runToEnd(board);
    expect(board.read(CFSR) & STKOF).toBe(STKOF);
    expect(board.ram.subarray(0x10f0, 0x1100).every((byte) => byte === 0x55)).toBe(true);
  });

  it.each([
    ["push {r0, r1}", [0xb403]],
    ["sub sp, #8", [0xb082]],
    ["str r0, [sp, #-8]!", [0xf84d, 0x0d08]],
  ])("let %s down to MSPLIM itself", (_name, code) => {
    const board = limited([...code, 0xb002]);
    expect([runToEnd(board), board.read(CFSR)]).toEqual([0, 0]);
  });

  it.each([
    ["sub sp, #12", [0xb083]],
    ["sub.w sp, sp, #12", [0xf1ad, 0x0d0c]],
    ["str r0, [sp, #-12]!", [0xf84d, 0x0d0c]],
    ["strd r0, r1, [sp, #-16]!", [0xe96d, 0x0104]],
    ["stmdb sp!, {r0, r1, r8}", [0xe92d, 0x0103]],
    ["vpush {s0-s3}", [0xed2d, 0x0a04]],
  ])("stop %s", (_name, code) => {
    const board = limited(code);
    runToEnd(board);
    expect(board.read(CFSR) & STKOF).toBe(STKOF);
  });

  it("are written and read by MSR and MRS in steps of eight, and absent on ARMv7-M", () => {
    // movw r0, #0x100f; msr psplim, r0; mrs r1, psplim
    const code = [0xf241, 0x000f, 0xf380, 0x880b, 0xf3ef, 0x810b];
    const read = [M33, M4F].map((profile) => {
      const board = codeBoard(profile, code);
      runToEnd(board);
      return board.register(1);
    });
    expect(read).toEqual([0x1008, 0]);
  });

  it("make an exception that finds no room a UsageFault on the limit", () => {
    const board = codeBoard(M33, [SVC]);
    board.setRegister(20, 0x02000000);
    board.setRegister(PSP, RAM + 0x100);
    board.setRegister(0x1d, RAM + 0xf8);
    expect(runToEnd(board)).toBe(USAGE_FAULT);
    expect([board.read(CFSR), board.register(PSP)]).toEqual([STKOF, RAM + 0xf8]);
  });
});

describe("ARMv8-M", () => {
  it.each([
    [M33, 0xfffffff9],
    [M23, 0xffffffb8],
    [M4F, 0xfffffff9],
  ])("has its EXC_RETURN on the $type, and returns by it", (profile, link) => {
    const board = codeBoard(profile, [SVC, 0x2007], [0xbe00, 0x4770]);
    expect([runToEnd(board), board.register(14)]).toEqual([SV_CALL, link]);
    board.setRegister(15, board.register(15) + 2);
    expect(runToEnd(board)).toBe(0);
    expect(board.register(0)).toBe(7);
  });

  it("acquires and releases by loads and stores of three sizes, which must be aligned", () => {
    // stl r1, [r0]; ldab r2, [r0]; ldah r3, [r0]; lda r4, [r0]
    const code = [0xe8c0, 0x1faf, 0xe8d0, 0x2f8f, 0xe8d0, 0x3f9f, 0xe8d0, 0x4faf];
    const results = [0, 2].map((offset) => {
      const board = codeBoard(M33, code);
      board.setRegister(0, RAM + offset);
      board.setRegister(1, 0x89abcdef);
      return [runToEnd(board), board.register(2), board.register(3), board.register(4)];
    });
    expect(results[0]).toEqual([0, 0xef, 0xcdef, 0x89abcdef]);
    expect(results[1]?.[0]).toBe(USAGE_FAULT);
  });

  it("answers TT by the default map: readable and writable, Secure where there is security", () => {
    const answers = [M33, M23].map((profile) => {
      const board = codeBoard(profile, [0xe840, 0xf100]);
      board.setRegister(0, RAM);
      runToEnd(board);
      return board.register(1);
    });
    expect(answers).toEqual([0x004c0000, 0x000c0000]);
  });

  it("passes SG, and has no TTA without the Security Extension", () => {
    expect([ending(M33, 0xe97f, 0xe97f), ending(M23, 0xe97f, 0xe97f), ending(M23, 0xe840, 0xf180)]).toEqual([0, 0, 3]);
  });

  it("stays Secure by BLXNS to an odd address, and stops loudly at an even one", () => {
    const [odd, even] = [1, 0].map((bit) => {
      const board = codeBoard(M33, [0x4784]);
      board.setRegister(0, CODE + 2 + bit);
      runToEnd(board);
      return board;
    });
    expect([odd?.register(15), odd?.register(14), odd?.unknown]).toEqual([CODE + 2, CODE + 3, []]);
    expect([even?.unknown, even?.cpu.state]).toEqual([[0x4784], "lockup"]);
  });

  it("has no BXNS without the Security Extension", () => {
    expect(ending(M23, 0x4704)).toBe(HARD_FAULT);
  });

  it.each([
    ["movw and movt", [0xf240, 0x0000, 0xf2c0, 0x0000], 0],
    ["sdiv", [0xfb90, 0xf0f1], 0],
    ["cbnz", [0xb900], 0],
    ["b.w", [0xf000, 0xb800], 0],
    ["it eq", [0xbf08, 0xbf00], HARD_FAULT],
    ["beq.w", [0xf000, 0x8000], HARD_FAULT],
    ["mla", [0xfb01, 0x3002], HARD_FAULT],
    ["ldr.w", [0xf8d0, 0x0000], HARD_FAULT],
  ])("ends %s of the Baseline in %s", (_name, code, exception) => {
    expect(ending(M23, ...code)).toBe(exception);
  });

  it("watches data by MATCH and DATAVSIZE", () => {
    const board = codeBoard(M33, [0x6001, 0x6041]);
    board.setRegister(0, RAM);
    board.write(0xe0001020, RAM + 4);
    board.write(0xe0001028, 0x815);
    board.write(DHCSR, KEY | 1);
    board.cpu.run(100);
    expect([board.read(DFSR) & 4, board.register(15)]).toEqual([4, CODE + 4]);
  });
});
