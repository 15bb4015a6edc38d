import { describe, expect, it } from "vitest";
import { Catalogue, type CataloguedPack, catalogueText } from "../../../../src/packs/store/catalogue.ts";

const pack = (id: string, names: readonly string[], vendor = "Made", family = "One"): CataloguedPack => ({
  pack: { file: `${id}@1.0.0.pack`, id, version: "1.0.0", vendor, format: "cmsis-pack", devices: names.length },
  devices: names.map((name) => ({ name, vendor, family, core: "Cortex-M4", flash: 0x10000 })),
});

const PACKS = [
  pack("Made.Empty", []),
  pack("Made.One", ["STM32F407VGTx", "STM32F407VGHx", "XMC4500-F100x1024"]),
  pack("Made.İzmir", ["STM32F411RE"], "İİİİ", "Cortex and more"),
  pack("Made.Last", ["nRF52840_xxAA", "nRF52832_xxAA"], "Nordic", "nRF52"),
];

const catalogue = (packs: readonly CataloguedPack[] = PACKS): Catalogue => {
  const read = Catalogue.read(catalogueText(packs));
  if (!read) throw new Error("the catalogue is not read again");
  return read;
};

const names = (devices: readonly { readonly name: string }[]): readonly string[] => devices.map(({ name }) => name);

describe("the catalogue of packs", () => {
  it("reads back every pack and device that it was made of", () => {
    const read = catalogue();
    expect(read.packs).toEqual(PACKS.map((one) => one.pack));
    expect(read.packs.map((one) => read.devicesOf(one))).toEqual(PACKS.map((one) => one.devices));
    expect([read.count, catalogue([]).count, catalogue([]).search("", 9)]).toEqual([6, 0, { count: 0, first: [] }]);
  });

  it("finds a text in name, vendor and family, in any case, with the pack of each device", () => {
    const found = catalogue().search("f4", 2);
    expect([found.count, names(found.first)]).toEqual([3, ["STM32F407VGTx", "STM32F407VGHx"]]);
    const other = catalogue().search("F411", 50).first;
    expect(other.map((device) => [device.name, device.pack.id])).toEqual([["STM32F411RE", "Made.İzmir"]]);
    expect(catalogue().search("nordic", 50).count).toBe(2);
    expect(
      catalogue()
        .search("xxaa", 50)
        .first.map((device) => device.pack.id),
    ).toEqual(["Made.Last", "Made.Last"]);
  });

  it("finds no text that stands in a core, a size, or across two fields or lines", () => {
    for (const text of ["cortex-m4", "65536", "One\tCortex", "\n", "x\nstm", "no such"])
      expect([text, catalogue().search(text, 50).count]).toEqual([text, 0]);
    expect(names(catalogue().search("cortex", 50).first)).toEqual(["STM32F411RE"]);
  });

  it("answers the first devices of all packs and their number for no text", () => {
    const { count, first } = catalogue().search("", 4);
    expect([count, names(first)]).toEqual([6, ["STM32F407VGTx", "STM32F407VGHx", "XMC4500-F100x1024", "STM32F411RE"]]);
  });

  it("finds the devices that a name is closest to", () => {
    expect(names(catalogue().find("STM32F407VG"))).toEqual(["STM32F407VGTx", "STM32F407VGHx"]);
    expect(names(catalogue().find("stm32f407vgtx?Bank"))).toEqual(["STM32F407VGTx"]);
    expect(names(catalogue().find("nRF52832_xxAA"))).toEqual(["nRF52832_xxAA"]);
    expect([catalogue().find(""), catalogue().find("STM32F103")]).toEqual([[], []]);
  });

  it("finds of two devices whose names begin an order code the one with the longer name", () => {
    const read = catalogue([
      pack("Made.A", ["STM32F407", "STM32F407VG", "STM32F407VE"]),
      pack("Made.B", ["STM32F407VG"]),
    ]);
    expect(read.find("STM32F407VGT6").map((device) => [device.name, device.pack.id])).toEqual([
      ["STM32F407VG", "Made.A"],
      ["STM32F407VG", "Made.B"],
    ]);
  });

  it("has no tab and no line's end in a field", () => {
    const [one] = catalogue([pack("Made\tA", ["a\nb"], "v\u2028w")]).search("", 1).first;
    expect([one.name, one.vendor, one.pack.id]).toEqual(["a b", "v w", "Made A"]);
  });

  it("has 0 bytes of flash where a device's line has no number", () => {
    const text = catalogueText([pack("Made.A", ["D"])]).replace("\t65536\n", "\tabcde\n");
    expect(Catalogue.read(text)?.search("", 1).first[0].flash).toBe(0);
  });

  it("reads no text that was cut off, has more behind it, or another beginning", () => {
    const text = catalogueText(PACKS);
    for (let length = 0; length < text.length; length++) expect(Catalogue.read(text.slice(0, length))).toBeUndefined();
    for (const spoiled of [`${text}X\n`, text.replace(" 2\t", " 1\t"), text.replace("\t4\t", "\t99\t")])
      expect(Catalogue.read(spoiled)).toBeUndefined();
  });
});
