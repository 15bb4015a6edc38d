import { describe, expect, it } from "vitest";
import type { PackDevice } from "../../../../src/packs/device.ts";
import { PackError } from "../../../../src/packs/pack-error.ts";
import { cmsisPack } from "../../../../src/packs/pdsc/cmsis-pack.ts";
import { readPack } from "../../../../src/packs/read-pack.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const packageOf = (devices: string): string => `<?xml version="1.0"?>
<package><vendor>Made</vendor><name>Up_DFP</name><description>made up</description><license>a\\b.txt</license>
<releases><release version="2.0.0"/><release version="1.0.0"/></releases>
<components><component Cclass="X"/></components><devices>${devices}</devices></package>`;

function device(devices: string, name: string): PackDevice {
  const pack = cmsisPack(bytes(packageOf(devices)));
  const found = pack.devices.find((one) => one.name === name);
  if (!found) throw new Error(`no ${name} among ${pack.devices.map((one) => one.name).join(", ")}`);
  return pack.device(found);
}

const refusal = (text: string): string => {
  try {
    const pack = cmsisPack(bytes(text));
    for (const one of pack.devices) pack.device(one);
  } catch (error) {
    if (error instanceof PackError)
      return `${error.code} ${JSON.stringify(error.details["reason"] ?? error.details["what"])}`.replaceAll('"', "");
    throw error;
  }
  return "read";
};

const LEVELS = `<family Dfamily="F" Dvendor="Maker:42">
  <processor Dcore="Cortex-M4" Dfpu="SP_FPU" Dendian="Little-endian"/>
  <memory name="RAM" access="rwx" start="0x20000000" size="0x1000"/>
  <algorithm name="a\\outer.FLM" start="0x0" size="0x1000" default="1"/>
  <algorithm name="a/side.FLM" start="0x8000" size="0x100" style="Keil"/>
  <debugvars>__var A = 1;</debugvars>
  <sequences><sequence name="ResetSystem"/><sequence name="DebugCoreStart" disable="1"/></sequences>
  <subFamily DsubFamily="S">
    <processor Dclock="8000000"/>
    <memory name="RAM" default="1"/>
    <accessportV1 __apid="0" __dp="0" index="2"/>
    <accessportV2 __apid="1" __dp="0" address="0x300000" parent="0"/>
    <device Dname="D1">
      <algorithm name="inner.FLM" start="0x00000000" size="4096" RAMstart="0x20000000" RAMsize="0x800"/>
      <debug __apid="1" svd="x\\y.svd"/>
      <debugport __dp="0"><swd targetsel="0x01002927"/></debugport>
      <variant Dvariant="D1V"><memory name="RAM" size="0x4000"/><debugvars>__var A = 2;</debugvars></variant>
    </device>
    <device Dname="D2"/>
  </subFamily></family>`;

describe("a pack's description", () => {
  it("has no device with more than 64 algorithms", () => {
    const algorithms = (count: number) =>
      Array.from({ length: count }, (_, i) => `<algorithm name="${i}.FLM" start="${i}" size="1"/>`).join("");
    const read = (count: number) => {
      const text = packageOf(`<family><device Dname="D">${algorithms(count)}</device></family>`);
      const pack = readPack("a.pdsc", bytes(text));
      return pack.device(pack.devices[0]).algorithms.length;
    };
    expect(read(64)).toBe(64);
    expect(() => read(65)).toThrow(expect.objectContaining({ code: "pack-too-large" }));
  });

  it("has its names, its latest version, its licence, and every device and variant in order", () => {
    const pack = cmsisPack(bytes(packageOf(LEVELS)));
    expect({ id: pack.id, version: pack.version, license: pack.license }).toEqual({
      id: "Made.Up_DFP",
      version: "2.0.0",
      license: "a/b.txt",
    });
    expect(pack.devices).toEqual([
      { name: "D1", vendor: "Maker", family: "F", subFamily: "S" },
      { name: "D1V", vendor: "Maker", family: "F", subFamily: "S", variantOf: "D1" },
      { name: "D2", vendor: "Maker", family: "F", subFamily: "S" },
    ]);
  });

  it("lays memories and processors of inner levels over those of outer ones, attribute by attribute", () => {
    const { memories, processors } = device(LEVELS, "D1V");
    expect(memories).toEqual([
      {
        name: "RAM",
        start: 0x20000000,
        length: 0x4000,
        access: { read: true, write: true, execute: true },
        isDefault: true,
      },
    ]);
    expect(processors).toEqual([
      { core: "Cortex-M4", units: 1, fpu: "single", mpu: false, endian: "little", clock: 8_000_000 },
    ]);
  });

  it("takes the inner one of two algorithms for the same addresses, and keeps the others", () => {
    expect(device(LEVELS, "D1").algorithms).toEqual([
      {
        path: "inner.FLM",
        start: 0,
        length: 0x1000,
        ram: { start: 0x20000000, length: 0x800 },
        isDefault: false,
        style: "Keil",
      },
      { path: "a/side.FLM", start: 0x8000, length: 0x100, isDefault: false, style: "Keil" },
    ]);
    expect(device(LEVELS, "D2").algorithms.map(({ path }) => path)).toEqual(["a/outer.FLM", "a/side.FLM"]);
  });

  it("has both kinds of access ports, debug ports, and sequences with those that are disabled", () => {
    const { accessPorts, debugPorts, debug, debugVars, sequences } = device(LEVELS, "D1V");
    expect(accessPorts).toEqual([
      { id: 0, dp: 0, place: { v: 1, index: 2 } },
      { id: 1, dp: 0, place: { v: 2, address: 0x300000 }, parent: 0 },
    ]);
    expect(debugPorts).toEqual([{ dp: 0, targetsel: 0x01002927 }]);
    expect(debug).toEqual([{ dp: 0, ap: { id: 1 }, svd: "x/y.svd" }]);
    expect(debugVars).toBe("__var A = 2;");
    expect(sequences).toEqual([
      { name: "ResetSystem", disabled: false, steps: [] },
      { name: "DebugCoreStart", disabled: true, steps: [] },
    ]);
  });

  it("has the blocks and controls of its sequences in their order, of a name and a processor the inner level's", () => {
    const text = `<family Dfamily="F" Dvendor="M"><sequences>
      <sequence name="A" info="of the family"><block>1;</block></sequence>
      <sequence name="B" Pname="CM4"><block info="x" atomic="1">Read32(1 &lt;&lt; 2);</block></sequence></sequences>
      <device Dname="D"><sequences><sequence name="A"><block>2;</block>
        <control if="x" while="y &amp;&amp; 1" timeout="5"><control if="z"/><block>3;
