import { describe, expect, it } from "vitest";
import type { Width } from "../../src/adi/memory.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import * as faults from "../../src/registers/faults.ts";
import * as ftfe from "../../src/families/kinetis-ftfe/registers-flash.ts";
import * as kinetis from "../../src/families/kinetis-ftfe/registers-system.ts";
import * as mdm from "../../src/families/kinetis-ftfe/registers-mdm-ap.ts";
import type { Register } from "../../src/registers/register.ts";
import * as scs from "../../src/registers/scs.ts";
import * as geometry from "../../src/twin/families/kinetis-ftfe/geometry.ts";
import { MK24FN1M0 } from "../../src/twin/families/kinetis-ftfe/mk24fn1m0xxx12.ts";
import { board, onTarget } from "../support/board.ts";

/**
 * The third source, besides the product's tables and the twin's: address, width and value after reset as NXP's
 * MK24F12.h and the public SVD parts have them, and the ARMv7-M manual for the core's own. Undefined: not fixed.
 */
const THIRD: { readonly [name: string]: readonly [address: number, width: Width, reset?: number] } = {
  FSTAT: [0x40020000, 8, 0x80],
  FCNFG: [0x40020001, 8, 0x06],
  FSEC: [0x40020002, 8, 0xfe],
  FOPT: [0x40020003, 8, 0xff],
  FMC_PFB0CR: [0x4001f004, 32, 0x3004001f],
  SMC_PMSTAT: [0x4007e003, 8, 0x01],
  RCM_SRS0: [0x4007f000, 8],
  RCM_SRS1: [0x4007f001, 8],
  WDOG_STCTRLH: [0x40052000, 16, 0x01d3],
  SIM_SOPT1: [0x40047000, 32, 0x8000b000],
  SIM_FCFG2: [0x40048050, 32, 0x40c00000],
  CPUID: [0xe000ed00, 32, 0x410fc241],
  AIRCR: [0xe000ed0c, 32, 0xfa050000],
  CFSR: [0xe000ed28, 32, 0],
  HFSR: [0xe000ed2c, 32, 0],
  DEMCR: [0xe000edfc, 32],
  MVFR0: [0xe000ef40, 32, 0x10110021],
};

const isRegister = (value: unknown): value is Register =>
  typeof value === "object" && value !== null && "decode" in value;

/** The product's registers by name. */
const product = new Map(
  [ftfe, kinetis, scs, faults, mdm]
    .flatMap((module) => Object.values(module).filter(isRegister))
    .map((r) => [r.name, r]),
);

describe("the product's registers", () => {
  it.each(Object.entries(THIRD))("%s lies where the header has it, as wide", (name, [address, width]) => {
    expect(product.get(name)).toMatchObject({ address, width });
  });

  it("name no two registers at one address, but for the two views of CFSR", () => {
    const memory = [...product.values()].filter((r) => r.address > 0x1000);
    expect(new Set(memory.map((r) => r.address)).size).toBe(memory.length);
  });
});

describe("the twin's registers", () => {
  it("answer at the header's addresses with the header's values", async () => {
    const fixed = Object.entries(THIRD).filter(([, [, , reset]]) => reset !== undefined);
    const seen = await onTarget(board(), async (session) => {
      await session.reset("system", "halt");
      const ops = fixed.map(([, [address, width]]) => ({ op: "read", address, width }) as const);
      return session.core.memory.run(ops);
    });
    expect(fixed.map(([name], i) => [name, seen[i]])).toEqual(fixed.map(([name, [, , reset]]) => [name, reset]));
  });
});

describe("the K24's flash geometry in product and twin", () => {
  it("is the same", () => {
    const [flash] = chip.banks;
    expect(flash.length).toBe(geometry.FLASH_SIZE);
    expect(flash.sectors).toEqual([{ size: geometry.SECTOR_SIZE, count: geometry.FLASH_SIZE / geometry.SECTOR_SIZE }]);
    expect(flash.write).toEqual({
      unit: geometry.PHRASE_SIZE,
      once: true,
      burst: { size: geometry.SECTION_BUFFER_SIZE, unit: geometry.DOUBLE_PHRASE_SIZE },
    });
    expect(flash.controller?.buffer).toEqual({ start: geometry.FLEXRAM_BASE, length: geometry.SECTION_BUFFER_SIZE });
    const sram = chip.memories.filter((m) => m.name.startsWith("SRAM")).map((m) => [m.start, m.length]);
    expect(sram).toEqual([
      [MK24FN1M0.sramL.base, MK24FN1M0.sramL.size],
      [MK24FN1M0.sramU.base, MK24FN1M0.sramU.size],
    ]);
  });
});
