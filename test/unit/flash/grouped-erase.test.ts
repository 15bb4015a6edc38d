import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashBank } from "../../../src/chips/flash-bank.ts";
import { findChip } from "../../../src/chips/list.ts";
import type { ProtectionScheme } from "../../../src/chips/protection-scheme.ts";
import type { SectorContent } from "../../../src/flash/content.ts";
import { checkSteps } from "../../../src/flash/flash-range.ts";
import { lockWindowMs } from "../../../src/flash/plan/lock-window.ts";
import { planFlash, type FlashRequest } from "../../../src/flash/plan/plan.ts";
import type { FlashStep } from "../../../src/flash/plan/steps.ts";
import type { Image } from "../../../src/image/image.ts";
import { inCliWords } from "../../../src/report/advice-words.ts";
import { planLines, planResult } from "../../../src/report/plan-report.ts";
import { bank as bankOf, chipOf } from "./made-up-chips.ts";

const SECTOR = 0x1000;
const START = 0x08000000;
const LENGTH = 0x10000;

/** Sixteen sectors, four to a block; a command for all of it is quicker than ten sectors. */
const usual = {
  start: START,
  length: LENGTH,
  sectors: [{ size: SECTOR, count: LENGTH / SECTOR }],
  block: { size: 4 * SECTOR, eraseMs: 20 },
  times: { eraseSectorMs: [10], eraseBankMs: 60, programUnitUs: 20, burstUnitUs: 10 },
} as const;

const own = (bank: Partial<FlashBank> = {}, others: readonly FlashBank[] = []): Chip => ({
  ...chipOf("MADE-UP", [bankOf({ ...usual, ...bank }), ...others]),
  origin: "own",
});

const imageAt = (address: number, length: number, fill = 0x5a): Image => ({
  format: "raw",
  segments: [{ name: "image", address, bytes: new Uint8Array(length).fill(fill) }],
  symbols: [],
});

/** What stands in sectors: one byte all over each. */
const holding = (from: number, to: number, byte: number): Map<number, SectorContent> => {
  const content = new Map<number, SectorContent>();
  for (let address = from; address < to; address += SECTOR)
    content.set(address, { address, bytes: new Uint8Array(SECTOR).fill(byte), unreadable: [] });
  return content;
};

const stepsOf = (chip: Chip, image: Image, more: Partial<FlashRequest> = {}): readonly FlashStep[] =>
  planFlash({ chip, image, policy: "refuse", keepRest: true, erase: "auto", ...more }).steps;

const erasesOf = (steps: readonly FlashStep[]) => steps.flatMap((step) => (step.step === "program" ? [] : [step.step]));

/** A byte in flash that locks the chip, whose sector comes last. */
const lockedBy = (address: number): ProtectionScheme => ({
  ...{ family: "made up", combinations: [], exits: [] },
  groups: [
    {
      ...{ name: "options", place: "flash", start: address, length: 1, erased: 0xff, fillings: [] },
      fields: [
        {
          ...{ name: "LOCK", what: "lock byte", address, width: 1, open: 0xa5, effective: "reset" },
          ...{ opening: [{ mask: 0xff, value: 0xa5 }], sequence: { last: true }, states: [], bits: [] },
        },
      ],
    },
  ],
});

const whole = imageAt(START, LENGTH);
const other = holding(START, START + LENGTH, 0x11);

