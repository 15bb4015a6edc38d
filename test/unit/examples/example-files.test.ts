import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  EXAMPLE,
  exampleFile,
  layOut,
  longRuns,
  readElfSections,
  readElfSegments,
  readHex,
  readSrec,
} from "./image-readers.ts";

const END = 77_252;
const raw = exampleFile("bootloader.raw.bin");
const open = exampleFile("bootloader-open.raw.bin");
const small = layOut(readHex(exampleFile("small.hex").toString()), 0x3000);

type Manifest = { sources: string; files: Record<string, { bytes: number; sha256: string }> };
const manifest = JSON.parse(exampleFile("manifest.json").toString()) as Manifest;

function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Initial stack and reset vector at `at`: SRAM, and Thumb code between `begin` and `end`. */
function expectVectors(image: Buffer, at: number, begin: number, end: number): void {
  expect(image.readUInt32LE(at)).toBe(0x20030000);
  const entry = image.readUInt32LE(at + 4);
  expect(entry & 1).toBe(1);
  expect(entry).toBeGreaterThan(begin);
  expect(entry).toBeLessThan(end);
}

describe("the raw dump", () => {
  test("ends at 77,252, with one gap of FF before 0x5000 and no other run over 256", () => {
    expect(raw.length).toBe(END);
    const runs = longRuns(raw, 256);
    expect(runs).toHaveLength(1);
    expect(runs[0]!.end).toBe(0x5000);
    expect(raw[0x4fff]).toBe(0xff);
  });

  test("has sane vectors for both parts", () => {
    expectVectors(raw, 0, 0x198, 0x5000);
    expectVectors(raw, 0x5000, 0x5198, END);
  });

  test("secures the chip and leaves mass erase open: FSEC 7B", () => {
    expect(raw.subarray(0x400, 0x410).toString("hex")).toBe("ffffffffffffffffffffffff7bffffff");
  });

  test("carries the application's header with its CRC over 0x5000 to the end, own field as 0", () => {
    expect(raw.toString("latin1", 0x5400, 0x5404)).toBe("FPAP");
    expect(raw.readUInt32LE(0x5404)).toBe(0x00010000);
    expect(raw.readUInt32LE(0x5408)).toBe(END - 0x5000);
    const application = Buffer.from(raw.subarray(0x5000));
    application.writeUInt32LE(0, 0x40c);
    expect(raw.readUInt32LE(0x540c)).toBe(crc32(application));
    const digits = crc32(application).toString(16).toUpperCase().padStart(8, "0");
    expect(exampleFile("README.md").toString()).toContain(`application ok, crc ${digits}`);
  });

  test("differs from the open one in FSEC alone: 7A", () => {
    const different = [...raw.keys()].filter((index) => raw[index] !== open[index]);
    expect(open.length).toBe(END);
    expect(different).toEqual([0x40c]);
    expect(open[0x40c]).toBe(0x7a);
  });
});

describe.each([
  ["bootloader", raw],
  ["bootloader-open", open],
])("the other forms of %s", (stem, dump) => {
  test("HEX holds the same bytes", () => {
    expect(layOut(readHex(exampleFile(`${stem}.hex`).toString()), END).equals(dump)).toBe(true);
  });

  test("S-record holds the same bytes", () => {
    expect(layOut(readSrec(exampleFile(`${stem}.srec`).toString()), END).equals(dump)).toBe(true);
  });

  test("ELF holds the same bytes at its physical addresses", () => {
    const segments = readElfSegments(exampleFile(`${stem}.elf`));
    expect(layOut(segments, END).equals(dump)).toBe(true);
    expect(segments.map((segment) => segment.address).slice(0, 2)).toEqual([0, 0x5000]);
  });
});

describe("the ELF file", () => {
  const elf = exampleFile("bootloader.elf");
  const at = (name: string) => readElfSections(elf).find((section) => section.name === name)?.address;

  test("names the parts as sections", () => {
    expect(at(".boot.vectors")).toBe(0);
    expect(at(".boot.fcf")).toBe(0x400);
    expect(at(".app.vectors")).toBe(0x5000);
    expect(at(".app.header")).toBe(0x5400);
    expect(at(".app.data")).toBe(0x20000000);
  });

  test("names functions and tables as symbols, and carries no debug information", () => {
    for (const name of ["flash_configuration", "boot_reset", "app_reset", "app_header", "sine_table", "_dtoa_r"]) {
      expect(elf.includes(`\0${name}\0`)).toBe(true);
    }
    expect(at(".debug_info")).toBeUndefined();
  });

  test("links newlib's printf and libm", () => {
    for (const name of ["_vfprintf_r", "__ieee754_exp", "__kernel_sin"]) expect(elf.includes(`\0${name}\0`)).toBe(true);
  });
});

describe("small.hex", () => {
  test("fills exactly three sectors, with nothing missing and no long run", () => {
    const covered = readHex(exampleFile("small.hex").toString()).reduce(
      (total, piece) => total + piece.bytes.length,
      0,
    );
    expect(covered).toBe(0x3000);
    expect(longRuns(small, 256)).toEqual([]);
  });

  test("has sane vectors and leaves the chip open: FSEC FE", () => {
    expectVectors(small, 0, 0x198, 0x3000);
    expect(small.subarray(0x400, 0x410).toString("hex")).toBe("fffffffffffffffffffffffffeffffff");
  });
});

describe("the manifest", () => {
  test("names size and SHA-256 of each file", () => {
    const actual = Object.keys(manifest.files).map((name) => [name, exampleFile(name)] as const);
    expect(
      Object.fromEntries(actual.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }])),
    ).toEqual(manifest.files);
    expect(Object.keys(manifest.files)).toHaveLength(9);
  });

  test("was written from these sources", () => {
    const folders = ["app", "boot", "common", "link", "qemu", "small", "tables"];
    const names = folders.flatMap((folder) => readdirSync(EXAMPLE + folder).map((name) => `${folder}/${name}`)).sort();
    expect(sha256(names.map((name) => `${sha256(exampleFile(name))}  ${name}\n`).join(""))).toBe(manifest.sources);
  });

  test.each(Object.keys(manifest.files))("%s holds no path of the machine that built it", (name) => {
    const texts =
      exampleFile(name)
        .toString("latin1")
        .match(/[\x20-\x7e]{6,}/g) ?? [];
    expect(texts.filter((text) => /^(\/[\w.-]{2,}){2}|^[A-Z]:\\\w{2}/.test(text))).toEqual([]);
  });
});

test("the seed's script loads and verifies the raw dump at 0", () => {
  const script = readFileSync(`${EXAMPLE}../seed/seed.jlink`, "utf8").trim().split("\n");
  const file = '"examples/k24-bootloader/bootloader.raw.bin"';
  expect(script).toEqual(["ExitOnError 1", "r", "h", `loadfile ${file} 0x0`, `verifybin ${file} 0x0`]);
});
