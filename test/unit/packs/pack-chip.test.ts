import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { planEraseAll, planFlash } from "../../../src/flash/plan/plan.ts";
import type { PackAlgorithm, PackDevice, PackMemory } from "../../../src/packs/device.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import type { Pack } from "../../../src/packs/pack.ts";
import type { ReadAlgorithm } from "../../../src/packs/pack-banks.ts";
import { packChip } from "../../../src/packs/pack-chip.ts";
import { PackError } from "../../../src/packs/pack-error.ts";
import { elfWith, FUNCTIONS, type MadeDescriptor, sectionsWith } from "./made-flm.ts";

const K24 = "MK24FN1M0xxx12";

const memory = (given: Partial<PackMemory> & Pick<PackMemory, "start" | "length">, letters = "rwx"): PackMemory => ({
  name: "memory",
  access: { read: letters.includes("r"), write: letters.includes("w"), execute: letters.includes("x") },
  isDefault: true,
  ...given,
});

const RAM = memory({ name: "RAM", start: 0x20000000, length: 0x4000 });

/** An algorithm that was read, for the addresses that it describes where no others are given. */
function algorithm(
  made: MadeDescriptor,
  use: Partial<PackAlgorithm> = {},
  functions: readonly string[] = FUNCTIONS.map(({ name }) => name),
): ReadAlgorithm {
  const symbols = FUNCTIONS.filter(({ name }) => functions.includes(name));
  const read = readFlm(elfWith(sectionsWith(made), symbols), use.path ?? "made.FLM");
  return { use: { path: read.name, ...read.flash, isDefault: true, style: "Keil", ...use }, algorithm: read };
}

/** A device of these algorithms and memories as a chip. */
function chip(read: readonly ReadAlgorithm[], memories = [RAM], given: Partial<PackDevice> = {}): Chip {
  const device: PackDevice = {
    ...{ name: "MADE", vendor: "Made", family: "F", memories, algorithms: read.map(({ use }) => use) },
    processors: [{ core: "Cortex-M4", units: 1, fpu: "none", mpu: false, endian: "little" }],
    ...{ debugPorts: [], accessPorts: [], debug: [], sequences: [], books: [] },
    ...given,
  };
  const pack = { id: "Made.Up", version: "1.0.0", format: "cmsis-pack" } as const;
  return packChip(pack as Pack, device, read);
}

