import { describe, expect, it } from "vitest";
import {
  accessPortsOf,
  algorithmsOf,
  debugOf,
  debugPortsOf,
  memoriesOf,
  processorsOf,
} from "../../../../src/packs/pdsc/device-parts.ts";
import { readXml } from "../../../../src/packs/pdsc/xml.ts";

/** Levels of a device from the outside in, by what stands in each. */
const levels = (...all: readonly string[]) => all.map((text) => readXml(new TextEncoder().encode(`<l>${text}</l>`)));
const processor = (attributes: string) => processorsOf(levels(`<processor ${attributes}/>`))[0];
const memory = (attributes: string) => memoriesOf(levels(`<memory start="0" size="1" ${attributes}/>`))[0];
const algorithm = (attributes: string) => algorithmsOf(levels(`<algorithm start="0" size="1" ${attributes}/>`))[0];

describe("a processor of a description", () => {
  it("has the usual values where nothing is stated", () => {
    expect(processor("")).toEqual({ core: "unknown", units: 1, fpu: "none", mpu: false, endian: "little" });
  });

  it("has its name, its number of units and its clock", () => {
    expect(processor('Pname="M4" Dcore="Cortex-M4" Punits="2" Dclock="1000"')).toMatchObject({
      name: "M4",
      core: "Cortex-M4",
      units: 2,
      clock: 1000,
    });
  });

  it.each([
    ["DP_FPU", "double"],
    ["dp_fpu", "double"],
    ["SP_FPU", "single"],
    ["FPU", "single"],
    ["1", "single"],
    ["NO_FPU", "none"],
    ["0", "none"],
    ["11", "none"],
    ["xDP_FPU", "none"],
    ["DP_FPUx", "none"],
    ["NO_SP_FPU", "none"],
  ])("with Dfpu %s has the floating point unit %s", (text, fpu) => {
    expect(processor(`Dfpu="${text}"`).fpu).toBe(fpu);
  });

  it.each([
    ["MPU", true],
    ["1", true],
    ["NO_MPU", false],
    ["MPUx", false],
    ["0", false],
  ])("with Dmpu %s has a memory protection unit: %s", (text, mpu) => {
    expect(processor(`Dmpu="${text}"`).mpu).toBe(mpu);
  });

  it.each([
    ["Big-endian", "big"],
    ["Configurable", "configurable"],
    ["Little-endian", "little"],
    ["Not-Big", "little"],
    ["Configurable-not", "little"],
    ["not-Configurable", "little"],
  ])("with Dendian %s is %s", (text, endian) => {
    expect(processor(`Dendian="${text}"`).endian).toBe(endian);
  });

  it("is the same one at every level by its name, those without a name as one", () => {
    const all = levels('<processor Dcore="A"/><processor Pname="x" Dcore="B"/>', '<processor Dclock="5"/>');
    expect(processorsOf(all).map(({ core, clock }) => [core, clock])).toEqual([
      ["A", 5],
      ["B", undefined],
    ]);
  });
});

