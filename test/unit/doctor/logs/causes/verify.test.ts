import { describe, expect, it } from "vitest";
import { buildImage } from "../../../../../src/image/build-image.ts";
import { type Byte, causesOf, diagnosisOf, type Line, readingOf } from "../log-of.ts";
import { historyOf } from "../../../../../src/doctor/logs/causes/verify-causes.ts";

const KINETIS = { chip: "MK24FN1M0XXX12" };
const LPC = { chip: "LPC1768" };
const STM32 = { chip: "STM32F407VG" };

const VERIFY = "verify-failed";
const FSEC: Byte = [0x40c, 0x7b, 0x7a];
const phases = (text: string): Line => ({ kind: "phase-times", values: { phases: text } });
const device = (name: string): Line => ({ kind: "device", values: { device: name } });
const find = (id: string, ...args: Parameters<typeof diagnosisOf>) =>
  diagnosisOf(...args).causes.find((cause) => cause.id === id);
const idsOf = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).causes.map(({ id }) => id as string);
const imageOf = (address: number, bytes: Uint8Array) =>
  buildImage({ format: "hex", segments: [{ name: "f", address, bytes }] });

describe("bytes that a log's verify found different", () => {
  it("are quoted first as evidence of each cause, four of them", () => {
    const bytes = Array.from({ length: 6 }, (_, i): Byte => [0x900 + i * 7, 0x12 + i * 31, 0xff]);
    const { causes, failures } = diagnosisOf(["verify-ok", VERIFY], { bytes }, KINETIS);
    expect(causes[0].for.slice(0, 4).map(({ text }) => text)).toEqual([
      "At 0x00000900 the file has 0x12, the chip 0xFF.",
      "At 0x00000907 the file has 0x31, the chip 0xFF.",
      "At 0x0000090E the file has 0x50, the chip 0xFF.",
      "At 0x00000915 the file has 0x6F, the chip 0xFF.",
    ]);
    expect(causes[0].for[4].text).not.toContain("0x0000091C");
    expect(failures).toHaveLength(6);
    expect(failures[0]).toEqual({ address: "0x00000900", expected: "0x12", read: "0xFF", lines: [2] });
  });

  it("are taken in the order of their addresses, and the later of two at one address", () => {
    const bytes: readonly Byte[] = [
      [0x901, 0x12, 0xff],
      [0x900, 0x34, 0x56],
      [0x900, 0x34, 0xff],
    ];
    expect(idsOf([VERIFY], { bytes }, KINETIS)).toContain("blank");
    expect(idsOf([VERIFY], { bytes: bytes.slice(0, 2) }, KINETIS)).not.toContain("blank");
  });

  it("have what to do in the host's words for a Kinetis, and in the tool's for another chip", () => {
    const spell = () => "Spelled by the host.";
    const testOf = (chip: string) => diagnosisOf([VERIFY], { bytes: [[0x900, 0x12, 0xff]] }, { chip, spell }).causes[0];
    expect(testOf("MK24FN1M0XXX12").test).toBe("Spelled by the host.");
    expect(testOf("MK24FN1M0XXX12").remedy[0]).toBe("Spelled by the host.");
    expect(testOf("STM32F407VG").test).not.toBe("Spelled by the host.");
  });

  it("without a device are no Kinetis' security byte", () => {
    expect(idsOf([VERIFY], { bytes: [FSEC] })).not.toContain("loader-kept-open");
    expect(idsOf([VERIFY], { bytes: [FSEC] }, { chip: "S32K144" })).toContain("loader-kept-open");
  });
});

describe("the history that a log holds", () => {
  it.each([
    [["mass-erase"], { massErased: true }],
    [["mass-erase-done"], { massErased: true }],
    [["done", phases("Compare: 0.1s, Program & Verify: 1s")], { toolVerified: true }],
    [["done", phases("Compare: 0.1s, Program: 1s")], {}],
    [[phases("Program & Verify: 1s")], {}],
    [["done", { kind: "phase-times" }], {}],
    [[device("MK24"), device("MK64")], { device: "MK24" }],
    [["version"], {}],
  ] as const)("of %j is %j", (lines, history) => expect(historyOf(readingOf(lines))).toEqual(history));
});

