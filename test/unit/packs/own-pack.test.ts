import { describe, expect, it } from "vitest";
import { PackError } from "../../../src/packs/pack-error.ts";
import { readPack } from "../../../src/packs/read-pack.ts";
import { elfWith, sectionsWith } from "./made-flm.ts";

const FILE = `
name = "MY-BOARD"
core = "Cortex-M33"
ap = 1
[[ram]]
start = 0x2000_0000
size = 0x8000
[[loader]]
file = "loader.elf"
start = 0x1000_0000
size = 0x1_0000
page = 256
sectors = [{ size = 0x1000, offset = 0 }]
erased = 0
program-ms = 10
erase-ms = 400
stack = 512
`;

const packOf = (text: string) => readPack("board.toml", new TextEncoder().encode(text));

describe("a chip of one's own", () => {
  it("is one device with a core, RAM, an access port, and the flash of each loader", () => {
    const pack = packOf(FILE);
    const device = pack.device(pack.devices[0]);
    expect([pack.id, device.name, device.processors[0].core, device.debug]).toEqual([
      "own.MY-BOARD",
      "MY-BOARD",
      "Cortex-M33",
      [{ dp: 0, ap: { index: 1 } }],
    ]);
    expect(device.memories.map(({ start, length }) => [start, length])).toEqual([[0x20000000, 0x8000]]);
    expect(device.algorithms).toEqual([
      { path: "loader.elf", start: 0x10000000, length: 0x10000, isDefault: true, style: "CMSIS" },
    ]);
  });

  it("has the code of its loader's ELF file, whatever its sections are called", async () => {
    const sections = sectionsWith()
      .slice(0, 3)
      .map((section) => ({ ...section, name: ".text", address: section.address + 0x20000000 }));
    const symbols = ["Init", "ProgramPage"].map((name, i) => ({ name, value: 0x20000001 + 0x10 * i, section: 0 }));
    const algorithm = await packOf(FILE).algorithm("loader.elf", async () => elfWith(sections, symbols));
    expect(algorithm).toMatchObject({
      format: "own",
      flash: { start: 0x10000000, length: 0x10000 },
      entries: { init: 0, programPage: 0x10 },
      sectors: [{ size: 0x1000, count: 0x10 }],
      ...{ pageSize: 256, erased: 0, programMs: 10, eraseMs: 400, stackSize: 512 },
    });
    expect(algorithm.blob.length).toBe(0x58);
  });

  const loaderFile = async () => elfWith();

  it.each([
    ["a page of no bytes", "page = 256", "page = 0", "page-size"],
    ["a page of a gigabyte", "page = 256", "page = 0x4000_0000", "page-size"],
    ["flash beyond 32 bits of address", "start = 0x1000_0000", "start = 0x1_0000_0000", "flash-range"],
    ["an erased byte of nine bits", "erased = 0", "erased = 300", "erased"],
    ["a sector that is cut off", "size = 0x1000, offset", "size = 0x3000, offset", "sectors"],
  ])("has no loader with %s", async (_, from, to, reason) => {
    const refused = packOf(FILE.replace(from, to)).algorithm("loader.elf", loaderFile);
    await expect(refused).rejects.toMatchObject({ code: "algorithm-invalid", details: { reason } });
  });

  it("waits ten minutes at most for its loader", async () => {
    const text = FILE.replace("= 400", "= 9_000_000_000").replace("-ms = 10\n", "-ms = 600_001\n");
    const { programMs, eraseMs } = await packOf(text).algorithm("loader.elf", loaderFile);
    expect([programMs, eraseMs]).toEqual([600_000, 600_000]);
  });

  it("has a loader's data from its first section that is written on, and its load address where it has one", async () => {
    const [code, data] = sectionsWith();
    const file = elfWith([
      { ...code, name: ".text" },
      { ...data, name: ".data" },
    ]);
    const plain = await packOf(FILE).algorithm("loader.elf", async () => file);
    expect([plain.codeLength, plain.staticBase, "loadAddress" in plain]).toEqual([0, 0, false]);
    const placed = await packOf(FILE.replace("stack = 512", "load = 0x2000_0100")).algorithm(
      "loader.elf",
      async () => file,
    );
    expect([placed.loadAddress, "stackSize" in placed]).toEqual([0x2000_0100, false]);
  });

  it("has no loader that the file does not name, and none without Init or without anything to load", async () => {
    await expect(packOf(FILE).algorithm("other.elf", loaderFile)).rejects.toMatchObject({
      code: "pack-not-found",
      message: "The file has no loader other.elf",
      details: { path: "other.elf" },
    });
    const without = async (file: Uint8Array) => packOf(FILE).algorithm("loader.elf", async () => file);
    const symbols = [{ name: "ProgramPage", value: 1, section: 0 }];
    await expect(without(elfWith(sectionsWith(), symbols))).rejects.toMatchObject({
      code: "algorithm-invalid",
      details: { reason: "no-entry", function: "Init" },
    });
    await expect(without(elfWith([], []))).rejects.toMatchObject({
      details: { reason: "no-code" },
      message: "loader.elf has nothing to load",
    });
  });

  it("names the loader and the field that are not as the format has them", async () => {
    const refused = packOf(FILE.replace("offset = 0", "offset = -1")).algorithm("loader.elf", loaderFile);
    await expect(refused).rejects.toMatchObject({ message: "a sector of loader 1: offset is no whole number" });
  });

  it.each([
    ["is no TOML", "name = ", "toml"],
    ["has no name", 'core = "Cortex-M0"', "field"],
    ["has a loader that is no table", 'name = "a"\nloader = [1]', "field"],
    ["has RAM of no size", 'name = "a"\ncore = "b"\n[[ram]]\nstart = 1', "field"],
    [
      "has RAM beyond 32 bits of address",
      'name = "a"\ncore = "b"\n[[ram]]\nstart = 0xFFFF_FFFF\nsize = 2',
      "memory-range",
    ],
    ["has a negative address", 'name = "a"\ncore = "b"\n[[ram]]\nstart = -1\nsize = 1', "field"],
  ])("is refused by name where it %s", (_, text, reason) => {
    const read = () => {
      const pack = packOf(text);
      pack.device(pack.devices[0]);
    };
    expect(read).toThrow(PackError);
    expect(() => packOf(FILE)).not.toThrow();
    try {
      read();
    } catch (error) {
      expect((error as PackError).details["reason"]).toBe(reason);
    }
  });
});
