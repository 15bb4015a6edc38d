import { describe, expect, it } from "vitest";
import { readComponent, romTableOf } from "../../../../src/twin/chip/debug/rom-table.ts";
import { CPU_PROFILES } from "../../../../src/twin/cpu/profiles/list.ts";
import type { CoreType } from "../../../../src/twin/cpu/profiles/profile.ts";
import { DEMCR, haltedBoard, type TestBoard } from "./test-board.ts";

const CPUID = 0xe000ed00;
const VTOR = 0xe000ed08;
const CCR = 0xe000ed14;
const MPU_TYPE = 0xe000ed90;
const MVFR0 = 0xe000ef40;
const FP_CTRL = 0xe0002000;
const DWT_CTRL = 0xe0001000;
const SCS = 0xe000e000;

const boardOf = (type: CoreType): TestBoard => haltedBoard({ profile: CPU_PROFILES[type] });

/** Four ID registers, lowest byte first, as one word. */
const idOf = (board: TestBoard, page: number, offset: number): number =>
  [0, 4, 8, 12].reduce((id, at, n) => (id | (board.read(page + offset + at) << (8 * n))) >>> 0, 0);

interface Identity {
  readonly type: CoreType;
  readonly cpuid: number;
  readonly mvfr: readonly number[];
  readonly fpb: number;
  readonly dwt: number;
  readonly scs: number;
  readonly rom: number;
}

const SINGLE_V4 = [0x10110021, 0x11000011, 0];
const SINGLE_V5 = [0x10110021, 0x11000011, 0x40];
const DOUBLE_V5 = [0x10110221, 0x12000011, 0x40];

/** What a debugger reads of each core (Arm's technical reference manuals; PIDRs as OpenOCD and pyOCD know them). */
const CORES: readonly Identity[] = [
  { type: "M0", cpuid: 0x410cc200, mvfr: [0, 0, 0], fpb: 0x40, dwt: 0x20000000, scs: 0x000bb008, rom: 0x000bb471 },
  { type: "M0+", cpuid: 0x410cc601, mvfr: [0, 0, 0], fpb: 0x40, dwt: 0x20000000, scs: 0x000bb008, rom: 0x000bb4c0 },
  { type: "M3", cpuid: 0x412fc231, mvfr: [0, 0, 0], fpb: 0x260, dwt: 0x40000000, scs: 0x000bb000, rom: 0x000bb4c3 },
  { type: "M4", cpuid: 0x410fc241, mvfr: [0, 0, 0], fpb: 0x260, dwt: 0x40000000, scs: 0x000bb00c, rom: 0x000bb4c4 },
  { type: "M4F", cpuid: 0x410fc241, mvfr: SINGLE_V4, fpb: 0x260, dwt: 0x40000000, scs: 0x000bb00c, rom: 0x000bb4c4 },
  {
    type: "M7",
    cpuid: 0x411fc272,
    mvfr: DOUBLE_V5,
    fpb: 0x10000080,
    dwt: 0x40000000,
    scs: 0x000bb00c,
    rom: 0x000bb4c7,
  },
  {
    type: "M23",
    cpuid: 0x411cd200,
    mvfr: [0, 0, 0],
    fpb: 0x10000040,
    dwt: 0x4f000000,
    scs: 0x000bbd20,
    rom: 0x000bb4cb,
  },
  {
    type: "M33",
    cpuid: 0x410fd214,
    mvfr: SINGLE_V5,
    fpb: 0x10000080,
    dwt: 0x40000000,
    scs: 0x000bbd21,
    rom: 0x000bb4c9,
  },
];