4;</block></control></sequence><sequence name="B"/></sequences></device></family>`;
    const [block, line] = ["block", expect.any(Number) as number];
    expect(device(text, "D").sequences).toEqual([
      {
        name: "A",
        disabled: false,
        steps: [
          { kind: block, text: "2;", line },
          {
            kind: "control",
            if: "x",
            while: "y && 1",
            timeout: "5",
            line,
            steps: [
              { kind: "control", if: "z", steps: [], line },
              { kind: block, text: "3;\n4;", line },
            ],
          },
        ],
      },
      { name: "B", core: "CM4", disabled: false, steps: [{ kind: block, text: "Read32(1 << 2);", line }] },
      { name: "B", disabled: false, steps: [] },
    ]);
  });

  it("knows what memories of old packs are by their ids", () => {
    const old = `<family Dfamily="F" Dvendor="M"><device Dname="D">
      <memory id="IROM1" start="0x0" size="1024"/><memory id="IRAM1" start="0x20000000" size="0x10"/></device></family>`;
    expect(
      device(old, "D").memories.map(({ name, length, access }) => [name, length, access.write, access.execute]),
    ).toEqual([
      ["IROM1", 1024, false, true],
      ["IRAM1", 0x10, true, true],
    ]);
  });

  it.each([
    ["text that is no XML", "<package><vendor>", "pack-invalid xml"],
    ["another document", "<html/>", "pack-invalid not-a-pdsc"],
    [
      "entities that expand to more",
      `<!DOCTYPE x [<!ENTITY a "aaaa">]><package>&a;</package>`,
      "pack-invalid xml-doctype",
    ],
    ["an entity that is not declared", "<package>&a;</package>", "pack-invalid xml"],
    [
      "a vendor that leads out of a folder",
      "<package><vendor>..</vendor><name>x</name></package>",
      "pack-invalid pack-name",
    ],
    ["a name with a slash", "<package><vendor>v</vendor><name>a/b</name></package>", "pack-invalid pack-name"],
    ["elements inside one another without end", "<package>".repeat(70), "pack-too-large elements inside one another"],
    [
      "a number that is none",
      packageOf(`<family><device Dname="D"><memory name="R" start="0xZZ" size="1"/></device></family>`),
      "pack-invalid number",
    ],
    [
      "a memory without a size",
      packageOf(`<family><device Dname="D"><memory name="R" start="0"/></device></family>`),
      "pack-invalid attribute",
    ],
    [
      "a memory that ends beyond 32 bits of address",
      packageOf(`<family><device Dname="D"><memory name="R" start="0xFFFFF000" size="0x2000"/></device></family>`),
      "pack-invalid memory-range",
    ],
    ["a device without a name", packageOf("<family><device/></family>"), "pack-invalid device-name"],
    [
      "an algorithm of an unknown style",
      packageOf(`<family><device Dname="D"><algorithm name="x" start="0" size="1" style="Q"/></device></family>`),
      "pack-invalid style",
    ],
  ])("is refused by name with %s", (_, text, reason) => {
    expect(refusal(text)).toBe(reason);
  });
});
