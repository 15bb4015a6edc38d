import { describe, expect, it } from "vitest";
import { PackError } from "../../../src/packs/pack-error.ts";
import { base64Bytes } from "../../../src/packs/probe-rs/base64.ts";
import { probeRsPack } from "../../../src/packs/probe-rs/probe-rs-pack.ts";

const ALGORITHM = `
  - name: made
    description: made flash
    default: true
    instructions: ${Buffer.from(new Uint8Array(0x42).fill(0xbf)).toString("base64")}
    load_address: 0x20000020
    pc_init: 0x1
    pc_program_page: 0x11
    pc_erase_sector: 0x21
    data_section_offset: 0x40
    flash_properties:
      address_range: {start: 0x8000000, end: 0x8010000}
      page_size: 0x400
      erased_byte_value: 0x0
      program_page_timeout: 500
      erase_sector_timeout: 6000
      sectors: [{size: 0x800, address: 0x0}, {size: 0x1000, address: 0x8000}]
    stack_size: 256
    cores: [main]
`;

const target = (algorithm = ALGORITHM, type = "armv7em") => `
name: Made Series
manufacturer: {id: 0x20, cc: 0x0}
variants:
  - name: MADE1
    package_variants: [MADE1AB, MADE1CD]
    cores:
      - name: main
        type: ${type}
        core_access_options: !Arm
          ap: !v2 0x2000
          targetsel: 0x01002927
    memory_map:
      - !Nvm
        name: FLASH
        range: {start: 0x8000000, end: 0x8010000}
        cores: [main]
      - !Ram
        range: {start: 0x20000000, end: 0x20004000}
        cores: [main]
    flash_algorithms: [made]
flash_algorithms:${algorithm}`;

const packOf = (text: string) => probeRsPack(new TextEncoder().encode(text));

const noFile = async (): Promise<never> => {
  throw new Error("a target file needs no other file");
};

async function refusal(text: string): Promise<string> {
  try {
    const pack = packOf(text);
    for (const name of pack.devices) pack.device(name);
    await pack.algorithm("made", noFile);
  } catch (error) {
    if (error instanceof PackError)
      return `${error.code} ${JSON.stringify(error.details["reason"] ?? error.details["what"])}`.replaceAll('"', "");
    throw error;
  }
  return "read";
}

