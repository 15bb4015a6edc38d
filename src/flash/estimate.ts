import type { Chip } from "../chips/chip.ts";
import type { FlashPlan } from "./plan.ts";
import type { FlashStep } from "./steps.ts";

/** How fast bytes move over the link, in bytes a millisecond, and what one turn to the probe and back costs. */
export interface LinkSpeed {
  readonly bytesPerMs: number;
  readonly turnMs: number;
}

/** A J-Link on full speed at 4 MHz: 152 bytes a millisecond, one millisecond a turn (docs/twin.md, time model). */
const USUAL_LINK: LinkSpeed = { bytesPerMs: 152, turnMs: 1 };

/** What a job will take, in milliseconds by phase; typical times, so a worn flash takes longer. */
export interface Estimate {
  readonly compareMs: number;
  readonly eraseMs: number;
  readonly programMs: number;
  readonly verifyMs: number;
  readonly totalMs: number;
}

/** Estimates a job from its plan; sectors that keep bytes are read twice before and once after. Pure. */
export function estimate(plan: FlashPlan, link: LinkSpeed = USUAL_LINK): Estimate {
  const { chip, sectors, steps } = plan;
  const readings = sum(sectors.map(({ kept }) => (kept > 0 ? 2 : 1)));
  const compareMs = (readings * chip.flash.sectorSize) / link.bytesPerMs;
  const eraseMs = sum(steps.map((step) => eraseTime(step, chip, link)));
  const programMs = sum(steps.map((step) => programTime(step, chip, link)));
  const again = sectors.filter(({ kept, action }) => kept > 0 && action !== "unchanged").length;
  const compared = sum(plan.image.segments.map((s) => s.bytes.length)) + again * chip.flash.sectorSize;
  const verifyMs = compared / link.bytesPerMs;
  return { compareMs, eraseMs, programMs, verifyMs, totalMs: compareMs + eraseMs + programMs + verifyMs };
}

function eraseTime(step: FlashStep, { flash }: Chip, link: LinkSpeed): number {
  if (step.step === "erase-all") return flash.times.eraseAllMs + link.turnMs;
  if (step.step === "erase-sector") return flash.times.eraseSectorMs + link.turnMs;
  return step.step === "ensure-blank" ? link.turnMs : 0;
}

function programTime(step: FlashStep, { flash }: Chip, link: LinkSpeed): number {
  if (step.step === "program-phrase") return flash.times.programPhraseMs + link.turnMs;
  if (step.step !== "program-section") return 0;
  const units = step.bytes.length / flash.section.unit;
  // The loader in RAM programs one section while the next one's data come in.
  return Math.max(units * flash.times.programUnitMs, step.bytes.length / link.bytesPerMs) + link.turnMs;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
