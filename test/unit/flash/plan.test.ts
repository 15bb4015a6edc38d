import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { isErased, type SectorContent } from "../../../src/flash/content.ts";
import { missingPermit, permit } from "../../../src/flash/permit.ts";
import { type FlashPlan, planErase, planEraseAll, planFlash } from "../../../src/flash/plan/plan.ts";
import { estimate } from "../../../src/flash/plan/estimate.ts";
import type { FlashStep } from "../../../src/flash/plan/steps.ts";
import type { Image } from "../../../src/image/image.ts";

const [bank] = chip.banks;
const SECTOR = bank.sectors[0].size;
const sectorAt = (address: number) => ({ bank, address, size: SECTOR, run: 0 });
const PHRASE_WITH_FSEC = 0x408;

const imageAt = (address: number, bytes: Uint8Array): Image => ({
  format: "raw",
  segments: [{ name: "test", address, bytes }],
  symbols: [],
});

const blank = (address: number): SectorContent => ({
  address,
  bytes: new Uint8Array(SECTOR).fill(0xff),
  unreadable: [],
});

/** A sector 0 image with the given FSEC byte, everything else recognisable. */
function sectorZero(fsec: number): Uint8Array {
  const bytes = Uint8Array.from({ length: SECTOR }, (_, i) => (i * 7 + 3) & 0xff);
  bytes.fill(0xff, 0x400, 0x410);
  bytes[0x40c] = fsec;
  return bytes;
}

/** What a chip holds after the steps, by the controller's rules: erase to FF, program clears bits. */
function play(plan: FlashPlan, before: ReadonlyMap<number, SectorContent>): Uint8Array {
  const flash = new Uint8Array(bank.length).fill(0xff);
  for (const [at, sector] of before) flash.set(sector.bytes, at);
  for (const step of plan.steps) apply(flash, step);
  return flash;
}

function apply(flash: Uint8Array, step: FlashStep): void {
  if (step.step === "program") for (const [i, b] of step.bytes.entries()) flash[step.address + i] &= b;
  else if (step.step === "erase-bank") flash.fill(0xff);
  else flash.fill(0xff, step.address, step.address + SECTOR);
  if (step.step !== "program") for (const write of step.atOnce) apply(flash, { step: "program", bank, ...write });
}

