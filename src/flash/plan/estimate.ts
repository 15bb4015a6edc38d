import { sectorAt } from "../../chips/sectors.ts";
import type { FlashPlan } from "./plan.ts";
import type { FlashStep } from "./steps.ts";

/** How fast bytes move over the link, in bytes a millisecond, and what one round trip to the probe costs. */
export interface LinkSpeed {
  readonly bytesPerMs: number;
  readonly roundTripMs: number;
}

/** A J-Link on full speed at 4 MHz: 152 bytes a millisecond, one millisecond a round trip (docs/twin.md, time model). */
const USUAL_LINK: LinkSpeed = { bytesPerMs: 152, roundTripMs: 1 };

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
  const { sectors, steps } = plan;
  const compareMs = sum(sectors.map(({ kept, content }) => (kept > 0 ? 2 : 1) * content.length)) / link.bytesPerMs;
  const eraseMs = sum(steps.map((step) => eraseTime(step, link)));
  const programMs = sum(steps.map((step) => programTime(step, link)));
  const again = sectors.filter(({ kept, action }) => kept > 0 && action !== "unchanged");
  const compared = sum([...plan.image.segments.map((s) => s.bytes), ...again.map((s) => s.content)].map(lengthOf));
  const verifyMs = compared / link.bytesPerMs;
  return { compareMs, eraseMs, programMs, verifyMs, totalMs: compareMs + eraseMs + programMs + verifyMs };
}

const lengthOf = ({ length }: Uint8Array): number => length;

function eraseTime(step: FlashStep, link: LinkSpeed): number {
  if (step.step === "program") return 0;
  if (step.step === "ensure-blank") return link.roundTripMs;
  const { times, sectors, block } = step.bank;
  if (step.step === "erase-sector") {
    return (times.eraseSectorMs[sectorAt(step.bank, step.address)?.run ?? 0] ?? 0) + link.roundTripMs;
  }
  if (step.step === "erase-block") return (block?.eraseMs ?? 0) + link.roundTripMs;
  const oneByOne = sum(sectors.map(({ count }, run) => count * ((times.eraseSectorMs[run] ?? 0) + link.roundTripMs)));
  return times.eraseBankMs === undefined ? oneByOne : times.eraseBankMs + link.roundTripMs;
}

function programTime(step: FlashStep, link: LinkSpeed): number {
  if (step.step !== "program") return 0;
  const { write, times } = step.bank;
  const { length } = step.bytes;
  if (length === write.unit) return times.programUnitUs / 1_000 + link.roundTripMs;
  const units = length / write.burst.unit;
  // A loader in RAM programs one burst while the next one's data come in.
  return Math.max((units * times.burstUnitUs) / 1_000, length / link.bytesPerMs) + link.roundTripMs;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
