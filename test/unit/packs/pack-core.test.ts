import { describe, expect, it } from "vitest";
import type { PackDevice, PackMemory } from "../../../src/packs/device.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import type { Pack } from "../../../src/packs/pack.ts";
import { coreTypeOf, ownChipOf, packChip, workRamOf } from "../../../src/packs/pack-chip.ts";
import { elfWith } from "./made-flm.ts";

const memory = (start: number, length: number, letters = "rwx", isDefault = true): PackMemory => ({
  ...{ name: "memory", start, length, isDefault },
  access: { read: letters.includes("r"), write: letters.includes("w"), execute: letters.includes("x") },
});

describe("the core of a processor", () => {
  it.each([
    ["Cortex-M0", "M0"],
    ["cortex-m0+", "M0+"],
    ["SC000", "M0+"],
    ["Cortex-M3", "M3"],
    ["SC300", "M3"],
    ["Cortex-M4", "M4"],
    ["Cortex-M7", "M7"],
    ["Cortex-M23", "M23"],
    ["ARMV8MBL", "M23"],
    ["Cortex-M33", "M33"],
    ["Cortex-M35P", "M33"],
    ["Cortex-M52", "M33"],
    ["Cortex-M55", "M33"],
    ["Cortex-M85", "M33"],
    ["ARMV8MML", "M33"],
    ["ARMV81MML", "M33"],
    ["Star-MC1", "M33"],
  ])("%s is %s", (name, type) => {
    expect(coreTypeOf(name)).toBe(type);
    expect([coreTypeOf(`x${name}`), coreTypeOf(`${name}x`)]).toEqual([undefined, undefined]);
  });

  it.each(["Cortex-A7", "Cortex-M", "Cortex-M34", "ARMV82MML", ""])("%s is no Cortex-M that is known", (name) => {
    expect(coreTypeOf(name)).toBeUndefined();
  });
});

describe("the chip of Flashproof's own that a device is", () => {
  it("has its name, or that of an order code, of the device or of what that is a variant of, in any case", () => {
    const names = (name: string, variantOf?: string) => ownChipOf({ name, ...(variantOf && { variantOf }) })?.name;
    expect(names("mk24fn1m0XXX12")).toBe("MK24FN1M0xxx12");
    expect(names("MK24FN1M0VLL12")).toBe("MK24FN1M0xxx12");
    expect(names("other", "MK24FN1M0xxx12")).toBe("MK24FN1M0xxx12");
    expect([names("other"), names("MK24FN1M0xxx12 ")]).toEqual([undefined, undefined]);
  });
});

describe("RAM that a flash algorithm may use", () => {
  const places = (...memories: readonly PackMemory[]) =>
    workRamOf(memories).map(({ start, length }) => [start, length]);

  it("is what is read, written and executed", () => {
    const all = ["rwx", "rw", "rx", "wx"].map((letters, i) => memory(0x2000_0000 + 0x1_0000 * i, 0x1000, letters));
    expect(places(...all)).toEqual([[0x2000_0000, 0x1000]]);
  });

  it("is first what a linker uses unasked, then the rest, each in the order of the file", () => {
    const [a, b, c, d] = [0x2003_0000, 0x2001_0000, 0x2002_0000, 0x2000_0000];
    expect(
      places(memory(a, 0x100, "rwx", false), memory(b, 0x100), memory(c, 0x100, "rwx", false), memory(d, 0x100)),
    ).toEqual([
      [b, 0x100],
      [d, 0x100],
      [a, 0x100],
      [c, 0x100],
    ]);
  });

  it("is one RAM where parts touch or overlap and both are, or are not, default ones", () => {
    expect(places(memory(0x1000, 0x100), memory(0x1100, 0x100))).toEqual([[0x1000, 0x200]]);
    expect(places(memory(0x1000, 0x200), memory(0x1080, 0x100))).toEqual([[0x1000, 0x200]]);
    expect(places(memory(0x1000, 0x100), memory(0x1104, 0x100))).toHaveLength(2);
    expect(places(memory(0x1000, 0x100), memory(0x1100, 0x100, "rwx", false))).toHaveLength(2);
  });

  it("takes the best place of its parts", () => {
    const other = memory(0x3000, 0x100);
    expect(places(memory(0x1100, 0x100), other, memory(0x1000, 0x100))).toEqual([
      [0x1000, 0x200],
      [0x3000, 0x100],
    ]);
  });

  it("is whole words below the system's addresses", () => {
    expect(places(memory(0x1001, 0x10))).toEqual([[0x1004, 0xc]]);
    expect(places(memory(0x1001, 6))).toEqual([]);
    expect(places(memory(0xdfff_f000, 0x2000))).toEqual([[0xdfff_f000, 0x1000]]);
    expect(places(memory(0xe000_0000, 0x2000))).toEqual([]);
  });

  it("is what the pack names for an algorithm, even from a memory that is not marked as executed", () => {
    const ram = memory(0x2000_0000, 0x1000, "rw");
    const named = (start: number) => workRamOf([ram], [{ ram: { start, length: 0x100 } }, {}]);
    expect(named(0x2000_0fff)).toHaveLength(1);
    expect(named(0x2000_1000)).toEqual([]);
    expect(workRamOf([memory(0x2000_0000, 0x1000, "w")], [{ ram: { start: 0x2000_0000, length: 4 } }])).toEqual([]);
  });
});