describe("a target file of probe-rs", () => {
  it("has its variants and their packages as names", () => {
    expect(packOf(target()).devices).toEqual([
      { vendor: "", family: "Made Series", name: "MADE1" },
      { vendor: "", family: "Made Series", name: "MADE1AB", variantOf: "MADE1" },
      { vendor: "", family: "Made Series", name: "MADE1CD", variantOf: "MADE1" },
    ]);
  });

  it("has processors, access ports by address, memories by their tags, and the addresses of its algorithms", () => {
    const pack = packOf(target());
    const device = pack.device(pack.devices[1]);
    expect(device.processors.map(({ name, core }) => [name, core])).toEqual([["main", "Cortex-M4"]]);
    expect(device.accessPorts).toEqual([{ id: 0, dp: 0, place: { v: 2, address: 0x2000 } }]);
    expect(device.debugPorts).toEqual([{ dp: 0, targetsel: 0x01002927 }]);
    expect(device.memories.map(({ name, start, length, access }) => [name, start, length, access.write])).toEqual([
      ["FLASH", 0x08000000, 0x10000, false],
      ["Ram", 0x20000000, 0x4000, true],
    ]);
    expect(device.algorithms).toEqual([
      { path: "made", start: 0x08000000, length: 0x10000, isDefault: true, style: "CMSIS", core: "main" },
    ]);
  });

  it("has the vendor's code of JEP106, none where there is none, and an id without blanks", () => {
    const { id, vendor, description } = packOf(target());
    expect([id, vendor, description]).toEqual([
      "probe-rs.Made_Series",
      "JEP106 0/32",
      "Made Series, as probe-rs describes it",
    ]);
    expect(packOf("name: A\nvariants: []").vendor).toBe("");
  });

  it.each([
    ["armv6m", "Cortex-M0+"],
    ["armv7m", "Cortex-M3"],
    ["armv7em", "Cortex-M4"],
    ["armv8m", "Cortex-M33"],
    ["riscv", "riscv"],
  ])("has for the architecture %s the processor %s", (type, core) => {
    const pack = packOf(target(ALGORITHM, type));
    expect(pack.device(pack.devices[0]).processors[0].core).toBe(core);
  });

  it.each([
    ["!v2 0x2000", { v: 2, address: 0x2000 }],
    ["!v2 8192", { v: 2, address: 0x2000 }],
    ["!v1 3", { v: 1, index: 3 }],
    ["!v3 3", { v: 1, index: 0 }],
    ["!v1 text", { v: 1, index: 0 }],
    ["3", { v: 1, index: 0 }],
  ])("has the access port %s", (ap, place) => {
    const pack = packOf(target().replace("!v2 0x2000", ap));
    expect(pack.device(pack.devices[0]).accessPorts[0].place).toEqual(place);
  });

  it("has memories of their kind, of one core or of all, and an alias is no default one", () => {
    const text = target().replace(
      "    flash_algorithms: [made]",
      `      - !Generic
        range: {start: 0x0, end: 0x10}
        is_alias: true
        cores: [main, other]
    flash_algorithms: [made, gone]`,
    );
    const pack = packOf(text);
    const { memories, algorithms } = pack.device(pack.devices[0]);
    expect(memories[2]).toEqual({
      ...{ name: "Generic", start: 0, length: 0x10, isDefault: false },
      access: { read: true, write: true, execute: false },
    });
    expect(memories[0]).toMatchObject({ core: "main", isDefault: true, access: { read: true, execute: true } });
    expect(algorithms.map(({ path }) => path)).toEqual(["made"]);
  });

  it("has algorithms without what they leave out, by their name where they have no description", async () => {
    const text = target(ALGORITHM.replace(/ {4}(description|load_address|stack_size).*\n/g, ""));
    const algorithm = await packOf(text).algorithm("made", noFile);
    expect([algorithm.device, "loadAddress" in algorithm, "stackSize" in algorithm]).toEqual(["made", false, false]);
    expect((await packOf(target()).algorithm("made", noFile)).device).toBe("made flash");
    const raw = target(`${ALGORITHM}    transfer_encoding: raw\n`);
    await expect(packOf(raw).algorithm("made", noFile)).resolves.toBeDefined();
  });

  it("has no algorithm that it does not name", async () => {
    await expect(packOf(target()).algorithm("gone", noFile)).rejects.toMatchObject({
      code: "pack-not-found",
      message: "The target file has no algorithm gone",
      details: { path: "gone" },
    });
  });

  it("has algorithms of no variant, whose architecture nothing names", async () => {
    const text = target().replace("flash_algorithms: [made]", "flash_algorithms: []");
    await expect(packOf(text).algorithm("made", noFile)).resolves.toBeDefined();
  });

  it("has algorithms: code as whole words, offsets without the Thumb bit, sectors up to the next row", async () => {
    const algorithm = await packOf(target()).algorithm("made", noFile);
    expect(algorithm).toMatchObject({
      format: "probe-rs",
      codeLength: 0x40,
      staticBase: 0x40,
      loadAddress: 0x20000020,
      entries: { init: 0, programPage: 0x10, eraseSector: 0x20 },
      flash: { start: 0x08000000, length: 0x10000 },
      sectors: [
        { size: 0x800, count: 0x10 },
        { size: 0x1000, count: 8 },
      ],
      pageSize: 0x400,
      erased: 0,
      programMs: 500,
      eraseMs: 6000,
      stackSize: 256,
    });
    expect(algorithm.blob.length).toBe(0x44);
  });

  it("has algorithms that are waited for ten minutes at most", async () => {
    const text = target(
      ALGORITHM.replace("timeout: 500", "timeout: 600001").replace("timeout: 6000\n", "timeout: 99999999999\n"),
    );
    expect(await packOf(text).algorithm("made", noFile)).toMatchObject({ programMs: 600_000, eraseMs: 600_000 });
  });

  it("knows no end of the code where the data's offset is an absolute address (nRF54L)", async () => {
    const text = target(ALGORITHM.replace("data_section_offset: 0x40", "data_section_offset: 0x20000400"));
    expect(await packOf(text).algorithm("made", noFile)).toMatchObject({ codeLength: 0, staticBase: 0x20000400 });
  });

  it.each([
    ["text that is no YAML", "{a: [", "pack-invalid yaml"],
    ["a key that comes twice", "name: a\nname: b", "pack-invalid yaml"],
    ["a list", "- a", "pack-invalid yaml"],
    ["aliases", "name: &a b\nvariants: [*a]", "pack-invalid yaml-alias"],
    ["brackets inside one another without end", `name: ${"[".repeat(100_000)}`, "pack-too-large levels of YAML"],
    [
      "brackets inside one another in 90,000 places",
      `${"[".repeat(41)}\n`.repeat(90_000),
      "pack-too-large levels of YAML",
    ],
    ["no name", "variants: []", "pack-invalid field"],
    ["a memory of another kind", target().replace("!Ram", "!Rom"), "pack-invalid memory-kind"],
    ["more than 150,000 values", `name: [${"1,".repeat(150_000)}]`, "pack-too-large values of YAML"],
    ["more than 200,000 separators", `name: "${",".repeat(200_001)}"`, "pack-too-large separators of YAML"],
    ["code for the other byte order", target(`${ALGORITHM}    big_endian: true\n`), "algorithm-unsupported big-endian"],
    ["no code", target(ALGORITHM.replace(/instructions: .*/, 'instructions: ""')), "algorithm-invalid no-code"],
    ["a core of another architecture", target(ALGORITHM, "riscv"), "algorithm-unsupported other-machine"],
    [
      "data in another encoding",
      target(`${ALGORITHM}    transfer_encoding: miniz\n`),
      "algorithm-unsupported transfer-encoding",
    ],
    [
      "code that is no base64",
      target(ALGORITHM.replace("instructions: v", "instructions: ~v")),
      "algorithm-invalid base64",
    ],
    [
      "an entry outside of its code",
      target(ALGORITHM.replace("pc_init: 0x1", "pc_init: 0x1001")),
      "algorithm-invalid no-entry",
    ],
    ["no pc_program_page", target(ALGORITHM.replace(/ {4}pc_program_page.*\n/, "")), "algorithm-invalid no-entry"],
    [
      "an erased byte of nine bits",
      target(ALGORITHM.replace("erased_byte_value: 0x0", "erased_byte_value: 300")),
      "algorithm-invalid erased",
    ],
    [
      "a last sector that is cut off",
      target(ALGORITHM.replace("size: 0x1000", "size: 0x3000")),
      "algorithm-invalid sectors",
    ],
    ["a page of no bytes", target(ALGORITHM.replace("0x400", "0")), "algorithm-invalid page-size"],
    [
      "a range that ends before it begins",
      target(ALGORITHM.replace("end: 0x8010000}", "end: 0x7000000}")),
      "algorithm-invalid flash-range",
    ],
  ])("is refused by name with %s", async (_, text, reason) => {
    expect(await refusal(text)).toBe(reason);
  });
});

describe("base64", () => {
  it.each(["", "f", "fo", "foo", "foob", "fooba", "foobar"])('reads the test vector "%s" of RFC 4648', (text) => {
    expect(Buffer.from(base64Bytes(Buffer.from(text).toString("base64"))).toString()).toBe(text);
  });

  it("refuses other digits, and an end inside of a byte", () => {
    expect(() => base64Bytes("ab!d")).toThrow(PackError);
    expect(() => base64Bytes("abcde")).toThrow(PackError);
  });
});