describe("erase auto", () => {
  it("erases a bank by one command where every sector of it is written", () => {
    const steps = stepsOf(own(), whole, { content: other });
    expect(erasesOf(steps)).toEqual(["erase-bank"]);
    expect(steps[0].step).toBe("erase-bank");
    expect(steps.filter(({ step }) => step === "program")).toHaveLength(LENGTH / 0x100);
  });

  it("counts a sector that was seen blank and stays blank", () => {
    const image = {
      ...whole,
      segments: [
        imageAt(START, LENGTH - SECTOR).segments[0],
        imageAt(START + LENGTH - SECTOR, SECTOR, 0xff).segments[0],
      ],
    };
    const content = new Map([...other, ...holding(START + LENGTH - SECTOR, START + LENGTH, 0xff)]);
    expect(erasesOf(stepsOf(own(), image, { content }))).toEqual(["erase-bank"]);
  });

  it("erases blocks by one command each where the bank has other sectors", () => {
    const steps = stepsOf(own(), imageAt(START, 6 * SECTOR), { content: other });
    expect(erasesOf(steps)).toEqual(["erase-sector", "erase-sector", "erase-block"]);
    expect(steps).toContainEqual(expect.objectContaining({ step: "erase-block", address: START, length: 4 * SECTOR }));
  });

  it("programs what has an erase of its own before the first erase of a block", () => {
    const steps = stepsOf(own(), imageAt(START, 6 * SECTOR), { content: other });
    const block = steps.findIndex(({ step }) => step === "erase-block");
    const isBehind = (step: FlashStep) => "address" in step && step.address >= START + 4 * SECTOR;
    expect(steps.slice(0, block).every(isBehind)).toBe(true);
    expect(steps.slice(block).some(isBehind)).toBe(false);
  });

  it("leaves a sector that locks the chip the last one, behind the blocks", () => {
    const chip = { ...own(), protection: lockedBy(START + 4 * SECTOR) };
    const steps = stepsOf(chip, imageAt(START, 6 * SECTOR), { content: other, policy: "as-image" });
    expect(erasesOf(steps)).toEqual(["erase-block", "erase-sector", "erase-sector"]);
    expect(steps.at(-1)).toMatchObject({ address: START + 5 * SECTOR - 0x100 });
  });

  const refusals: readonly (readonly [why: string, chip: Chip, image: Image, more: Partial<FlashRequest>])[] = [
    [
      "a sector of it is not in the image",
      own({ block: undefined }),
      imageAt(START, LENGTH - SECTOR),
      { content: other },
    ],
    [
      "a sector of it holds what is wanted already",
      own({ block: undefined }),
      whole,
      { content: new Map([...other, ...holding(START, START + SECTOR, 0x5a)]) },
    ],
    [
      "a sector of it keeps bytes beside the image",
      own({ block: undefined }),
      imageAt(START, LENGTH - 4),
      { content: other },
    ],
    ["its command reaches a user row", own({ block: undefined, eraseReaches: ["uicr"] }), whole, { content: other }],
    [
      "its command reaches option bytes",
      own({ block: undefined, eraseReaches: ["options"] }),
      whole,
      { content: other },
    ],
    [
      "its command takes more than half of the sectors' time",
      own({ block: undefined, times: { ...usual.times, eraseBankMs: 81 } }),
      whole,
      { content: other },
    ],
    [
      "most of its sectors are blank",
      own({ block: undefined }),
      whole,
      { content: new Map([...holding(START, START + LENGTH, 0xff), ...holding(START, START + SECTOR, 0x11)]) },
    ],
    [
      "no command for it is known",
      own({ block: undefined, times: { eraseSectorMs: [10], programUnitUs: 20, burstUnitUs: 10 } }),
      whole,
      { content: other },
    ],
    ["it has no loader of ours", own({ block: undefined, controller: undefined }), whole, { content: other }],
    ["the chip's data are not our own", { ...own({ block: undefined }), origin: "pack" }, whole, { content: other }],
  ];

  it.each(refusals)("erases sector by sector where %s", (_why, chip, image, more) => {
    const steps = stepsOf(chip, image, more);
    expect(new Set(erasesOf(steps))).not.toContain("erase-bank");
    expect(new Set(erasesOf(steps))).toContain("erase-sector");
  });

  it("erases sector by sector where a field in the bank locks the chip by being blank", () => {
    const chip = findChip("MK24FN1M0xxx12");
    const [{ start, length }] = chip.banks;
    const steps = stepsOf(chip, imageAt(start, length), { policy: "keep-open" });
    expect(new Set(erasesOf(steps))).toEqual(new Set(["erase-sector"]));
  });

  it("erases no user row with the code flash of an nRF52", () => {
    const chip = findChip("nRF52840_xxAA");
    const [{ start, length }] = chip.banks;
    expect(new Set(erasesOf(stepsOf(chip, imageAt(start, length))))).toEqual(new Set(["erase-sector"]));
  });

  it.each([["RP2040", 0x20000, ["erase-block", "erase-block"]]])(
    "on the %s, %d bytes take one command for many sectors",
    (name, length, erases) => {
      const chip = findChip(name);
      const steps = stepsOf(chip, imageAt(chip.banks[0].start, length));
      expect(erasesOf(steps)).toEqual(erases);
    },
  );

  it("leaves a block to its sectors where one of them keeps bytes", () => {
    const steps = stepsOf(own(), imageAt(START, 4 * SECTOR - 4), { content: other });
    expect(erasesOf(steps)).toEqual(Array.from({ length: 4 }, () => "erase-sector"));
  });

  it("has another digest than an erase by sectors", () => {
    const request = { chip: own(), image: whole, policy: "refuse", keepRest: true, content: other } as const;
    expect(planFlash({ ...request, erase: "auto" }).digest).not.toBe(planFlash(request).digest);
  });
});