describe("the core of a device of a pack", () => {
  const flm = readFlm(elfWith(), "made.FLM");
  const use = { path: "made.FLM", ...flm.flash, isDefault: true, style: "Keil" } as const;
  const processor = (core: string, name?: string) =>
    ({ ...(name && { name }), core, units: 1, fpu: "none", mpu: false, endian: "little" }) as const;

  function chip(given: Partial<PackDevice> = {}, version = "1.0", format: Pack["format"] = "cmsis-pack") {
    const device: PackDevice = {
      ...{ name: "MADE", vendor: "Made", family: "F", memories: [memory(0x2000_0000, 0x4000)], algorithms: [use] },
      ...{ processors: [processor("Cortex-M4")], debugPorts: [], accessPorts: [], debug: [], sequences: [], books: [] },
      ...given,
    };
    return packChip({ id: "Made.Up", version, format } as Pack, device, [{ use, algorithm: flm }]);
  }

  it("has the name core0 and access port 0 where the device states nothing", () => {
    expect(chip().cores).toEqual([{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }]);
  });

  it("is reached by the access port that its own description of debugging names", () => {
    const processors = [processor("Cortex-M7", "a"), processor("Cortex-M4", "b")];
    const debug = [
      { core: "b", dp: 0, ap: { index: 1 } },
      { core: "a", dp: 1, ap: { index: 2 } },
    ];
    const debugPorts = [
      { dp: 0, targetsel: 5 },
      { dp: 1, targetsel: 6 },
    ];
    expect(chip({ processors, debug, debugPorts }).cores).toEqual([
      { name: "a", type: "M7", ap: { v: 1, index: 2 }, targetsel: 6 },
    ]);
    expect(chip({ processors, debug: [debug[0]], debugPorts }).cores).toEqual([
      { name: "a", type: "M7", ap: { v: 1, index: 1 }, targetsel: 5 },
    ]);
    expect(chip({ debugPorts }).cores[0].targetsel).toBe(5);
  });

  it("is reached by an access port's element by its id, and by port 0 where there is none of that id", () => {
    const accessPorts = [
      { id: 3, dp: 0, place: { v: 2, address: 0x2000 } },
      { id: 4, dp: 0, place: { v: 1, index: 1 } },
    ] as const;
    const ap = (id: number) => chip({ accessPorts, debug: [{ dp: 0, ap: { id } }] }).cores[0].ap;
    expect([ap(3), ap(4), ap(5)]).toEqual([
      { v: 2, address: 0x2000 },
      { v: 1, index: 1 },
      { v: 1, index: 0 },
    ]);
  });

  it("is refused where it is no Cortex-M, by its name", () => {
    const refused = (processors: PackDevice["processors"]) => () => chip({ processors });
    expect(refused([processor("Cortex-A7")])).toThrow(
      expect.objectContaining({
        code: "algorithm-unsupported",
        message: "MADE has a Cortex-A7, no Cortex-M",
        details: { reason: "core", core: "Cortex-A7" },
      }),
    );
    expect(refused([])).toThrow("MADE has a processor without a name, no Cortex-M");
  });

  it("stands beside the pack that everything is from", () => {
    expect(chip()).toMatchObject({ origin: "pack", sources: [{ from: "Made.Up 1.0" }], detection: { reads: [] } });
    expect(chip({}, "", "probe-rs")).toMatchObject({ origin: "probe-rs", sources: [{ from: "Made.Up" }] });
    expect(chip({}, "", "own").origin).toBe("user");
    expect(chip().protection).toBeUndefined();
    expect(chip()).not.toHaveProperty("knownCells");
  });
});