describe("a security byte that is open and was not meant to be", () => {
  const done = ["mass-erase", device("MK24FN1M0XXX12"), phases("Erase: 0.2s, Program & Verify: 1s"), "done"] as const;

  it("was kept open by the loader, of which name, erase and own check speak", () => {
    const cause = find("loader-kept-open", [...done, VERIFY], { tool: "jlink", bytes: [FSEC] }, KINETIS);
    expect(cause?.for.flatMap(({ line }) => line ?? [])).toEqual([5, 3, 3, 2]);
    expect(cause?.for.at(-2)?.text).toContain("0.2 s");
  });

  it("has the plain name as evidence with J-Link only, and not the name that allows security", () => {
    const lines = (name: string) => [device(name), VERIFY] as const;
    const linesOf = (...args: Parameters<typeof diagnosisOf>) =>
      find("loader-kept-open", ...args)?.for.flatMap(({ line }) => line ?? []);
    const log = { tool: "jlink", bytes: [FSEC] } as const;
    expect(linesOf([device("MK24"), device("MK24"), VERIFY], log, KINETIS)).toEqual([3, 1]);
    expect(linesOf(lines("MK24"), { bytes: [FSEC] }, KINETIS)).toEqual([2]);
    const allowed = find("loader-kept-open", lines("MK24FN1M0XXX12 (allow security)"), log, KINETIS);
    expect(allowed).toMatchObject({ likelihood: "unlikely", against: [{}, { line: 1 }] });
    expect(allowed?.for.flatMap(({ line }) => line ?? [])).toEqual([2]);
  });

  it.each([
    ["after no mass erase", [phases("Erase: 0.2s")]],
    ["by an erase that took no time", ["mass-erase", phases("Erase: 0s")]],
    ["by phases without an erase", ["mass-erase", phases("Program: 2s")]],
    ["by a line without phases", ["mass-erase", "phase-times"]],
  ] as const)("has no evidence of an erased sector %s", (_, lines) => {
    const cause = find("loader-kept-open", [...lines, VERIFY], { bytes: [FSEC] }, KINETIS);
    expect(cause?.for.map(({ text }) => text).join(" ")).not.toContain("Erasing took");
  });

  it("was programmed over 0xFE, of which an erase and the tool's own check speak against", () => {
    const cause = find("programmed-over-FE", [...done, VERIFY], { tool: "jlink", bytes: [FSEC] }, KINETIS);
    expect(cause?.against.flatMap(({ line }) => line ?? [])).toEqual([3, 3]);
    expect(cause?.for.flatMap(({ line }) => line ?? [])).toEqual([5, 1]);
    const bare = find("programmed-over-FE", [VERIFY], { bytes: [FSEC] }, KINETIS);
    expect(bare?.against.flatMap(({ line }) => line ?? [])).toEqual([]);
  });

  it.each([
    ["FFFFFFFE", true],
    ["fffffffe", true],
    ["FFFFFFFEE", false],
    ["0FFFFFFFE", false],
    ["00000410", false],
  ])("was programmed over 0xFE, of which PC = %s speaks: %s", (pc, speaks) => {
    const lines = [{ kind: "registers", values: { pc } }, { kind: "registers", values: {} }, VERIFY] as const;
    const cause = find("programmed-over-FE", lines, { bytes: [FSEC] }, KINETIS);
    expect(cause?.for.some(({ line }) => line === 1)).toBe(speaks);
    expect(cause?.for.some(({ line }) => line === 2)).toBe(false);
  });
});

describe("a field that OpenOCD refused to write", () => {
  it.each([
    [[], KINETIS, "certain"],
    [[FSEC], KINETIS, "certain"],
    [[[0x400, 0, 0xff]], KINETIS, "certain"],
    [[[0x40f, 0, 0xff]], KINETIS, "certain"],
    [[[0x3ff, 0, 0xff]], KINETIS, "unlikely"],
    [[[0x410, 0, 0xff]], KINETIS, "unlikely"],
    [[[0x410, 0, 0xff], FSEC], KINETIS, "certain"],
  ] as const)("explains differences $0 as $2", (bytes, options, likelihood) => {
    const cause = find("fcf-write-denied", ["field-denied", VERIFY], { bytes }, options);
    expect(cause?.likelihood).toBe(likelihood);
    expect(cause?.against).toHaveLength(likelihood === "certain" ? 0 : 1);
    expect(cause?.for).toHaveLength(1 + (likelihood === "certain" ? bytes.length : 0));
  });

  it("is no cause where no line reports it", () =>
    expect(idsOf([VERIFY], { bytes: [FSEC] }, KINETIS)).not.toContain("fcf-write-denied"));
});

describe("the checksum of an LPC's vectors", () => {
  const word = (expected: number, from = 0x1c): readonly Byte[] =>
    [0, 1, 2, 3].map((i): Byte => [from + i, expected, 0x50 + i * 9]);

  it.each([
    ["with an LPC", word(0x77), LPC, "likely"],
    ["with an LPC55", word(0x77), { chip: "LPC55S69" }, "likely"],
    ["with an LPC, one byte", word(0x77).slice(3), LPC, "likely"],
    ["with no chip and an empty word", word(0), {}, "possible"],
    ["with no chip and a word of the file's own", word(0x77), {}, undefined],
    ["with no chip and a part of the word", word(0).slice(1), {}, undefined],
    ["with another chip", word(0), STM32, undefined],
    ["before it", word(0x77, 0x1b), LPC, undefined],
    ["behind it", word(0x77, 0x1d), LPC, undefined],
  ] as const)("$0: $3", (_, bytes, options, likelihood) => {
    const cause = find("vector-checksum", [VERIFY], { bytes }, options);
    expect(cause?.likelihood).toBe(likelihood);
    if (cause) expect(cause.for[0]).toMatchObject({ line: 1 });
    if (cause) expect(cause.for[0].text).toContain(bytes[0][0].toString(16).toUpperCase());
  });
});

