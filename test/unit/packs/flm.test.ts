import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/base/bytes.ts";
import type { FlashAlgorithm } from "../../../src/chips/flash-algorithm.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import { PackError } from "../../../src/packs/pack-error.ts";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { ownFlm } from "../../../tools/make-pack.mjs";
import { descriptor, elfWith, FUNCTIONS, type MadeDescriptor, type MadeSection, sectionsWith } from "./made-flm.ts";

const GCC = "arm-none-eabi-gcc";

const read = (made?: MadeDescriptor): FlashAlgorithm => readFlm(elfWith(sectionsWith(made)), "made.FLM");

/** The code and the reason with which an algorithm is refused. */
function refusal(bytes: Uint8Array): string {
  try {
    readFlm(bytes, "made.FLM");
  } catch (error) {
    if (error instanceof PackError)
      return `${error.code} ${JSON.stringify(error.details["reason"] ?? error.details["what"])}`.replaceAll('"', "");
    throw error;
  }
  return "read";
}

/** The sections of a made algorithm with one of them changed. */
const replaced = (index: number, changes: { readonly [field in keyof MadeSection]?: MadeSection[field] | undefined }) =>
  sectionsWith().map((section, i) => (i === index ? ({ ...section, ...changes } as MadeSection) : section));

describe("an FLM", () => {
  it("has its descriptor where the symbol FlashDevice is", () => {
    const bytes = concatBytes([new Uint8Array(16), descriptor({ name: "Behind" })]);
    const symbols = [...FUNCTIONS, { name: "FlashDevice", value: 0x58, section: 3 }];
    expect(readFlm(elfWith(replaced(3, { bytes }), symbols), "made.FLM").device).toBe("Behind");
  });

  it("has no data where its only section of them has no bytes, and as many as a megabyte", () => {
    const empty = sectionsWith().map((section) =>
      section.name === "PrgData" ? { name: "PrgData", address: 0x20, bytes: new Uint8Array(0) } : section,
    );
    expect(readFlm(elfWith(empty), "made.FLM")).toMatchObject({ codeLength: 0x40, staticBase: 0x40 });
    expect(readFlm(elfWith(replaced(2, { address: 0xf_fff0 })), "made.FLM").blob).toHaveLength(0x10_0000);
  });

  it.each([
    [1, "on-chip"],
    [2, "external"],
    [5, "external"],
    [6, "unknown"],
    [0, "unknown"],
  ])("of type %i has its flash at a place: %s", (type, place) => {
    expect(read({ type }).place).toBe(place);
  });

  it("is code, data and zeros one behind the other, although the descriptor has the address of the zeros", () => {
    const { blob, codeLength, staticBase, entries } = read();
    expect(blob.length).toBe(0x58);
    expect([...blob.subarray(0x40, 0x4c)]).toEqual([0x44, 0x33, 0x22, 0x11, 0x88, 0x77, 0x66, 0x55, 0, 0, 0, 0]);
    expect({ codeLength, staticBase, entries }).toEqual({
      codeLength: 0x40,
      staticBase: 0x40,
      entries: { init: 0, unInit: 0x10, eraseSector: 0x20, programPage: 0x30 },
    });
  });

  it("describes its flash: addresses, page, erased byte, limits", () => {
    const { device, flash, pageSize, erased, programMs, eraseMs, place } = read({ start: 0x08000000 });
    expect({ device, flash, pageSize, erased, programMs, eraseMs, place }).toEqual({
      device: "Made flash",
      flash: { start: 0x08000000, length: 0x10000 },
      pageSize: 0x200,
      erased: 0xff,
      programMs: 100,
      eraseMs: 3000,
      place: "on-chip",
    });
  });

  it("is waited for ten minutes at most, whatever it states", () => {
    const { programMs, eraseMs } = read({ programMs: 600_000, eraseMs: 0xffffffff });
    expect([programMs, eraseMs]).toEqual([600_000, 600_000]);
  });

  it.each([
    ["one row", { sectors: [[0x1000, 0]] }, [{ size: 0x1000, count: 0x10 }]],
    [
      "rows of an STM32F4",
      {
        size: 0x100000,
        sectors: [
          [0x4000, 0],
          [0x10000, 0x10000],
          [0x20000, 0x20000],
        ],
      },
      [
        { size: 0x4000, count: 4 },
        { size: 0x10000, count: 1 },
        { size: 0x20000, count: 7 },
      ],
    ],
    [
      "absolute addresses (nRF53's network core)",
      { start: 0x01000000, size: 0x40000, sectors: [[0x800, 0x01000000]] },
      [{ size: 0x800, count: 0x80 }],
    ],
    [
      "a row behind the flash's end",
      {
        size: 0x2000,
        sectors: [
          [0x1000, 0],
          [0x1000, 0x4000],
        ],
      },
      [{ size: 0x1000, count: 2 }],
    ],
  ] as const)("has the sectors of %s", (_, made, runs) => {
    expect(read(made).sectors).toEqual(runs);
  });

  it.each([
    ["text", new TextEncoder().encode("not an ELF file"), "algorithm-invalid cut-off"],
    ["a longer text", new TextEncoder().encode("not an ELF file".repeat(9)), "algorithm-invalid no-elf"],
    ["a file that was cut off", elfWith().subarray(0, 0x180), "algorithm-invalid cut-off"],
    ["RISC-V code", elfWith(sectionsWith(), FUNCTIONS, { machine: 243 }), "algorithm-unsupported other-machine"],
    [
      "functions that are no Thumb code",
      elfWith(
        sectionsWith(),
        FUNCTIONS.map((one) => ({ ...one, value: one.value - 1 })),
      ),
      "algorithm-unsupported no-thumb",
    ],
    [
      "an external loader of ST's",
      elfWith([{ name: "StorageInfo", address: 0x20000004, bytes: descriptor() }]),
      "algorithm-unsupported external-loader",
    ],
    ["no descriptor", elfWith(sectionsWith().slice(0, 3)), "algorithm-invalid no-descriptor"],
    ["no code", elfWith(sectionsWith().slice(1), []), "algorithm-invalid no-code"],
    ["no ProgramPage", elfWith(sectionsWith(), FUNCTIONS.slice(0, 3)), "algorithm-invalid no-entry"],
    [
      "a function outside of its code",
      elfWith(
        sectionsWith(),
        FUNCTIONS.map((one) => ({ ...one, value: one.value + 0x100 })),
      ),
      "algorithm-invalid no-entry",
    ],
    ["code of no bytes", elfWith(replaced(0, { bytes: new Uint8Array(0) }), []), "algorithm-invalid no-code"],
    [
      "code without bytes in the file",
      elfWith(replaced(0, { bytes: undefined, size: 0x40 })),
      "algorithm-invalid no-code",
    ],
    [
      "a descriptor without bytes in the file",
      elfWith(replaced(3, { bytes: undefined, size: 176 })),
      "algorithm-invalid no-descriptor",
    ],
    ["data inside of its code", elfWith(replaced(1, { address: 0x3c })), "algorithm-invalid data-place"],
    ["data a megabyte behind its code", elfWith(replaced(2, { address: 0xf_fff4 })), "algorithm-invalid data-place"],
    [
      "a descriptor that is cut short",
      elfWith(replaced(3, { bytes: descriptor().subarray(0, 167) })),
      "algorithm-invalid descriptor-short",
    ],
    [
      "a descriptor's symbol outside of its section",
      elfWith(sectionsWith(), [...FUNCTIONS, { name: "FlashDevice", value: 0x48 + 176, section: 3 }]),
      "algorithm-invalid descriptor-short",
    ],
    [
      "a function one byte behind its code",
      elfWith(sectionsWith(), [{ name: "Init", value: 0x41, section: 0 }, ...FUNCTIONS.slice(1)]),
      "algorithm-invalid no-entry",
    ],
    [
      "another version of the descriptor",
      elfWith(sectionsWith({ version: 0x0201 })),
      "algorithm-invalid descriptor-version",
    ],
    ["a page of no bytes", elfWith(sectionsWith({ page: 0 })), "algorithm-invalid page-size"],
    ["a page of a gigabyte", elfWith(sectionsWith({ page: 0x40000000 })), "algorithm-invalid page-size"],
    [
      "a flash beyond the address space",
      elfWith(sectionsWith({ start: 0xffff0000, size: 0x20000 })),
      "algorithm-invalid flash-range",
    ],
    [
      "a last sector that the end cuts",
      elfWith(sectionsWith({ size: 0x1800, sectors: [[0x1000, 0]] })),
      "algorithm-invalid sectors",
    ],
    [
      "a row that begins inside of a sector",
      elfWith(
        sectionsWith({
          sectors: [
            [0x1000, 0],
            [0x1000, 0x1800],
          ],
        }),
      ),
      "algorithm-invalid sectors",
    ],
    [
      "more rows of sectors than any flash has",
      elfWith(sectionsWith({ sectors: Array.from({ length: 513 }, (_, i) => [0x10, 0x10 * i] as const) })),
      "pack-too-large rows of sectors",
    ],
    ["sectors of no bytes", elfWith(sectionsWith({ sectors: [[0, 0]] })), "algorithm-invalid sectors"],
    [
      "sectors that don't begin with the flash",
      elfWith(sectionsWith({ sectors: [[0x1000, 0x2000]] })),
      "algorithm-invalid sectors",
    ],
    [
      "data far away from its code",
      elfWith([...sectionsWith(), { name: "PrgData", address: 0x20000000, size: 4 }]),
      "algorithm-invalid data-place",
    ],
  ])("is refused by name with %s", (_, bytes, reason) => {
    expect(refusal(bytes)).toBe(reason);
  });

  it.runIf(hasJudge(GCC) || requiredJudges().includes(GCC)).each([
    ["kinetis-ftfe", 0x00000000, 0x100000],
    ["stm32f4", 0x08000000, 0x100000],
    ["nrf52", 0x00000000, 0x100000],
    ["rp2040", 0x10000000, 0x200000],
  ] as const)("of our own loader for %s is read as its source describes it", (name, start, length) => {
    const { flash, codeLength, staticBase, blob, entries } = readFlm(ownFlm(name), name);
    expect(flash).toEqual({ start, length });
    // A word that is initialised, and two that are zero.
    expect([staticBase, blob.length]).toEqual([codeLength, codeLength + 12]);
    expect(Object.keys(entries).sort()).toEqual(["eraseSector", "init", "programPage", "unInit"]);
  });
});
