import { describe, expect, it } from "vitest";
import { inCliWords } from "../../../../src/report/advice-words.ts";
import { inCommanderWords } from "../../../../src/commander/words/advice-words.ts";
import { explainDifferences } from "../../../../src/doctor/differences.ts";
import { effectiveImage } from "../../../../src/protection/effective-image.ts";
import { keptOpen } from "../../../support/fsec.ts";
import { fsecInput, K24, noisyImage, inputAfter } from "../../doctor/inputs.ts";

const ALL = Array.from({ length: 256 }, (_, byte) => byte);
const verdicts = (image: number, chip: number) =>
  explainDifferences(fsecInput(image, chip)).causes.map((cause) => `${cause.likelihood}: ${cause.id}`);

describe("the first log: FSEC 0x7B in the image, 0x7A on the chip", () => {
  const { summary, causes, fields } = explainDifferences(fsecInput(0x7b, 0x7a));

  it("is summarized in one line", () => {
    expect(summary).toBe("One byte differs, 0x0000040C: FSEC image 0x7B (secured) chip 0x7A (open).");
  });

  it("is decoded: only SEC differs", () => {
    expect(fields).toEqual([
      {
        name: "FSEC",
        address: 0x40c,
        image: 0x7b,
        chip: 0x7a,
        text: "FSEC image 0x7B (secured) chip 0x7A (open)",
        parts: ["SEC 3 (secured) -> 2 (open)"],
      },
    ]);
  });

  it("has two causes that fit, the loader first", () => {
    expect(causes.map((cause) => `${cause.likelihood}: ${cause.id}`)).toEqual([
      "likely: loader-kept-open",
      "possible: programmed-over-FE",
    ]);
  });

  it("names for each what speaks against it", () => {
    expect(causes[0].against).toContainEqual({ text: "0xFE AND 0x7B is 0x7A as well." });
    expect(causes[1].against.map(({ text }) => text).join()).toContain("ECC");
  });

  it("names the experiment that decides, and both ways out", () => {
    for (const cause of causes) expect(inCliWords(cause.test)).toMatch(/0x54.*0x56.*0x54/);
    const remedy = causes[0].remedy.map(inCliWords).join("\n");
    expect(remedy).toContain('"MK24FN1M0xxx12 (allow security)"');
    expect(remedy).toContain("--security as-image");
    expect(remedy).toContain("FSEC 0x7A");
    expect(remedy).toContain("--security keep-open");
  });

  it("gives both ways out to the Commander without a flag of the command line", () => {
    expect(causes[0].remedy.map((each) => inCommanderWords(each, K24))).toEqual([
      'To have the chip secured as the image says (0x7B (secured)): device "MK24FN1M0xxx12 (allow security)". From the next reset on only a mass erase opens it.',
      "To have it open: put SEC = 10 into the image, FSEC 0x7A; verifybin of that image then finds no difference.",
    ]);
  });
});

describe("the two mechanisms", () => {
  it("leave the same byte for every image with SEC = 0b11 or 0b10, and another one for 0b00 and 0b01", () => {
    for (const image of ALL) {
      const same = ((image & ~3) | 2) === (image & 0xfe);
      expect(same).toBe((image & 3) >= 2);
    }
  });

  it.each([
    ["0x54", "0x56", ["likely: loader-kept-open"]],
    ["0x79", "0x7A", ["likely: loader-kept-open"]],
    ["0x79", "0x78", ["likely: programmed-over-FE"]],
    ["0x7F", "0x7E", ["likely: loader-kept-open", "possible: programmed-over-FE"]],
    ["0x64", "0x76", ["likely: loader-kept-open"]],
    ["0x7B", "0xFE", ["likely: loader-kept-open"]],
    ["0x7B", "0xFF", ["likely: blank"]],
  ])("image %s, chip %s: %j", (image, chip, expected) => {
    expect(verdicts(Number(image), Number(chip))).toEqual(expected);
  });

  it("explain every byte that a loader would keep open, whatever the image", () => {
    for (const image of ALL.filter((byte) => keptOpen(byte) !== byte)) {
      expect(verdicts(image, keptOpen(image))[0]).toBe("likely: loader-kept-open");
    }
  });

  // `npm run soak -- fsec` asks for all pairs.
  it("leave no pair of bytes without a cause and a remedy, in one of eleven of all pairs", () => {
    for (const image of ALL) {
      for (const chip of ALL.filter((byte) => byte !== image && (image + byte) % 11 === 0)) {
        const { causes, summary } = explainDifferences(fsecInput(image, chip));
        const helpful = causes.length > 0 && causes.every((cause) => cause.remedy.length > 0);
        if (!helpful || !summary.includes("FSEC image 0x")) expect.fail(`image ${image}, chip ${chip}`);
      }
    }
  });
});

describe("what is known of the job", () => {
  const causesWith = (history: object) =>
    explainDifferences({ ...fsecInput(0x7b, 0x7a), history }).causes.map((cause) => `${cause.likelihood}: ${cause.id}`);

  it("rules programming over 0xFE out where the sector was erased, or the chip not mass-erased", () => {
    for (const history of [{ sectorErased: true }, { massErased: false }]) {
      expect(causesWith(history)).toEqual(["likely: loader-kept-open", "unlikely: programmed-over-FE"]);
    }
  });

  it("rules the loader out where the device's name allowed security", () => {
    expect(causesWith({ device: "MK24FN1M0xxx12 (allow security)" })).toEqual([
      "possible: programmed-over-FE",
      "unlikely: loader-kept-open",
    ]);
  });

  it("is certain where Flashproof itself declared the change", () => {
    const image = noisyImage(0x1000, 0x7b);
    const { changes } = effectiveImage(image, K24, "keep-open");
    const { causes } = explainDifferences({ ...fsecInput(0x7b, 0x7a), changes });
    expect(causes.map((cause) => `${cause.likelihood}: ${cause.id}`)).toEqual(["certain: declared-change"]);
  });

  it("sees a chip that was mass-erased and never programmed", () => {
    const input = inputAfter(noisyImage(0x1000, 0x7b), (held) => held.fill(0xff).with(0x40c, 0xfe));
    expect(explainDifferences(input).causes[0].id).toBe("blank");
  });
});
