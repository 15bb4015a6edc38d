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
