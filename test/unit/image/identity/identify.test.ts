import { describe, expect, it } from "vitest";
import { buildImage } from "../../../../src/image/build-image.ts";
import { identifyImage } from "../../../../src/image/identity/identify.ts";
import { bootCrc, image, joined, program, withAt, words } from "./built.ts";

/** Peripherals that a small program of each family names (the vendors' reference manuals). */
const NAMED = {
  stm32: [0x4002_3800, 0x4002_3c00, 0x4002_0000, 0x4000_7000, 0x4001_3800, 0xe004_2000],
  nrf5: [0x4000_0000, 0x4001_e000, 0x5000_0000, 0x1000_0000, 0x4001_1000, 0x4000_8000, 0x4000_2000, 0x4000_6000],
  samD2: [0x4000_0400, 0x4000_0800, 0x4000_0c00, 0x4100_4000, 0x4100_4400, 0x4200_0800, 0x4200_0c00],
  kinetis: [0x4004_7000, 0x4004_8000, 0x4006_4000, 0x4005_2000, 0x400f_f000, 0x4004_9000, 0x4006_a000],
};

type Run = readonly [address: number, bytes: Uint8Array];

const familyOf = (...runs: readonly Run[]) => identifyImage(image(...runs)).family;
const partNames = (...runs: readonly Run[]) => identifyImage(image(...runs)).parts.map(({ name }) => name);

describe("the family of an image", () => {
  it("is guessed from the peripherals that its code names and from where it lies", () => {
    expect(familyOf([0x0800_0000, program(0x0800_0000, 0x2002_0000, NAMED.stm32)])).toMatchObject({
      id: "stm32",
      likelihood: "likely",
    });
    expect(familyOf([0, program(0, 0x2001_0000, NAMED.nrf5)])).toMatchObject({ id: "nrf5", likelihood: "likely" });
    expect(familyOf([0, program(0, 0x2000_8000, NAMED.samD2)])?.id).toBe("sam-d2");
    expect(familyOf([0, program(0, 0x2003_0000, NAMED.kinetis)])?.id).toBe("kinetis");
  });

  it("is guessed from MOVW and MOVT, too, as Rust's compiler loads addresses", () => {
    const load = (address: number) => joined(move(0xf240, address & 0xffff), move(0xf2c0, address >>> 16));
    const code = joined(...NAMED.nrf5.map(load));
    expect(familyOf([0, withAt(program(0, 0x2001_0000), 0x240, code)])?.id).toBe("nrf5");
  });

  it.each([
    ["no peripheral", []],
    ["one peripheral", [0x4001_e000]],
    ["peripherals that many families have at 0x40000000", [0x4000_0000, 0x4000_1000, 0x4000_2000, 0x4000_8000]],
  ])("is not guessed where the code names %s", (_, constants) => {
    expect(familyOf([0, program(0, 0x2001_0000, constants)])).toBeUndefined();
  });

  it("is not guessed from peripherals where the image lies elsewhere than the family's flash", () => {
    expect(familyOf([0x0800_0000, program(0x0800_0000, 0x2001_0000, NAMED.samD2)])).toBeUndefined();
  });

  it("is not guessed for a file without vectors at 0, where raw files without an address lie", () => {
    expect(familyOf([0, program(0, 0x2001_0000, NAMED.samD2).fill(0xff, 0, 0x200)])).toBeUndefined();
  });

  it("is not guessed where the code names several addresses at which the family has nothing", () => {
    const elsewhere = [0x4003_8000, 0x4004_0000, 0x4005_0000, 0x4010_0000];
    expect(familyOf([0, program(0, 0x2001_0000, [...NAMED.nrf5, ...elsewhere])])?.id).not.toBe("nrf5");
  });

  it("is none of data", () => {
    const noise = Uint8Array.from({ length: 0x1_0000 }, (_, i) => (i * 2_654_435_761) >>> 24);
    expect(familyOf([0, noise])).toBeUndefined();
  });

  it("is stated by a UF2 file's family, also by one of which nothing more is known", () => {
    const uf2 = (family: number) =>
      buildImage({
        format: "uf2",
        segments: [{ name: "u", address: 0, bytes: new Uint8Array(16) }],
        families: [family],
      });
    expect(identifyImage(uf2(0xe48b_ff56)).family).toMatchObject({ id: "rp2040", likelihood: "stated" });
    expect(identifyImage(uf2(0x1c5f_21b0)).family).toMatchObject({ id: "esp", likelihood: "stated" });
    expect(identifyImage(uf2(0x1234_5678)).family).toBeUndefined();
  });
});