describe.each(CORES)("Cortex-$type", ({ type, cpuid, mvfr, fpb, dwt, scs, rom }) => {
  const board = boardOf(type);

  it("reads its CPUID and the FPU's features", () => {
    expect(board.read(CPUID)).toBe(cpuid);
    expect([0, 4, 8].map((at) => board.read(MVFR0 + at))).toEqual(mvfr);
  });

  it("reads the revisions and counts of its comparators", () => {
    expect(board.read(FP_CTRL)).toBe(fpb);
    expect(board.read(DWT_CTRL)).toBe(dwt);
    expect(board.read(FP_CTRL + 8 + 4 * ((fpb >> 4) & 7))).toBe(0);
  });

  it("has Arm's part numbers in the SCS and the ROM table, which points at every component", () => {
    const { components } = CPU_PROFILES[type];
    const table = romTableOf(CPU_PROFILES[type], []);
    expect(idOf(board, SCS, 0xfe0)).toBe(scs);
    expect([0, 4, 8, 12].map((at) => readComponent(table, 0xfe0 + at, 4))).toEqual(
      [0, 8, 16, 24].map((shift) => (rom >>> shift) & 0xff),
    );
    const listed = components.map((_, n) => (table.base + (readComponent(table, 4 * n, 4) & 0xfffff000)) >>> 0);
    expect(listed).toEqual(components.map(({ base }) => base));
    expect(readComponent(table, 4 * components.length, 4)).toBe(0);
  });

  it("saves a state that it restores, and no other core's", () => {
    const saved = board.cpu.save();
    expect(() => board.cpu.restore(saved)).not.toThrow();
    const other = boardOf(type === "M0" ? "M3" : "M0");
    expect(() => other.cpu.restore(saved)).toThrow(RangeError);
  });
});

describe("ARMv8-M components", () => {
  it("differ in DEVARCH", () => {
    const board = boardOf("M33");
    const architectures = [SCS, 0xe0001000, 0xe0002000, 0xe0000000].map((page) => board.read(page + 0xfbc));
    expect(architectures).toEqual([0x47702a04, 0x47701a02, 0x47701a03, 0x47701a01]);
    expect(idOf(board, SCS, 0xff0)).toBe(0xb105900d);
  });
});

describe("system control space of a profile", () => {
  it("has VTOR on all cores but the M0", () => {
    const moved = (["M0", "M0+", "M3", "M23"] as const).map((type) => {
      const board = boardOf(type);
      board.write(VTOR, 0x10000200);
      return board.read(VTOR);
    });
    expect(moved).toEqual([0, 0x10000200, 0x10000200, 0x10000200]);
  });

  it("keeps two priority bits on ARMv6-M", () => {
    const board = boardOf("M0");
    board.write(0xe000e400, 0xffffffff);
    board.write(0xe000ed1c, 0xffffffff);
    board.write(0xe000ed20, 0xffffffff);
    expect([0xe000e400, 0xe000ed1c, 0xe000ed20].map(board.read)).toEqual([0xc0c0c0c0, 0xc0000000, 0xc0c00000]);
  });

  it("has ARMv6-M's fixed CCR, no fault status and DEMCR's three bits", () => {
    const board = boardOf("M0+");
    for (const at of [CCR, 0xe000ed24, 0xe000ed28, 0xe000ed2c, DEMCR]) board.write(at, 0xffffffff);
    expect([CCR, 0xe000ed24, 0xe000ed28, 0xe000ed2c, DEMCR].map(board.read)).toEqual([0x208, 0x8000, 0, 0, 0x01000401]);
  });

  it("keeps the MPU's regions where there are some", () => {
    const board = boardOf("M7");
    expect([board.read(MPU_TYPE), boardOf("M4F").read(MPU_TYPE)]).toEqual([0x800, 0]);
    board.write(0xe000ed9c, 0x20000013);
    board.write(0xe000eda0, 0x03000025);
    board.write(0xe000ed98, 3);
    expect([board.read(0xe000ed9c), board.read(0xe000eda0)]).toEqual([0x20000003, 0x03000025]);
  });

  it("describes the M7's caches by CSSELR", () => {
    const board = boardOf("M7");
    const data = board.read(0xe000ed80);
    board.write(0xe000ed84, 1);
    expect([data, board.read(0xe000ed80)]).toEqual([0xf00fe019, 0xf01fe009]);
  });
});