describe("steps for blocks", () => {
  it.each([
    ["flash-unaligned", START + SECTOR, 4 * SECTOR],
    ["flash-unaligned", START, 8 * SECTOR],
    ["flash-range", START + LENGTH, 4 * SECTOR],
  ])("are refused as %s where they are none of the bank's", (code, address, length) => {
    const [bank] = own().banks;
    const steps = [{ step: "erase-block", bank, address, length, atOnce: [] }] as const;
    expect(() => checkSteps(steps)).toThrow(expect.objectContaining({ code }));
  });
});

describe("erase chip", () => {
  const k24 = findChip("MK24FN1M0xxx12");
  const [bank] = k24.banks;
  const PHRASE_WITH_FSEC = 0x408;
  const FSEC = 0x40c;
  const plan = (image: Image, more: Partial<FlashRequest> = {}) =>
    planFlash({ chip: k24, image, policy: "keep-open", keepRest: true, erase: "chip", ...more });
  const firmware = (fsec: number): Image => {
    const [segment] = imageAt(0, 4 * SECTOR).segments;
    const bytes = segment.bytes.fill(0xff, 0x400, 0x410);
    bytes[FSEC] = fsec;
    return { format: "raw", segments: [{ ...segment, bytes }], symbols: [] };
  };

  it("erases the bank first, and programs the phrase with FSEC in the same step", () => {
    const { steps } = plan(firmware(0xfe));
    expect(steps[0]).toMatchObject({ step: "erase-bank", atOnce: [{ address: PHRASE_WITH_FSEC }] });
    expect(steps.slice(1).every(({ step }) => step === "program")).toBe(true);
    expect(steps[1]).toMatchObject({ step: "program", address: 0 });
  });

  it("programs no phrase twice", () => {
    const { steps } = plan(firmware(0xfe));
    const units = steps
      .flatMap((step) => (step.step === "program" ? [step] : step.atOnce))
      .flatMap(({ address, bytes }) => Array.from({ length: bytes.length / 8 }, (_, i) => address + 8 * i));
    expect(new Set(units).size).toBe(units.length);
  });

  it("opens the field where the image does not touch its sector", () => {
    const { steps } = plan(imageAt(0x5000, SECTOR));
    expect(steps[0]).toMatchObject({ step: "erase-bank", atOnce: [{ address: PHRASE_WITH_FSEC }] });
    expect(steps[0].step !== "program" && steps[0].atOnce[0].bytes[FSEC - PHRASE_WITH_FSEC]).toBe(0xfe);
  });

  it("keeps the chip open until all else stands where the image locks it", () => {
    const { steps } = plan(firmware(0x7b), { policy: "as-image" });
    expect(steps[0].step !== "program" && steps[0].atOnce[0].bytes[FSEC - PHRASE_WITH_FSEC]).toBe(0xfe);
    const again = steps.findIndex(({ step }) => step === "erase-sector");
    expect(steps[again]).toMatchObject({ address: 0, atOnce: [{ address: PHRASE_WITH_FSEC }] });
    expect(steps.slice(again + 1).every((step) => step.step === "program" && step.address < SECTOR)).toBe(true);
    expect(steps.slice(1, again).every((step) => step.step === "program" && step.address >= SECTOR)).toBe(true);
  });

  it("lists every sector of the flash, and what is lost of those that the image does not touch", () => {
    const { sectors } = plan(firmware(0xfe));
    expect(sectors).toHaveLength(bank.length / SECTOR);
    expect(sectors.reduce((sum, { lost }) => sum + lost, 0)).toBe(bank.length - 4 * SECTOR);
    expect(sectors.every(({ kept }) => kept === 0)).toBe(true);
  });

  it("states how long a power cut would lock the chip, in lines and in JSON", () => {
    const made = plan(firmware(0xfe));
    expect(lockWindowMs(made)).toBeCloseTo(870.09, 6);
    expect(planLines(made)).toContain("a power cut in the 871 ms of that erase leaves the chip locked");
    expect(planResult(made, inCliWords)).toMatchObject({ erase: "chip", lockWindowMs: lockWindowMs(made) });
  });

  it("states no such time where nothing locks by being blank", () => {
    const chip = findChip("STM32F407xG");
    const made = planFlash({ chip, image: imageAt(START, SECTOR), policy: "keep-open", keepRest: true, erase: "chip" });
    expect(made.steps[0].step).toBe("erase-bank");
    expect(lockWindowMs(made)).toBeUndefined();
  });
});