describe("the parts of an image", () => {
  it("include the UICR, with APPROTECT in words", () => {
    const uicr = withAt(new Uint8Array(0x20c).fill(0xff), 0x208, words(0xffff_ff5a));
    const { family, parts } = identifyImage(image([0, program(0, 0x2001_0000, NAMED.nrf5)], [0x1000_1000, uicr]));
    expect(family?.id).toBe("nrf5");
    expect(parts).toMatchObject([{ name: "UICR", security: ["APPROTECT 0x5A: open on hardened chips"] }]);
  });

  it("hold no word about security where the family is not known to be theirs", () => {
    const options = words(0x00ff_55aa);
    const lone = identifyImage(image([0x1fff_f800, options]));
    expect(lone.parts).toMatchObject([{ name: "option bytes" }]);
    expect(lone.parts[0].security).toBeUndefined();
    const known = identifyImage(
      image([0x0800_0000, program(0x0800_0000, 0x2000_5000, NAMED.stm32)], [0x1fff_f800, options]),
    );
    expect(known.parts[0].security).toEqual(["RDP 0xAA: open"]);
  });

  it("include an LPC's vector checksum and its CRP word", () => {
    const table = program(0, 0x1000_2000, [0x4004_8000, 0x4004_4000, 0x5000_0000]);
    const [a, b, c, d] = [0x1000_2000, 0x201, 0x201, 0x201];
    const sum = (-(a + b + c + d) >>> 0) >>> 0;
    const checked = withAt(withAt(table, 0x10, words(0, 0, 0, sum)), 0x2fc, words(0x4321_8765));
    const { family, parts } = identifyImage(image([0, checked]));
    expect(family).toMatchObject({ id: "lpc" });
    expect(parts.map(({ name }) => name)).toEqual(["vector checksum", "CRP word"]);
    expect(parts[1].security?.[0]).toMatch(/^CRP3/);
  });

  it("include the RP2040's boot2 where its CRC is right, and not where one bit is wrong", () => {
    const boot2 = withAt(new Uint8Array(256), 0, words(0x4b32_b500));
    const good = withAt(boot2, 252, words(bootCrc(boot2.subarray(0, 252))));
    expect(partNames([0x1000_0000, good])).toEqual(["boot2"]);
    expect(familyOf([0x1000_0000, good])).toMatchObject({ id: "rp2040", likelihood: "stated" });
    expect(partNames([0x1000_0000, withAt(good, 4, words(1))])).toEqual([]);
  });

  it("include an i.MX RT's FCB and image vector table", () => {
    const flash = withAt(
      withAt(new Uint8Array(0x2000).fill(0xff), 0, words(0x4246_4346, 0x5601_0400)),
      0x1000,
      words(0x4120_00d1, 0x6000_2000, 0, 0, 0x6000_1020, 0x6000_1000, 0, 0),
    );
    const { family, parts } = identifyImage(image([0x6000_0000, flash]));
    expect(family).toMatchObject({ id: "imxrt", likelihood: "stated" });
    expect(parts.map(({ name }) => name)).toEqual(["FCB", "image vector table"]);
    expect(parts[1].text).toEqual(["entry 0x60002000, placed at 0x60001000"]);
  });

  it("include MCUboot's header with version and TLVs", () => {
    const size = 0x40;
    const header = withAt(new Uint8Array(0x20), 0, words(0x96f3_b83d, 0, 0x20, size, 0, 0x0003_0201, 7));
    const tlvs = joined(words(0x0030_6907), words(0x0020_0010), new Uint8Array(0x20), words(0x0004_0022, 0));
    const signed = joined(header, new Uint8Array(size), tlvs);
    const { parts } = identifyImage(image([0xc000, signed]));
    expect(parts).toMatchObject([
      {
        name: "MCUboot header",
        text: [/^version 1\.2\.3\+7, 64 bytes/, "TLVs: SHA-256, ECDSA signature"].map((s) =>
          typeof s === "string" ? s : expect.stringMatching(s),
        ),
      },
    ]);
    const bare = identifyImage(image([0xc000, signed.subarray(0, 0x20 + size)])).parts[0];
    expect(bare.text[1]).toMatch(/^no TLVs/);
  });

  it("include Kinetis' field at 0x400 of a program for Kinetis, and not of one for another family", () => {
    const field = words(0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_fffe);
    const at = (constants: readonly number[]) => withAt(program(0, 0x2001_0000, constants), 0x400, field);
    expect(partNames([0, at(NAMED.kinetis)])).toContain("flash configuration field");
    expect(partNames([0, at(NAMED.samD2)])).not.toContain("flash configuration field");
  });
});

describe("the vector tables of an image", () => {
  it("are found at its beginning and behind headers", () => {
    const behind = joined(new Uint8Array(0x200), program(0x0800_0200, 0x2001_0000));
    expect(identifyImage(image([0x0800_0000, behind])).vectors).toEqual([
      { address: 0x0800_0200, stack: 0x2001_0000, reset: 0x0800_0401 },
    ]);
  });

  it.each([
    ["a stack pointer in no RAM", 0x0001_0000],
    ["a stack pointer between words", 0x2001_0002],
  ])("are none with %s", (_, stack) => {
    expect(identifyImage(image([0, program(0, stack)])).vectors).toEqual([]);
  });
});

/** MOVW or MOVT R0 with a 16-bit immediate (ARMv7-M ARM, A7.7.76). */
function move(opcode: number, value: number): Uint8Array {
  const first = opcode | (value >> 12) | (((value >> 11) & 1) << 10);
  const second = (((value >> 8) & 7) << 12) | (value & 0xff);
  return words(((second << 16) | first) >>> 0);
}