describe("a memory of a description", () => {
  it.each([
    ['access="rwx"', "rwx"],
    ['access="r"', "r"],
    ['id="IROM1"', "rx"],
    ['id="ROM"', "rx"],
    ['id="IRAM2"', "rwx"],
    ['id="RAM"', "rwx"],
    ['id="iram1"', "rwx"],
    ['id="XRAM"', "r"],
    ['id="XROM"', "r"],
    ['name="RAM" id="IRAM1"', "r"],
    ['name="ROM" id="IROM1"', "r"],
    ['name="A"', "r"],
    ['id="IRAM1" access="x"', "x"],
  ])("with %s may be used for %s", (attributes, letters) => {
    const { read, write, execute } = memory(attributes).access;
    expect([read && "r", write && "w", execute && "x"].filter(Boolean).join("")).toBe(letters);
  });

  it("has a name, else its id, else none of its own", () => {
    expect(['name="A" id="B"', 'id="B"', ""].map((attributes) => memory(attributes).name)).toEqual([
      "A",
      "B",
      "memory",
    ]);
  });

  it("has its alias and its processor where it has one, and is a default one where it is marked", () => {
    expect(memory('name="A" alias="B" Pname="M4" default="1"')).toMatchObject({
      alias: "B",
      core: "M4",
      isDefault: true,
    });
    expect(memory('name="A" default="true"').isDefault).toBe(true);
    expect(memory('name="A" default="0"')).not.toMatchObject({ alias: expect.anything() });
    expect(['default="0"', 'default="10"', 'default="untrue"', ""].map((text) => memory(text).isDefault)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("is another one of another processor, and the same one without", () => {
    const one = '<memory name="A" start="0" size="1"/>';
    expect(memoriesOf(levels(one, '<memory name="A" Pname="M4" start="0" size="1"/>'))).toHaveLength(2);
    expect(memoriesOf(levels(one, '<memory name="A" size="2"/>')).map(({ length }) => length)).toEqual([2]);
  });

  it.each(["start", "size"])("is refused without its %s, by its name", (attribute) => {
    const other = attribute === "start" ? 'size="1"' : 'start="0"';
    expect(() => memoriesOf(levels(`<memory name="A" ${other}/>`))).toThrow(`The memory A has no ${attribute}`);
  });
});

describe("a flash algorithm of a description", () => {
  it.each([
    ["Keil", "Keil"],
    ["iar", "IAR"],
    ["CMSIS", "CMSIS"],
  ])("has the style %s in any case", (text, style) => {
    expect(algorithm(`name="a" style="${text}"`).style).toBe(style);
  });

  it("has a path with slashes, Keil's style and no RAM where nothing else is stated", () => {
    expect(algorithm('name="a\\b\\c.FLM"')).toEqual({
      path: "a/b/c.FLM",
      start: 0,
      length: 1,
      isDefault: false,
      style: "Keil",
    });
  });

  it("has RAM where both its start and its size are stated", () => {
    expect(algorithm('RAMstart="0x20000000" RAMsize="16"').ram).toEqual({ start: 0x2000_0000, length: 16 });
    expect([algorithm('RAMstart="0"').ram, algorithm('RAMsize="16"').ram]).toEqual([undefined, undefined]);
    expect(algorithm('Pname="M4"').core).toBe("M4");
  });

  it("is another one of other addresses, another style or another processor, and in place of an outer one else", () => {
    const outer = '<algorithm name="a" start="0" size="1"/>';
    const with_ = (attributes: string) =>
      algorithmsOf(levels(outer, `<algorithm name="b" ${attributes}/>`)).map(({ path }) => path);
    expect(with_('start="0x0" size="1" style="Keil"')).toEqual(["b"]);
    for (const other of [
      'start="1" size="1"',
      'start="0" size="2"',
      'start="0" size="1" style="IAR"',
      'start="0" size="1" Pname="x"',
    ])
      expect(with_(other)).toEqual(["a", "b"]);
  });
});

describe("the ports of a description", () => {
  it("have numbers, and 0 where none is stated", () => {
    expect(debugPortsOf(levels('<debugport/><debugport __dp="1"><swd idcode="5" targetsel="6"/></debugport>'))).toEqual(
      [{ dp: 0 }, { dp: 1, idcode: 5, targetsel: 6 }],
    );
  });

  it("of both versions have an id, their debug port, and their place", () => {
    const all =
      '<accessportV1 __apid="0"/><accessportV1 __apid="1" __dp="2" index="3"/><accessportV2 __apid="4" address="0x10"/>';
    expect(accessPortsOf(levels(`${all}<accessportV2 __apid="5" __dp="1" address="0" parent="4"/>`))).toEqual([
      { id: 0, dp: 0, place: { v: 1, index: 0 } },
      { id: 1, dp: 2, place: { v: 1, index: 3 } },
      { id: 4, dp: 0, place: { v: 2, address: 0x10 } },
      { id: 5, dp: 1, place: { v: 2, address: 0 }, parent: 4 },
    ]);
  });

  it.each(["<accessportV1/>", '<accessportV2 __apid="0"/>'])("are refused without id or address: %s", (text) => {
    expect(() => accessPortsOf(levels(text))).toThrow(/^An access port has no (__apid|address)$/);
  });

  it("reach each processor by an id, else by a number", () => {
    const text =
      '<debug/><debug Pname="a" __ap="2" __dp="1"/><debug Pname="b" __apid="3" svd="x\\y\\z.svd"/><debug Pname="b" Punit="1" defaultResetSequence="R"/>';
    expect(debugOf(levels(text))).toEqual([
      { dp: 0, ap: { index: 0 } },
      { core: "a", dp: 1, ap: { index: 2 } },
      { core: "b", dp: 0, ap: { id: 3 }, svd: "x/y/z.svd" },
      { core: "b", dp: 0, ap: { index: 0 }, resetSequence: "R" },
    ]);
    expect(debugOf(levels("<debug/>", '<debug __ap="1"/>'))).toEqual([{ dp: 0, ap: { index: 1 } }]);
  });
});