describe("a flash plan", () => {
  it("programs the phrase with FSEC right after its sector's erase, nothing between", () => {
    const { steps } = planFlash({ chip, image: imageAt(0, sectorZero(0xfe)), policy: "refuse", keepRest: true });
    expect(steps[0]).toMatchObject({ step: "erase-sector", address: 0, atOnce: [{ address: PHRASE_WITH_FSEC }] });
    expect(steps.slice(1).some((s) => "bytes" in s && s.address <= 0x40c && s.address + s.bytes.length > 0x40c)).toBe(
      false,
    );
  });

  it("writes 0x400-0x40F by two phrases and runs sections around them", () => {
    const bytes = sectorZero(0xfe).map((b, i) => (i >= 0x400 && i < 0x408 ? i & 0x7f : b));
    const { steps } = planFlash({ chip, image: imageAt(0, bytes), policy: "refuse", keepRest: true });
    const ranges = steps.flatMap((s) => ("bytes" in s ? [[s.step, s.address, s.address + s.bytes.length]] : []));
    expect(ranges).toEqual([
      ["program", 0x400, 0x408],
      ["program", 0x000, 0x400],
      ["program", 0x410, 0x800],
      ["program", 0x800, 0xc00],
      ["program", 0xc00, 0x1000],
    ]);
  });

  it("does the sector with the flash configuration field last", () => {
    const bytes = new Uint8Array(3 * SECTOR).map((_, i) => (i * 3) & 0x7f);
    bytes.set(sectorZero(0xfe));
    const { steps } = planFlash({ chip, image: imageAt(0, bytes), policy: "refuse", keepRest: true });
    const erased = steps.flatMap((s) => (s.step === "erase-sector" ? [s.address] : []));
    expect(erased).toEqual([SECTOR, 2 * SECTOR, 0]);
  });

  it("leaves equal sectors alone and checks blank ones at user margin before it programs them", () => {
    const bytes = new Uint8Array(2 * SECTOR).fill(0x55);
    const content = new Map([
      [SECTOR, { address: SECTOR, bytes: bytes.slice(0, SECTOR), unreadable: [] }],
      [2 * SECTOR, blank(2 * SECTOR)],
    ]);
    const plan = planFlash({ chip, image: imageAt(SECTOR, bytes), policy: "refuse", keepRest: true, content });
    expect(plan.sectors.map((s) => s.action)).toEqual(["unchanged", "program"]);
    expect(plan.steps[0]).toEqual({ step: "ensure-blank", bank, address: 2 * SECTOR, atOnce: [] });
  });

  it("erases a sector with a phrase that can't be read, and counts its bytes as lost", () => {
    const content = new Map([[SECTOR, { ...blank(SECTOR), unreadable: [0x20] }]]);
    const plan = planFlash({
      chip,
      image: imageAt(SECTOR, Uint8Array.of(1, 2, 3, 4)),
      policy: "refuse",
      keepRest: true,
      content,
    });
    expect(plan.sectors[0]).toMatchObject({ action: "erase-program", kept: SECTOR - 4, lost: 8 });
  });

  it("opens FSEC where the image leaves a gap over it and the rest is not kept", () => {
    const plan = planFlash({ chip, image: imageAt(0, new Uint8Array(0x100)), policy: "refuse", keepRest: false });
    expect(play(plan, new Map())[0x40c]).toBe(0xfe);
  });

  it("needs a consent for a kept field that would lock the chip", () => {
    const now = blank(0);
    now.bytes[0x40c] = 0x7b;
    const plan = planFlash({
      chip,
      image: imageAt(0, new Uint8Array(16)),
      policy: "refuse",
      keepRest: true,
      content: new Map([[0, now]]),
    });
    expect(plan.needs.map((n) => n.act)).toEqual(["lock"]);
    expect(missingPermit(plan.needs, [])?.act).toBe("lock");
    expect(missingPermit(plan.needs, [permit("lock")])).toBeUndefined();
  });

  it("has the same digest exactly when it does the same", () => {
    const plan = (fsec: number) =>
      planFlash({ chip, image: imageAt(0, sectorZero(fsec)), policy: "as-image", keepRest: true });
    expect(plan(0xfe).digest).toBe(plan(0xfe).digest);
    expect(plan(0xfe).digest).not.toBe(plan(0x7e).digest);
  });

  it("leaves on the chip the effective image and what stood there before (property)", () => {
    const arbitrary = fc.record({
      address: fc.integer({ min: 0, max: 3 * SECTOR }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 2 * SECTOR }),
      old: fc.constantFrom(0xff, 0x00, 0xa5),
    });
    fc.assert(
      fc.property(arbitrary, ({ address, bytes, old }) => {
        const content = new Map<number, SectorContent>();
        for (let at = 0; at < 8 * SECTOR; at += SECTOR)
          content.set(at, { address: at, bytes: new Uint8Array(SECTOR).fill(old), unreadable: [] });
        const plan = planFlash({ chip, image: imageAt(address, bytes), policy: "keep-open", keepRest: true, content });
        const after = play(plan, content);
        for (const segment of plan.image.segments)
          expect(after.slice(segment.address, segment.address + segment.bytes.length)).toEqual(segment.bytes);
        const touched = (at: number) => at >= address && at < address + bytes.length;
        for (let at = 0x1000; at < 8 * SECTOR; at++)
          if (!touched(at) && after[at] !== old) throw new Error(`byte ${at} was not kept`);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an erase plan", () => {
  it("opens the flash configuration field in the step that erases sector 0", () => {
    const { steps } = planErase(chip, [{ sector: sectorAt(0), blank: false }]);
    expect(steps).toMatchObject([{ step: "erase-sector", atOnce: [{ address: PHRASE_WITH_FSEC }] }]);
  });

  it("checks a sector that reads blank at user margin", () => {
    expect(planErase(chip, [{ sector: sectorAt(SECTOR), blank: true }]).steps).toEqual([
      { step: "ensure-blank", bank, address: SECTOR, atOnce: [] },
    ]);
  });

  it("erases the whole array by one command followed by the phrase with FSEC", () => {
    const { steps } = planEraseAll(chip);
    expect(steps).toMatchObject([{ step: "erase-bank", atOnce: [{ address: PHRASE_WITH_FSEC }] }]);
    const flash = play(planEraseAll(chip), new Map());
    expect(flash[0x40c]).toBe(0xfe);
    flash[0x40c] = 0xff;
    expect(isErased(flash, bank)).toBe(true);
  });
});

describe("an estimate", () => {
  it("adds up what the controller and the link take, phase by phase", () => {
    const bytes = new Uint8Array(2 * SECTOR).fill(0x55);
    const plan = planFlash({ chip, image: imageAt(SECTOR, bytes), policy: "refuse", keepRest: true });
    const guess = estimate(plan, { bytesPerMs: 100, roundTripMs: 1 });
    expect(guess.eraseMs).toBe(2 * (14 + 1));
    // Slower than the flash, the link alone counts; eight sections of 1 KB, each with a round trip.
    expect(guess.programMs).toBeCloseTo(8192 / 100 + 8, 6);
    expect(estimate(plan, { bytesPerMs: 10_000, roundTripMs: 1 }).programMs).toBeCloseTo(512 * 0.078125 + 8, 6);
    expect(guess.totalMs).toBeCloseTo(guess.compareMs + guess.eraseMs + guess.programMs + guess.verifyMs, 6);
  });
});
