import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainDifferences } from "../../../src/doctor/differences.ts";
import type { DifferenceInput } from "../../../src/doctor/evidence.ts";
import { K24, noise, noisyImage, inputAfter } from "./inputs.ts";

const image = noisyImage();
const best = (input: DifferenceInput) => {
  const [cause] = explainDifferences(input).causes;
  return `${cause.likelihood}: ${cause.id}`;
};

describe("causes of differences between image and memory", () => {
  it("nothing differs", () => {
    expect(explainDifferences(inputAfter(image, () => undefined))).toEqual({
      summary: "The chip holds what the image says.",
      causes: [],
      fields: [],
      places: [],
    });
  });

  it("blank: erased, not programmed", () => {
    expect(best(inputAfter(image, (chip) => chip.fill(0xff)))).toBe("likely: blank");
  });

  it("right up to an address and blank from there on: cut while programming", () => {
    const input = inputAfter(image, (chip) => chip.fill(0xff, 0x1230));
    expect(explainDifferences(input).causes.map((cause) => cause.id)).toContain("cut-while-programming");
    expect(best({ ...input, history: { interrupted: true } })).toBe("likely: cut-while-programming");
  });

  it.each([4, -4, 0x400, -1, 37, -0x124])("the image %i bytes beside its place: shifted", (shift) => {
    const input = inputAfter(image, (chip) => {
      const bytes = noise(chip.length, 9);
      for (let i = 0; i < chip.length; i++) bytes[i + shift] = chip[i];
      return bytes.slice(0, chip.length);
    });
    const { causes } = explainDifferences(input);
    expect(causes[0].id).toBe("shifted");
    expect(causes[0].what).toContain(`${Math.abs(shift)} (0x`);
    expect(causes[0].what).toContain(shift > 0 ? "too high" : "too low");
  });

  it.each([1, 2, 3])("bytes exchanged with those at address XOR %i: byte-swapped", (flip) => {
    expect(best(inputAfter(image, (chip) => chip.map((_, i) => chip[i ^ flip])))).toBe("likely: byte-swapped");
  });

  it("the same bit of every word: stuck", () => {
    const input = inputAfter(image, (chip) => chip.map((byte, i) => (i % 4 === 2 ? byte | 0x10 : byte)));
    expect(best(input)).toBe("likely: stuck-bits");
    expect(explainDifferences(input).causes[0].what).toContain("0x00100000");
  });

  it("the AND of two images: programmed without an erase", () => {
    const old = noise(0x2000, 7);
    expect(best(inputAfter(image, (chip) => chip.map((byte, i) => byte & old[i])))).toBe("likely: over-programmed");
  });

  it("a phrase that cannot be read: its ECC was broken by programming it twice", () => {
    const input = inputAfter(
      image,
      () => undefined,
      (address) => address >= 0x800 && address < 0x808,
    );
    const [cause] = explainDifferences(input).causes;
    expect(cause.id).toBe("over-programmed");
    expect(cause.for.map(({ text }) => text).join()).toContain("ECC");
  });

  it("nothing can be read: locked", () => {
    const input = inputAfter(
      image,
      () => undefined,
      () => true,
    );
    expect(best(input)).toBe("possible: locked-chip");
    expect(best({ ...input, history: { locked: true } })).toBe("certain: locked-chip");
  });

  const guarded = (length: number, fprot: number) => {
    const whole = noisyImage(length);
    const bytes = whole.segments[0].bytes.with(0x408, fprot);
    return { ...whole, segments: [{ ...whole.segments[0], bytes }] };
  };
  const overwritten = (at: number) => (chip: Uint8Array) => {
    chip.set(noise(256, 5), at);
    return chip;
  };

  it("all differences in regions that the chip's FPROT protects, and some of the image outside: protected", () => {
    expect(best(inputAfter(guarded(0xa000, 0xfd), overwritten(0x8800)))).toBe("likely: protected-region");
  });

  it("the whole image in protected regions: possible only, without other evidence", () => {
    expect(best(inputAfter(guarded(0x2000, 0xfe), overwritten(0x1800)))).toBe("possible: protected-region");
  });

  it("a later build, in which everything after some new code lies further: not shifted but stale", () => {
    const input = inputAfter(image, (chip) => {
      chip.copyWithin(0x1010, 0x1000);
      chip.set(noise(16, 11), 0x1000);
      return chip;
    });
    expect(best(input)).toBe("possible: stale-image");
  });

  it("another program: stale", () => {
    expect(
      best(
        inputAfter(image, (chip) => Uint8Array.from([...chip.subarray(0, 0x410), ...noise(chip.length - 0x410, 3)])),
      ),
    ).toBe("possible: stale-image");
  });

  it("a few bytes without a pattern: unknown, with a test", () => {
    const [cause] = explainDifferences(
      inputAfter(image, (chip) => chip.with(0x900, chip[0x900] ^ 0xff).with(0xa01, chip[0xa01] ^ 0x5a)),
    ).causes;
    expect(cause).toMatchObject({ id: "unknown", test: { act: "read-range-twice", arguments: {} } });
  });
});

describe("the word FSEC", () => {
  it("never occurs unless FSEC differs", () => {
    const byte = fc.tuple(fc.nat(0x1fff), fc.nat(255));
    const anyHistory = fc.record({ interrupted: fc.boolean(), locked: fc.boolean(), massErased: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(byte, { minLength: 1, maxLength: 40 }),
        fc.option(fc.nat(0x1ff8)),
        anyHistory,
        (changes, unreadable, history) => {
          const isUnreadable = (address: number) =>
            unreadable !== null && address >= unreadable && address < unreadable + 8 && address !== 0x40c;
          const input = inputAfter(
            image,
            (chip) => {
              for (const [at, value] of changes.filter(([address]) => address !== 0x40c)) chip[at] = value;
              return chip;
            },
            isUnreadable,
          );
          const explanation = explainDifferences({ ...input, history });
          expect(JSON.stringify(explanation)).not.toContain("FSEC");
          expect(explanation.causes.length > 0).toBe(input.differences.length > 0);
        },
      ),
    );
  });

  it("occurs where FSEC differs among others", () => {
    const input = inputAfter(noisyImage(0x2000, 0x7b), (chip) => chip.fill(0xff, 0x1000).with(0x40c, 0x7a));
    const { summary, causes } = explainDifferences(input);
    expect(summary).toMatch(
      /^\d+ bytes differ, the first at 0x0000040C; among them FSEC image 0x7B \(secured\) chip 0x7A \(open\)\.$/,
    );
    expect(causes.map((cause) => cause.id)).toEqual(expect.arrayContaining(["loader-kept-open", "blank"]));
  });
});

describe("other security bytes that differ", () => {
  it("are named as the manual names them", () => {
    const input = inputAfter(image, (chip) => chip.with(0x401, 0).with(0x40b, 0x7f).with(0x40d, 0xfd).with(0x40f, 0));
    expect(explainDifferences(input).fields.map((field) => field.text.split(" image ")[0])).toEqual([
      "backdoor key byte 1",
      "FPROT0",
      "FOPT",
      "FDPROT",
    ]);
  });
});

describe("a whole flash that differs", () => {
  it("is looked at in samples, and counted whole", () => {
    const all = noisyImage(K24.banks[0].length);
    const { summary, causes } = explainDifferences(inputAfter(all, (chip) => chip.map((byte) => byte ^ 0xff)));
    expect(summary).toContain(`${K24.banks[0].length} bytes differ`);
    expect(causes.length).toBeGreaterThan(0);
  });
});
