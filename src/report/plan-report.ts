import type { Json } from "../base/errors.ts";
import { address32, byte8 } from "../base/u32.ts";
import { estimate } from "../flash/plan/estimate.ts";
import type { FlashAlgorithm } from "../chips/flash-algorithm.ts";
import type { Range } from "../chips/flash-bank.ts";
import { familyOf } from "../families/list.ts";
import { lockWindowMs } from "../flash/plan/lock-window.ts";
import type { FlashPlan } from "../flash/plan/plan.ts";
import type { SectorPlan } from "../flash/plan/sector-plan.ts";
import { readAt } from "../image/image-bytes.ts";
import { lockingFields } from "../protection/chip-fields.ts";
import { readField, valueText } from "../protection/field-value.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import { originLine, siliconText } from "./chip-report.ts";
import { declaredLine, keptJson } from "./declared-report.ts";
import { unknownLocksJson, unknownLocksLines } from "./locks-report.ts";
import { findingJson } from "./finding-report.ts";

/** A plan as `--json` prints it. */
export function planResult(plan: FlashPlan, spell: Spell): { readonly [key: string]: Json } {
  return {
    chip: plan.chip.name,
    origin: plan.chip.origin,
    onSilicon: plan.chip.onSilicon ?? null,
    ...unknownLocksJson(plan.chip),
    security: plan.policy,
    digest: plan.digest,
    erase: plan.erase,
    lockWindowMs: lockWindowMs(plan) ?? null,
    sectors: plan.sectors.map((s) => ({
      bank: s.bank.id,
      address: address32(s.address),
      action: s.action,
      found: s.found,
      kept: s.kept,
      lost: s.lost,
    })),
    steps: plan.steps.length,
    ram: ramJson(plan),
    ...algorithmsJson(plan),
    estimate: { ...estimate(plan) },
    changes: plan.changes.map((c) => ({
      address: address32(c.address),
      field: c.field,
      from: byte8(c.from),
      to: byte8(c.to),
      why: c.why,
    })),
    keptRanges: plan.keptRanges.map(keptJson),
    needs: plan.needs.map((n) => ({
      act: n.act,
      address: address32(n.address),
      value: byte8(n.value),
      why: n.why,
      ...(n.token ? { token: n.token } : {}),
    })),
    findings: plan.findings.map((finding) => findingJson(finding, spell)),
  };
}

function ramJson(plan: FlashPlan): Json {
  const ram = usedRam(plan);
  return ram ? { start: address32(ram.start), length: ram.length } : null;
}

/** A plan in a few lines: what happens to the sectors, the security byte, what is changed, what has to be agreed to. */
export const planLines = (plan: FlashPlan): readonly string[] => [
  ...resumeLines(plan),
  ...sectorLines(plan),
  ...changeLines(plan),
  ...eraseLines(plan),
  estimateLine(plan),
  ...algorithmLines(plan),
  ...ramLines(plan),
  `${plan.chip.name}: ${siliconText(plan.chip)}`,
  ...plan.needs.map((n) => `needs consent (${n.act}): ${n.why}${n.token ? `\n  --allow-irreversible ${n.token}` : ""}`),
];

/** Erases of more than a sector, and what a power cut in one of them would do. */
export function eraseLines(plan: FlashPlan): readonly string[] {
  const banks = plan.steps.flatMap((step) => (step.step === "erase-bank" ? [step.bank] : []));
  const blocks = plan.steps.filter(({ step }) => step === "erase-block").length;
  const ms = lockWindowMs(plan);
  return [
    ...banks.map(({ id, length, times }) =>
      times.eraseBankMs === undefined
        ? `erase: all of ${id}, ${length / KB} KB, sector by sector`
        : `erase: all of ${id}, ${length / KB} KB, by one command, ${times.eraseBankMs} ms`,
    ),
    ...(blocks > 0
      ? [`erase: ${blocks} ${blocks === 1 ? "block" : "blocks"} of several sectors, by one command each`]
      : []),
    ...(ms === undefined ? [] : [`a power cut in the ${Math.ceil(ms)} ms of that erase leaves the chip locked`]),
  ];
}

const KB = 1024;

/** The foreign flash algorithms that a plan's steps are done by, and whether each has programmed a twin. */
function algorithmLines(plan: FlashPlan): readonly string[] {
  return algorithmsOf(plan).map(
    ({ name, rehearsal }) =>
      `flash algorithm: ${name}, ${REHEARSALS[rehearsal ?? "unknown"]}; the chip is reset after it, and compared`,
  );
}

const REHEARSALS = {
  "on-twin": "rehearsed on a twin",
  "no-twin": "not rehearsed: no twin",
  possible: "not rehearsed: pack check does it on a twin",
  unknown: "not rehearsed",
} as const;

/** The foreign algorithms of a plan's steps, each once; two of one name are two lines where one alone was rehearsed. */
const algorithmsOf = ({ steps }: FlashPlan): readonly FlashAlgorithm[] => [
  ...new Map(
    steps.flatMap(({ bank: { algorithm } }) =>
      algorithm ? [[`${algorithm.name}\0${algorithm.rehearsal}`, algorithm] as const] : [],
    ),
  ).values(),
];

const algorithmsJson = (plan: FlashPlan): { readonly [key: string]: Json } => {
  const algorithms = algorithmsOf(plan).map(({ name, rehearsal }) => ({ name, rehearsal: rehearsal ?? "unknown" }));
  return algorithms.length > 0 ? { algorithms } : {};
};

