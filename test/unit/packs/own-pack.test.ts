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

  it.each([
    ["is no TOML", "name = ", "toml"],
    ["has no name", 'core = "Cortex-M0"', "field"],
    ["has a loader that is no table", 'name = "a"\nloader = [1]', "field"],
    ["has RAM of no size", 'name = "a"\ncore = "b"\n[[ram]]\nstart = 1', "field"],
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
