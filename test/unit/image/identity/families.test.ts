import { describe, expect, it } from "vitest";
import { buildImage } from "../../../../src/image/build-image.ts";
import { familyName, IMAGE_FAMILIES, type ImageFamily } from "../../../../src/image/identity/families.ts";
import { identifyImage } from "../../../../src/image/identity/identify.ts";
import { UF2_FAMILIES } from "../../../../src/image/identity/uf2-families.ts";
import { image, program } from "./built.ts";

/** RAM in which every one of these families may have its stack. */
const STACK = 0x2000_4000;

/** Addresses within 1 KB count as one. */
const pageOf = (address: number) => Math.floor(address / 0x400);

/** A program at the beginning of a family's flash that names peripherals. */
const programFor = ({ flash: [base] }: ImageFamily, constants: readonly number[]) =>
  identifyImage(image([base, program(base, STACK, constants)])).family;

/** An image of blocks that name UF2 families. */
const uf2 = (...families: readonly number[]) =>
  identifyImage(
    buildImage({ format: "uf2", segments: [{ name: "u", address: 0, bytes: new Uint8Array(16) }], families }),
  ).family;

describe("a family of chips", () => {
  it.each(IMAGE_FAMILIES.map((family) => [family.id, family] as const))(
    "%s is likely where a program in its flash names all of its peripherals",
    (id, family) => {
      expect(programFor(family, [...family.peripherals, ...(family.distinctive ?? [])])).toMatchObject({
        id,
        name: family.name,
        likelihood: "likely",
      });
    },
  );

  it.each(IMAGE_FAMILIES.flatMap((family) => (family.distinctive ? [[family.id, family] as const] : [])))(
    "%s is not guessed from peripherals that other families have, too",
    (id, { distinctive = [], ...family }) => {
      const pages = distinctive.map(pageOf);
      const shared = family.peripherals.filter((base) => !pages.includes(pageOf(base)));
      expect(programFor(family, shared)?.id).not.toBe(id);
    },
  );

  it("has a name of its own", () => {
    const names = [...IMAGE_FAMILIES.map(({ id }) => familyName(id)), familyName("esp")];
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain("");
    expect(familyName("rp2040")).toBe("RP2040");
    expect(familyName("esp")).toBe("ESP8266 or ESP32");
  });
});

describe("a family id of a UF2 file", () => {
  /** What the names of chips in Microsoft's list begin with, and the family of ours that has them. */
  const NAMED = [
    [/^(STM32|GD32)/, "stm32"],
    [/^nRF52/, "nrf5"],
    [/^SAM[DL]21/, "sam-d2"],
    [/^SAMD51/, "sam-d5"],
    [/^RP2040/, "rp2040"],
    [/^RP2350/, "rp2350"],
    [/^LPC55/, "lpc55"],
    [/^Kinetis/, "kinetis"],
    [/^i\.MX RT/, "imxrt"],
    [/^ESP/, "esp"],
    [/^RP2-series/, undefined],
  ] as const;

  it.each(Object.entries(UF2_FAMILIES).map(([id, [name]]) => [name, Number(id)] as const))(
    "of %s names the family that the chip is of",
    (name, id) => {
      const named = NAMED.filter(([pattern]) => pattern.test(name));
      expect(named).toHaveLength(1);
      const family = uf2(id);
      expect(family?.id).toBe(named[0][1]);
      expect(family?.likelihood).toBe(named[0][1] && "stated");
    },
  );

  it("counts where the code speaks for no family, and the file's statement is the reason", () => {
    expect(uf2(0x5511_4460)?.for).toEqual(["the UF2 file names it"]);
    expect(uf2(0x1c5f_21b0)?.for).toEqual(["the UF2 file names it"]);
  });

  it("makes several families none, as the file is for each of them", () => {
    expect(uf2(0xe48b_ff56, 0x5775_5a57)).toBeUndefined();
  });

  it("counts once where several ids are of one family", () => {
    expect(uf2(0x5775_5a57, 0x5d1a_0a2e)).toMatchObject({ id: "stm32", likelihood: "stated" });
  });
});