/** The code and the reason with which something is refused. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return error instanceof PackError
      ? `${error.code} ${JSON.stringify(error.details["reason"])}`.replaceAll('"', "")
      : String(codeOf(error));
  }
  return "made";
}

const places = ({ banks }: Chip) => banks.map(({ id, start, length }) => [id, start, length]);

describe("the bank of an algorithm", () => {
  it("begins at the first whole sector where a memory begins inside of one", () => {
    const flash = memory({ start: 0x800, length: 0x3800 }, "rx");
    const made = chip([algorithm({ size: 0x8000 })], [flash, RAM]);
    expect(places(made)).toEqual([["main", 0x1000, 0x3000]]);
    expect(made.banks[0].sectors).toEqual([{ size: 0x1000, count: 3 }]);
  });

  it("is none where no sector lies in the memory as a whole", () => {
    const flash = memory({ start: 0x800, length: 0x1000 }, "rx");
    expect(refusal(() => chip([algorithm({ size: 0x8000 })], [flash, RAM]))).toBe("pack-invalid no-flash");
  });

  it("begins at a whole page where its algorithm erases nothing", () => {
    const flash = memory({ start: 0x300, length: 0x500 }, "rx");
    const made = chip([algorithm({ size: 0x8000 }, {}, ["Init", "ProgramPage"])], [flash, RAM]);
    expect(places(made)).toEqual([["main", 0x400, 0x400]]);
    expect(made.banks[0].sectors).toEqual([]);
  });

  it("is no firmware's where another one is the device's default, external flash and a default that can't be used included", () => {
    const inside = algorithm({ name: "Flash" });
    const outside = algorithm({ name: "SPI", type: 5, start: 0x90000000 }, { path: "spi.FLM", isDefault: false });
    expect(chip([inside, outside]).banks.map(({ kind }) => kind)).toEqual(["main", "option"]);
    const algorithms = [inside.use, outside.use];
    expect(refusal(() => chip([outside], [RAM], { algorithms }))).toBe("pack-invalid no-flash");
    const ofIar = [{ ...inside.use, style: "IAR" } as const, outside.use];
    expect(chip([outside], [RAM], { algorithms: ofIar }).banks.map(({ kind }) => kind)).toEqual(["external"]);
  });
});

describe("a device that Flashproof has a chip of", () => {
  it("keeps the sector that locks it blank, although the pack's bank begins before it or behind the flash's first byte", () => {
    const flash = memory({ start: 0x0, length: 0x100000 }, "rx");
    const made = chip([algorithm({ size: 0x100000 })], [flash, RAM], { name: K24 });
    expect(places(made)).toEqual([
      ["main-lock", 0x0, 0x1000],
      ["main-rest", 0x1000, 0xff000],
    ]);
    expect(made.banks.map((bank) => [bank.controller === undefined, bank.algorithm === undefined])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it("is not refused for a bank that lies behind the sector", () => {
    const made = chip([algorithm({ size: 0x100000 })], [memory({ start: 0x8000, length: 0x8000 }, "rx"), RAM], {
      name: K24,
    });
    expect(places(made)).toEqual([["main", 0x8000, 0x8000]]);
  });

  it.each([
    ["smaller sectors", { size: 0x100000, sectors: [[0x800, 0]] }, undefined],
    ["larger sectors", { size: 0x100000, sectors: [[0x2000, 0]] }, undefined],
    ["sectors that are shifted", { start: 0x400, size: 0x10000, sectors: [[0x1000, 0]] }, undefined],
    ["a part of the sector that locks it", { size: 0x800, sectors: [[0x800, 0]] }, undefined],
    [
      "pages of a part of it, which are only programmed",
      { size: 0x800, sectors: [[0x800, 0]] },
      ["Init", "ProgramPage"],
    ],
  ] as const)("is refused with %s", (_, made, functions) => {
    expect(refusal(() => chip([algorithm(made, {}, functions)], [RAM], { name: K24 }))).toBe(
      "algorithm-invalid sectors-differ",
    );
  });

  it.each([
    ["a token for a bank of the pack that the chip does not have", 0x00800000, ["lock-for-ever"]],
    ["none for the flash that it has", 0x8000, []],
  ] as const)("needs %s", (_, address, acts) => {
    const main = algorithm({ size: 0x100000 });
    const option = algorithm({ name: "option bytes", start: 0x00800000, size: 0x1000 }, { path: "a.FLM" });
    const made = chip([main, option], [RAM], { name: K24 });
    const segments = [{ name: "a", address, bytes: new Uint8Array(0x200) }];
    const image = { format: "raw", segments, symbols: [] } as const;
    const plan = planFlash({ chip: made, image, policy: "as-image", keepRest: false, banks: ["option"] });
    expect([made.protection === undefined, plan.needs.map(({ act }) => act)]).toEqual([false, acts]);
  });

  it("needs no token for a bank beside the firmware's that it has itself", () => {
    const uicr = algorithm({ name: "UICR", start: 0x10001000, size: 0x1000 }, { path: "uicr.FLM" });
    const made = chip([algorithm({ size: 0x100000 }), uicr], [RAM], { name: "nRF52840_xxAA" });
    const segments = [{ name: "a", address: 0x10001080, bytes: new Uint8Array(4) }];
    const image = { format: "raw", segments, symbols: [] } as const;
    const plan = planFlash({ chip: made, image, policy: "keep-open", keepRest: false, banks: ["option-lock"] });
    expect(places(made).map(([id]) => id)).toEqual(["main", "option-lock"]);
    expect(plan.needs.filter(({ why }) => why.includes("unknown"))).toEqual([]);
  });
});

describe("RAM of a device", () => {
  it("is not what an algorithm programs, although the pack has it as read, written and executed", () => {
    const flash = memory({ name: "FLASH", start: 0, length: 0x10000 });
    const made = chip([algorithm({})], [flash, RAM]);
    expect(made.workRam).toEqual([{ start: RAM.start, length: RAM.length }]);
    expect(made.memories.map(({ name }) => name)).toEqual(["RAM"]);
    expect(places(made)).toEqual([["main", 0, 0x10000]]);
    expect(refusal(() => chip([algorithm({})], [flash]))).toBe("pack-invalid no-ram");
  });

  it("runs code where the pack names RAM for an algorithm, although its memory is not executed, and nowhere else", () => {
    const [lower, upper] = [0x1fff0000, 0x20000000].map((start) => memory({ start, length: 0x10000 }, "rw"));
    const named = algorithm({}, { ram: { start: 0x20000000, length: 0x1000 } });
    expect(chip([named], [lower, upper]).workRam).toEqual([{ start: 0x20000000, length: 0x10000 }]);
    expect(refusal(() => chip([algorithm({})], [lower, upper]))).toBe("pack-invalid no-ram");
  });

  it("and its flash are the first processor's only", () => {
    const [a, b] = ["a", "b"].map((name) => {
      return { name, core: "Cortex-M33", units: 1, fpu: "none", mpu: false, endian: "little" } as const;
    });
    const rams = [
      memory({ name: "B", core: "b", start: 0x21000000, length: 0x1000 }),
      memory({ name: "A", core: "a", start: 0x20000000, length: 0x2000 }),
    ];
    const read = [algorithm({ name: "A" }, { core: "a" }), algorithm({ name: "B", start: 0x01000000 }, { core: "b" })];
    const made = chip(read, rams, { processors: [a, b] });
    expect(made.workRam).toEqual([{ start: 0x20000000, length: 0x2000 }]);
    expect(made.banks.map(({ name }) => name)).toEqual(["A"]);
  });
});

describe("an erase of everything", () => {
  it("of a device whose algorithm erases nothing is refused", () => {
    const made = chip([algorithm({}, {}, ["Init", "ProgramPage"])]);
    expect(refusal(() => planEraseAll(made))).toBe("not-erasable");
  });
});