describe("a byte of the flash configuration field beside FSEC", () => {
  it.each([
    ["FOPT", [[0x40d, 0xff, 0xfb]], KINETIS, true],
    ["FOPT of an S32K1", [[0x40d, 0xff, 0xfb]], { chip: "S32K144" }, true],
    ["FOPT and FSEC", [[0x40d, 0xff, 0xfb], FSEC], KINETIS, false],
    [
      "FOPT and the byte behind the field",
      [
        [0x40d, 0xff, 0xfb],
        [0x410, 0, 1],
      ],
      KINETIS,
      false,
    ],
    ["FOPT where the chip is not known", [[0x40d, 0xff, 0xfb]], {}, false],
  ] as const)("$0: changed by the tool $3", (_, bytes, options, isOne) => {
    const cause = find("field-byte-changed", [VERIFY], { bytes }, options);
    expect(cause !== undefined).toBe(isOne);
    if (cause) expect(cause).toMatchObject({ likelihood: "likely", for: [{ line: 1 }], against: [{}] });
    if (cause) expect(cause.for[0].text).toContain("0x0000040D");
  });
});

describe("option words that differ", () => {
  it.each([
    [0x1fff_c000, true],
    [0x1fff_c00f, true],
    [0x1fff_bfff, false],
    [0x1fff_c010, false],
  ])("at %i: field-byte-changed %s", (address, isOne) =>
    expect(idsOf([VERIFY], { bytes: [[address, 0xaa, 0xbb]] }, STM32).includes("field-byte-changed")).toBe(isOne),
  );

  it("with a byte of the flash among them are no such cause", () => {
    const bytes: readonly Byte[] = [
      [0x1fff_c001, 0xaa, 0xbb],
      [0x0800_0000, 1, 2],
    ];
    expect(idsOf([VERIFY], { bytes }, STM32)).not.toContain("field-byte-changed");
  });

  it("have the image's values as evidence, where it has them", () => {
    const options = {
      ...STM32,
      image: imageOf(0x1fff_c000, Uint8Array.of(0xef, 0xbb, 0x10, 0x44, 255, 255, 255, 255)),
    };
    const cause = find("field-byte-changed", [VERIFY], { bytes: [[0x1fff_c001, 0xbb, 0xaa]] }, options);
    expect(cause?.for[0]).toMatchObject({ line: 1 });
    expect(
      cause?.for
        .slice(1)
        .map(({ text }) => text)
        .join(" "),
    ).toContain("RDP is 0xBB");
  });
});

describe("bytes that still hold what was there before", () => {
  const old = (count: number): readonly Byte[] =>
    Array.from({ length: count }, (_, i) => [0x100 + i * 3, 0x10, 0x23 + i]);
  const fallen = (count: number): readonly Byte[] =>
    Array.from({ length: count }, (_, i) => [0x800 + i * 3, 0x3f, 0x15]);

  it.each([
    [3, 0, false],
    [4, 0, true],
    [4, 4, true],
    [4, 5, false],
  ])("%i with ones that the file has not, %i without: not erased %s", (olds, others, isOne) =>
    expect(causesOf([VERIFY], { bytes: [...old(olds), ...fallen(others)] }).includes("possible not-erased")).toBe(
      isOne,
    ),
  );

  it("are counted, and three of them quoted", () => {
    const cause = find("not-erased", [VERIFY], { bytes: [...old(5), ...fallen(1)] });
    expect(cause?.what).toMatch(/^5 of 6 bytes/);
    expect(cause?.for.map(({ line }) => line)).toEqual([1, 1, 1]);
  });

  it("are none where the chip is blank", () => {
    const bytes = old(8).map(([address, expected]): Byte => [address, expected, 0xff]);
    expect(idsOf([VERIFY], { bytes })).not.toContain("not-erased");
  });

  it.each(["flash-protected", "fprot-protected", "write-protection", "field-denied"] as const)(
    "are explained by %s",
    (kind) => expect(idsOf([kind, VERIFY], { bytes: old(8) })).not.toContain("not-erased"),
  );
});

describe("a verify that failed without a place", () => {
  it.each(["verify-failed", "verify-address"] as const)("by %s is a difference that is not located", (kind) => {
    const cause = find("unlocated-difference", [kind]);
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 1 }], against: [{}] });
    expect(cause?.what).not.toContain("0x");
  });

  it("names the first address that a line has", () => {
    const lines = [VERIFY, { kind: "verify-address", values: { address: "0x1234" } }] as const;
    expect(find("unlocated-difference", lines)?.what).toContain("at 0x00001234,");
  });

  it("is located by Flashproof's verify for a Kinetis only", () => {
    expect(find("unlocated-difference", [VERIFY], {}, KINETIS)?.test).toContain("flashproof verify");
    expect(find("unlocated-difference", [VERIFY], {}, STM32)?.test).not.toContain("flashproof");
  });

  it("is none where bytes are named, or none failed", () => {
    expect(idsOf([VERIFY], { bytes: [FSEC] }, KINETIS)).not.toContain("unlocated-difference");
    expect(idsOf(["verify-ok"])).not.toContain("unlocated-difference");
  });
});
