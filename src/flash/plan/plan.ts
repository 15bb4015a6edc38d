import { equalBytes } from "../../base/bytes.ts";
import { byte8 } from "../../base/u32.ts";
import { firmwareBanks, isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { holds, overlap, type Sector } from "../../chips/sectors.ts";
import type { Image, Segment } from "../../image/image.ts";
import { readAt } from "../../image/image-bytes.ts";
import { type DeclaredChange, effectiveImage, type Need, type Policy } from "../../protection/effective-image.ts";
import type { Finding } from "../../protection/finding.ts";
import { needsOfFindings } from "../../protection/finding-needs.ts";
import { lintImage } from "../../protection/lint-image.ts";
import { keptFieldNeeds, openSector } from "../baseline.ts";
import { type ChipContent, isErased, type SectorContent, sectorOf, touchedSectors } from "../content.ts";
import { type KeptBytes, keptBytes } from "../declared.ts";
import { rulesIn, rulesOf, unitsOf } from "./field-rules.ts";
import { type EraseBy, groupedSteps } from "./grouped-erase.ts";
import { checkErasable } from "../erasable.ts";
import { FlashError } from "../flash-error.ts";
import { withKept } from "../keep.ts";
import { atOwnAddresses, checkNamedBanks } from "./named-banks.ts";
import { digestOf } from "./plan-digest.ts";
import { rangeOf, type SectorAction, type SectorFound, type SectorPlan } from "./sector-plan.ts";
import { type FlashStep, stepsFor, writesWithErase } from "./steps.ts";
import { unknownLockNeeds } from "./unknown-locks.ts";
import { wholeChip } from "./whole-chip.ts";

/** Everything a flash job will do, as data: printable, comparable, and exactly what `run` does. */
export interface FlashPlan {
  /** The chip that it is for. */
  readonly chip: Chip;
  /** What was asked about security bytes. */
  readonly policy: Policy;
  /** What will be programmed, after the policy. */
  readonly image: Image;
  /** How it was to erase. */
  readonly erase: EraseBy;
  /** What happens to each touched sector, ascending; with `erase: "chip"`, to each sector of flash for firmware. */
  readonly sectors: readonly SectorPlan[];
  /** The erases and writes, in the order in which they are done. */
  readonly steps: readonly FlashStep[];
  /** Bytes that are programmed differently from the file. */
  readonly changes: readonly DeclaredChange[];
  /** Ranges that stay as they are on the chip although the image has other bytes there. */
  readonly keptRanges: readonly KeptBytes[];
  /** Consents that the plan needs. */
  readonly needs: readonly Need[];
  /** What the effective image would do that its maker may not have meant, the worst first. */
  readonly findings: readonly Finding[];
  /** SHA-256 over chip name and steps, in hex: two plans with the same digest do the same. */
  readonly digest: string;
}

/** What a plan is made from. */
export interface FlashRequest {
  readonly chip: Chip;
  readonly image: Image;
  readonly policy: Policy;
  /** What stands on the chip in the touched sectors; without it every sector counts as unknown and is erased. */
  readonly content?: ChipContent;
  /** Sectors that hold something else for certain although their content is not known, by their addresses. */
  readonly differs?: ReadonlySet<number>;
  /** Whether bytes of a touched sector that the image does not name are kept. */
  readonly keepRest: boolean;
  /** Bytes of the chip that win over the image's, ascending and apart. */
  readonly kept?: readonly Segment[];
  /** The banks beside the firmware's that the image may change, by their ids. */
  readonly banks?: readonly string[];
  /** How it erases: `sectors` unless given. With `chip` nothing is kept beside the image. */
  readonly erase?: EraseBy;
}

/**
 * Plans a flash job. Pure.
 *
 * Sectors with bytes that lock the chip come last, so that a chip which is to be locked is locked after everything else
 * stands. Throws `bank-not-named` for bytes in option bytes, one-time cells or a user row that the request does not name,
 * `not-erasable` where such cells hold other bytes already, `ImageError` for an image outside the chip (checked by the
 * caller before reading).
 */
export function planFlash(request: FlashRequest): FlashPlan {
  const { chip, policy, kept = [], banks = [], erase = "sectors" } = request;
  const image = atOwnAddresses(request.image, chip);
  checkNamedBanks(image, chip, banks);
  const wanted = withKept(image, kept);
  const effective = effectiveImage(wanted, chip, policy);
  const touched = touchedSectors(image, chip).map((sector) =>
    planSector(erase === "chip" ? unkept(request, sector) : request, effective.image, sector),
  );
  const fieldNeeds = keptFieldNeeds(chip, effective.image, touched, policy);
  const { sectors, steps } = withSteps(chip, touched, effective.image, erase);
  const findings = lintImage(effective.image, chip);
  const needs = [...effective.needs, ...fieldNeeds, ...unknownLockNeeds(chip, steps, effective.image)];
  return {
    chip,
    policy,
    image: effective.image,
    erase,
    sectors,
    steps,
    changes: effective.changes.map((change) => ofFile(change, image)),
    keptRanges: keptBytes(image, wanted, kept.map(segmentRange), effective.changes),
    needs: [...needs, ...needsOfFindings(findings, needs, effective.image, chip)],
    findings,
    digest: digestOf(chip, steps),
  };
}

/** The request for a sector of which nothing is left when it is programmed. */
function unkept(request: FlashRequest, { bank }: Sector): FlashRequest {
  if (!isForFirmware(bank)) return request;
  const { content: _, ...rest } = request;
  return { ...rest, keepRest: false };
}

/** The sectors with the steps that erase and program them. */
function withSteps(
  chip: Chip,
  touched: readonly SectorPlan[],
  image: Image,
  erase: EraseBy,
): Pick<FlashPlan, "sectors" | "steps"> {
  if (erase === "chip") return wholeChip(chip, touched);
  const sorted = fieldsLast(touched, chip);
  if (erase === "auto") return { sectors: touched, steps: groupedSteps(chip, sorted, image) };
  return { sectors: touched, steps: sorted.flatMap((sector) => stepsFor(chip, sector)) };
}

/** A change of a byte that was kept from the chip, as a change of the file's byte. */
function ofFile(change: DeclaredChange, image: Image): DeclaredChange {
  const from = readAt(image, change.address) ?? change.from;
  if (from === change.from) return change;
  return { ...change, from, why: `the file's ${byte8(from)} gave way to the chip's byte, and ${change.why}` };
}

const segmentRange = ({ address, bytes }: Segment) => ({ start: address, length: bytes.length });

/**
 * Plans the erasure of whole sectors; what would lock the chip where it is blank is left open. Throws `not-erasable` for a
 * bank without sectors that is not blank.
 */
export function planErase(
  chip: Chip,
  sectors: readonly { readonly sector: Sector; readonly blank: boolean }[],
): FlashPlan {
  const planned = sectors.map(({ sector, blank }): SectorPlan => {
    // A sector that reads blank may hold the weak bits of an interrupted erase: "program" looks at its margin first.
    const action = blank ? "program" : "erase";
    const found = blank ? "blank" : "other";
    const { bank, address, size } = sector;
    if (!blank && bank.eraseNeeded) checkErasable(bank);
    return { bank, address, action, found, content: openSector(chip, sector), kept: 0, lost: blank ? 0 : size };
  });
  const steps = fieldsLast(planned, chip).flatMap((sector) => stepsFor(chip, sector));
  return erasePlan(chip, planned, steps, "sectors");
}

/**
 * Plans the erasure of all flash for firmware, bank by bank, with what would lock the chip opened in the same breath; banks
 * of other kinds stay. What is kept is programmed again after that; kept bytes of the protection itself are not, because
 * they come with a lock. Throws `not-erasable` for such a bank without sectors.
 */
export function planEraseAll(chip: Chip, kept: readonly Segment[] = []): FlashPlan {
  const whole = fieldsLast(
    firmwareBanks(chip).map((bank) => wholeBank(chip, bank)),
    chip,
  );
  const image: Image = { format: "raw", segments: kept, symbols: [] };
  const back = touchedSectors(image, chip).map((sector): SectorPlan => {
    const content = openSector(chip, sector);
    const named = overlay(content, sector.address, image);
    const { bank, address } = sector;
    return { bank, address, action: "erase-program", found: "not-looked-at", content, kept: named, lost: 0 };
  });
  const erases = whole.map((sector): FlashStep => {
    return { step: "erase-bank", bank: sector.bank, atOnce: writesWithErase(chip, sector) };
  });
  const writes = back.flatMap((sector) => stepsFor(chip, sector).filter((step) => isWriteBack(chip, step)));
  return erasePlan(chip, [...whole, ...back], [...erases, ...writes], "chip");
}

/** A bank as one planned sector: the one with bytes that would lock the chip, else its first. */
function wholeBank(chip: Chip, bank: FlashBank): SectorPlan {
  checkErasable(bank);
  const rule = rulesOf(chip).fields.find(({ address }) => holds(bank, address));
  const sector = sectorOf(chip, rule?.address ?? bank.start);
  if (!sector) throw new RangeError(`the bank ${bank.id} has no sectors`);
  const content = openSector(chip, sector);
  return {
    bank,
    address: sector.address,
    action: "erase",
    found: "not-looked-at",
    content,
    kept: 0,
    lost: bank.length,
  };
}

const isWriteBack = (chip: Chip, step: FlashStep): boolean =>
  step.step === "program" &&
  !rulesOf(chip).bytes.some((range) => overlap(range, { start: step.address, length: step.bytes.length }));

function erasePlan(chip: Chip, sectors: readonly SectorPlan[], steps: readonly FlashStep[], erase: EraseBy): FlashPlan {
  const image: Image = { format: "raw", segments: [], symbols: [] };
  const needs = unknownLockNeeds(chip, steps, image);
  const declared = { changes: [], keptRanges: [], needs, findings: [] };
  return { chip, policy: "refuse", image, erase, sectors, steps, ...declared, digest: digestOf(chip, steps) };
}

function planSector(request: FlashRequest, effective: Image, sector: Sector): SectorPlan {
  const { chip } = request;
  const { bank, address, size } = sector;
  const now = request.content?.get(address);
  const keepRest = request.keepRest || bank.sectors.length === 0;
  const content = keepRest && now ? keptSector(chip, sector, now) : openSector(chip, sector);
  const named = overlay(content, address, effective);
  complete(bank, content);
  const rest = size - named;
  const found = !now && request.differs?.has(address) ? "other" : foundIn(chip, { ...sector, content }, now);
  if (bank.sectors.length === 0) checkOnce(bank, content, now);
  return {
    bank,
    address,
    action: actionFor(bank, found, content),
    found,
    content,
    ...(now && now.unreadable.length === 0 ? { now: now.bytes } : {}),
    kept: keepRest ? rest : 0,
    lost: keepRest ? (now?.unreadable.length ?? 0) * bank.write.unit : rest,
  };
}

/** The sector as it stands; blank bytes that would lock the chip and unreadable units fall back to the open sector's. */
function keptSector(chip: Chip, sector: Sector, now: SectorContent): Uint8Array {
  const { bank, address, size } = sector;
  const content = now.bytes.slice();
  const open = openSector(chip, sector);
  for (const offset of now.unreadable) content.set(open.subarray(offset, offset + bank.write.unit), offset);
  for (const rule of rulesIn(chip, { start: address, length: size })) {
    const offset = rule.address - address;
    if (isErased(content.subarray(offset, offset + rule.open.length), bank)) content.set(rule.open, offset);
  }
  return content;
}

/** The complements that the bank's controller writes beside the bytes that were asked for. */
function complete({ complements = [] }: FlashBank, content: Uint8Array): void {
  for (const { of, at, length } of complements)
    for (let i = 0; i < length; i++) content[at + i] = ~content[of + i] & 0xff;
}

/** Lays the image over a sector; answers how many of the sector's bytes the image names. */
function overlay(content: Uint8Array, address: number, image: Image): number {
  let named = 0;
  for (const segment of image.segments) {
    const from = Math.max(segment.address, address);
    const to = Math.min(segment.address + segment.bytes.length, address + content.length);
    if (from >= to) continue;
    content.set(segment.bytes.subarray(from - segment.address, to - segment.address), from - address);
    named += to - from;
  }
  return named;
}

type Wanted = Sector & { readonly content: Uint8Array };

function foundIn(chip: Chip, wanted: Wanted, now: SectorContent | undefined): SectorFound {
  if (!now) return "not-looked-at";
  if (now.unreadable.length > 0) return "unreadable";
  if (equalBytes(now.bytes, wanted.content)) return "as-wanted";
  if (isErased(now.bytes, wanted.bank)) return "blank";
  return isHalfDone(chip, wanted, now) ? "half-done" : "other";
}

/** Each write unit as wanted or blank, and one at least that was programmed: a mass erase leaves only the field's. */
function isHalfDone(chip: Chip, { bank, address, size, content }: Wanted, now: SectorContent): boolean {
  const { unit } = bank.write;
  const opened = rulesIn(chip, { start: address, length: size }).map((rule) => unitsOf(bank, rule));
  let programmed = 0;
  for (let at = 0; at < content.length; at += unit) {
    const one = now.bytes.subarray(at, at + unit);
    if (isErased(one, bank)) continue;
    if (!equalBytes(one, content.subarray(at, at + unit))) return false;
    if (!opened.some((range) => holds(range, address + at))) programmed++;
  }
  return programmed > 0;
}

/** What has to happen, by what stands there. */
function actionFor(bank: FlashBank, found: SectorFound, content: Uint8Array): SectorAction {
  if (found === "as-wanted") return "unchanged";
  if (found === "blank" || !bank.eraseNeeded || bank.sectors.length === 0) return "program";
  return isErased(content, bank) ? "erase" : "erase-program";
}

/** Throws `not-erasable` where cells that are programmed once, and never erased, hold something else already. */
function checkOnce(bank: FlashBank, content: Uint8Array, now: SectorContent | undefined): void {
  if (!now || !bank.eraseNeeded) return;
  const { unit } = bank.write;
  for (let at = 0; at < content.length; at += unit) {
    const one = now.bytes.subarray(at, at + unit);
    if (isErased(one, bank) || equalBytes(one, content.subarray(at, at + unit))) continue;
    const address = `0x${(bank.start + at).toString(16).toUpperCase().padStart(8, "0")}`;
    throw new FlashError("not-erasable", `The bank ${bank.id} holds other bytes at ${address}, and can't be erased`, {
      details: { bank: bank.id, address },
    });
  }
}

/** Sectors with bytes that lock the chip, last. */
function fieldsLast(sectors: readonly SectorPlan[], chip: Chip): readonly SectorPlan[] {
  const isLast = (sector: SectorPlan) => rulesIn(chip, rangeOf(sector)).some(({ last }) => last);
  return [...sectors.filter((sector) => !isLast(sector)), ...sectors.filter(isLast)];
}