/** Which RAM the loader uses; empty where the plan does nothing, or the family is unknown. */
function ramLines(plan: FlashPlan): readonly string[] {
  const ram = usedRam(plan);
  if (!ram || plan.steps.length === 0) return [];
  const range = `${address32(ram.start)}:${address32(ram.start + ram.length)}`;
  return [`the loader uses the RAM ${range}; flash gives it back only with --keep-ram or --halt`];
}

/** The work RAM of the family's loader. */
function usedRam({ chip, steps }: FlashPlan): Range | undefined {
  if (chip.banks.some(({ algorithm }) => algorithm)) return undefined;
  const [ram] = chip.workRam;
  const family = familyOf(chip);
  const isLong = steps.some(({ step }) => step === "erase-bank");
  const length = (isLong ? family?.ramUsedByBankErase : undefined) ?? family?.ramUsed;
  return ram && length !== undefined ? { start: ram.start, length } : undefined;
}

/** What happens to the sectors, and the security fields that will stand afterwards. */
export function sectorLines(plan: FlashPlan): readonly string[] {
  const count = plan.sectors.length;
  return [
    originLine(plan.chip),
    `${plan.chip.name}: ${count} ${count === 1 ? "sector" : "sectors"} touched: ${countsOf(plan.sectors)}`,
    ...mapOf(plan.sectors),
    ...lockingFields(plan.chip).flatMap((placed) => {
      const found = readField(placed, (address) => readAt(plan.image, address));
      return found ? [`${placed.field.what} after: ${placed.field.name} ${valueText(placed.field, found.value)}`] : [];
    }),
    ...unknownLocksLines(plan.chip),
  ];
}

/** What is programmed otherwise than the file says, and what stays of the chip's in its place. */
export const changeLines = ({ changes, keptRanges }: Pick<FlashPlan, "changes" | "keptRanges">): readonly string[] =>
  [...changes, ...keptRanges].map(declaredLine);

/** What an interrupted run left behind, and what of it stands: nothing where the chip was in order. */
export function resumeLines(plan: FlashPlan): readonly string[] {
  const lines = (["half-done", "unreadable"] as const).flatMap((found) => {
    const sectors = plan.sectors.filter((s) => s.found === found).map((s) => address32(s.address));
    return sectors.length === 0 ? [] : [`found: ${FOUND_WORDS[found]} at ${sectors.join(", ")}`];
  });
  if (lines.length === 0) return [];
  const done = plan.sectors.filter((s) => s.found === "as-wanted").length;
  return [
    ...lines,
    `resumed: ${done} of ${plan.sectors.length} sectors are as wanted already, the others are done again`,
  ];
}

const FOUND_WORDS = {
  "half-done": "sectors programmed in part, as an interrupted run leaves them,",
  unreadable: "phrases that can't be read, as a power cut in the middle of a command leaves them,",
} as const;

/** How long it should take, phase by phase. */
function estimateLine(plan: FlashPlan): string {
  const { compareMs, eraseMs, programMs, verifyMs, totalMs } = estimate(plan);
  const phases = [
    `compare ${Math.round(compareMs)}`,
    `erase ${Math.round(eraseMs)}`,
    `program ${Math.round(programMs)}`,
  ];
  return `about ${Math.round(totalMs)} ms: ${phases.join(", ")}, verify ${Math.round(verifyMs)} (typical times)`;
}

/** What a mass erase on a job's way has taken, after it; nothing where there was none. */
export const massErasedLines = (massErased: boolean): readonly string[] =>
  massErased ? ["mass erase: everything that stood on the chip was erased before"] : [];

/** Milliseconds for people; a twin's are virtual, and marked so. */
export const timeText = (ms: number, clock: "virtual" | "wall"): string =>
  `${Math.round(ms)} ms${clock === "virtual" ? " (virtual)" : ""}`;

const countsOf = (sectors: readonly SectorPlan[]): string => {
  const actions = ["unchanged", "program", "erase", "erase-program"] as const;
  const words = actions.map((a) => [a, sectors.filter((s) => s.action === a).length] as const).filter(([, n]) => n > 0);
  const bytes = (key: "kept" | "lost") => sectors.reduce((sum, s) => sum + s[key], 0);
  const fate = (["kept", "lost"] as const).map((key) => `${bytes(key)} bytes ${key}`);
  return [...words.map(([a, n]) => `${n} ${a}`), ...fate].join(", ");
};

/** One letter a sector, 64 a line; a jump in the addresses starts a new line. */
function mapOf(sectors: readonly SectorPlan[]): readonly string[] {
  const rows: SectorPlan[][] = [];
  for (const sector of sectors) {
    const row = rows.at(-1);
    if (row && row.length < MAP_WIDTH && follows(row, sector)) row.push(sector);
    else rows.push([sector]);
  }
  const used = new Set(sectors.map((s) => s.action));
  const legend = [...used].map((action) => `${LETTER[action]} ${action}`).join(", ");
  return [
    ...rows.map((row) => `  ${address32(row[0].address)} ${row.map((s) => LETTER[s.action]).join("")}`),
    `  (${legend})`,
  ];
}

const MAP_WIDTH = 64;

const LETTER = { unchanged: "=", program: "p", erase: "e", "erase-program": "P" } as const;

const follows = (row: readonly SectorPlan[], sector: SectorPlan): boolean =>
  sector.address === (row.at(-1)?.address ?? 0) + sector.content.length;
