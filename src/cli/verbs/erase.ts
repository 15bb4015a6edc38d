import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import { firmwareBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { sectorAt } from "../../chips/sectors.ts";
import { permitsFor } from "../../flash/permit.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { OpenProbe } from "../../node/probes.ts";
import { checkErase, type EraseTarget, eraseFlash } from "../../session/erase-job.ts";
import { type NotReset, notResetText } from "../../session/stand-still.ts";
import { saver } from "../options/keep-options.ts";
import type { Answer } from "../output.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { originLine } from "../../report/chip-report.ts";
import { unknownLocksLines } from "../../report/locks-report.ts";
import { massErasedLines, planResult, timeText } from "../../report/plan-report.ts";
import { progressFor } from "../progress-line.ts";
import { bankOf } from "../options/bank-option.ts";
import { chipNeeded, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

/** `erase --chip-all | --sectors A:B | --range A:B | --bank NAME`: the flash configuration field stays open. */
export function erase(invocation: Invocation<OptionsOf<"erase">>): Promise<Answer> {
  const what = targetOf(invocation);
  // Asked before a probe is opened, so that a wrong range costs nothing; the job asks again.
  checkErase(what, invocation.options.keep, chipNeeded(invocation));
  return withTarget(invocation, async ({ session, open }) => {
    const onProgress = progressFor(invocation, open.clock);
    const onLost = saver(invocation);
    const { keep, allowMassErase: massErase } = invocation.options;
    const onNotReset = (why: NotReset) => note(invocation, notResetText(why));
    const hooks = { onProgress, onNotReset, ...(onLost ? { onLost } : {}) };
    const options = { permits: permitsFor({ massErase }), keep, ...hooks };
    const { plan, run, massErased, totalMs } = await eraseFlash(session, what, options, { signal: invocation.signal });
    const result = { ...planResult(plan, inCliWords), erased: run.sectorsErased, massErased, totalMs };
    const text = [
      ...massErasedLines(massErased),
      originLine(plan.chip),
      lineFor(what, totalMs, open),
      ...openLine(plan),
      ...unknownLocksLines(plan.chip),
    ];
    return { result, text, exit: 0, clock: open.clockKind };
  });
}

function targetOf(invocation: Invocation<OptionsOf<"erase">>): EraseTarget {
  const chip = chipNeeded(invocation);
  const { chipAll, sectors, range, bank } = invocation.options;
  const given = [chipAll, sectors !== undefined, range !== undefined, bank !== undefined].filter(Boolean).length;
  if (given !== 1) throw new HostError("usage", "Name one of --chip-all, --sectors A:B, --range A:B, --bank NAME");
  if (bank !== undefined) return wholeBank(bankOf(chip, bank), chip);
  const asked = sectors ?? range;
  if (asked === undefined) return { what: "chip" };
  const { start, length } = asked;
  if (sectors !== undefined && !isOnBorders(start, length, chip)) {
    throw new HostError("usage", `--sectors takes addresses on sector borders (${bordersText(chip)})`);
  }
  return { what: sectors === undefined ? "range" : "sectors", start, length };
}

/** Every sector of a bank; throws `usage` for one that has none, which only programming changes. */
function wholeBank({ id, name, start, length, sectors }: FlashBank, chip: Chip): EraseTarget {
  if (sectors.length === 0)
    throw new HostError(
      "usage",
      `The bank ${id} (${name}) of the ${chip.name} has no sectors that an erase could take`,
    );
  return { what: "sectors", start, length, bank: id };
}

/** A range whose ends are borders; one that leaves the flash is refused elsewhere, with the reason. */
function isOnBorders(start: number, length: number, chip: Chip): boolean {
  const isBorder = (at: number) =>
    [at, at - 1].every((near) => firmwareBanks(chip).every((bank) => !splits(bank, near, at)));
  return isBorder(start) && isBorder(start + length);
}

/** Whether an address lies inside of the sector that holds `near`. */
function splits(bank: FlashBank, near: number, at: number): boolean {
  const sector = sectorAt(bank, near);
  return sector !== undefined && at > sector.address && at < sector.address + sector.size;
}

function bordersText(chip: Chip): string {
  const runs = firmwareBanks(chip).flatMap(({ sectors }) => sectors);
  if (runs.length === 1) return `multiples of ${address32(runs[0].size)}`;
  return `sectors are ${runs.map(({ size, count }) => `${count} of ${address32(size)}`).join(", ")}`;
}

function lineFor(what: EraseTarget, totalMs: number, open: OpenProbe): string {
  const range = what.what === "chip" ? "the whole flash" : rangeText(what.start, what.length);
  return `${range} erased in ${timeText(totalMs, open.clockKind)}`;
}

const rangeText = (start: number, length: number): string => `${address32(start)} to ${address32(start + length)}`;

/** What the erase left open, where it touched sectors that decide whether the chip is. */
function openLine({ chip, sectors }: FlashPlan): readonly string[] {
  const isTouched = (at: number) => sectors.some((s) => at >= s.address && at < s.address + s.content.length);
  return lockingFields(chip).flatMap(({ field }) =>
    isTouched(field.address) ? [`the ${field.what} is left open`] : [],
  );
}
