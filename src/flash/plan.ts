import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, concatBytes, equalBytes } from "../base/bytes.ts";
import type { Chip, FlashGeometry } from "../chips/chip.ts";
import { byte8 } from "../base/u32.ts";
import type { Image, Segment } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import { type DeclaredChange, effectiveImage, type Need, type Policy } from "../protection/effective-image.ts";
import { fieldStart, fsecAddress } from "../protection/field.ts";
import type { Finding } from "../protection/finding.ts";
import { needsOfFindings } from "../protection/finding-needs.ts";
import { lintImage } from "../protection/lint-image.ts";
import { fieldSector, keptFieldNeeds, openSector } from "./baseline.ts";
import { type ChipContent, isErased, type SectorContent, touchedSectors } from "./content.ts";
import { type KeptBytes, keptBytes } from "./declared.ts";
import { withKept } from "./keep.ts";
import type { SectorAction, SectorFound, SectorPlan } from "./sector-plan.ts";
import { type FlashStep, fsecPhrase, stepsFor } from "./steps.ts";

/** Everything a flash job will do, as data: printable, comparable, and exactly what `run` does. */
export interface FlashPlan {
  /** The chip that it is for. */
  readonly chip: Chip;
  /** What was asked about security bytes. */
  readonly policy: Policy;
  /** What will be programmed, after the policy. */
  readonly image: Image;
  /** What happens to each touched sector, ascending. */
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
  /** Whether bytes of a touched sector that the image does not name are kept. */
  readonly keepRest: boolean;
  /** Bytes of the chip that win over the image's, ascending and apart. */
  readonly kept?: readonly Segment[];
}

/**
 * Plans a flash job. Pure.
 *
 * The sector with the flash configuration field comes last, so that a chip which is to be locked is locked after
 * everything else stands. Throws `ImageError` for an image outside the chip (checked by the caller before reading).
 */
export function planFlash(request: FlashRequest): FlashPlan {
  const { chip, image, policy, kept = [] } = request;
  const wanted = withKept(image, kept);
  const effective = effectiveImage(wanted, chip, policy);
  const sectors = touchedSectors(image, chip.flash).map((address) => planSector(request, effective.image, address));
  const fieldNeeds = keptFieldNeeds(chip, effective.image, sectors, policy);
  const steps = fieldLast(sectors, chip).flatMap((sector) => stepsFor(chip, sector));
  const findings = lintImage(effective.image, chip);
  const needs = [...effective.needs, ...fieldNeeds];
  return {
    chip,
    policy,
    image: effective.image,
    sectors,
    steps,
    changes: effective.changes.map((change) => ofFile(change, image)),
    keptRanges: keptBytes(image, wanted, kept.map(rangeOf), effective.changes),
    needs: [...needs, ...needsOfFindings(findings, needs, effective.image, chip)],
    findings,
    digest: digestOf(chip, steps),
  };
}

/** A change of a byte that was kept from the chip, as a change of the file's byte. */
function ofFile(change: DeclaredChange, image: Image): DeclaredChange {
  const from = readAt(image, change.address) ?? change.from;
  if (from === change.from) return change;
  return { ...change, from, why: `the file's ${byte8(from)} gave way to the chip's byte, and ${change.why}` };
}

const rangeOf = ({ address, bytes }: Segment) => ({ start: address, length: bytes.length });

/** Plans the erasure of whole sectors; the one with the flash configuration field is left open, never blank. */
export function planErase(
  chip: Chip,
  sectors: readonly { readonly address: number; readonly blank: boolean }[],
): FlashPlan {
  const planned = sectors.map(({ address, blank }): SectorPlan => {
    // A sector that reads blank may hold the weak bits of an interrupted erase: "program" looks at user margin first.
    const action = blank ? "program" : "erase";
    const found = blank ? "blank" : "other";
    return {
      address,
      action,
      found,
      content: openSector(chip, address),
      kept: 0,
      lost: blank ? 0 : chip.flash.sectorSize,
    };
  });
  const steps = fieldLast(planned, chip).flatMap((sector) => stepsFor(chip, sector));
  return erasePlan(chip, planned, steps);
}

/**
 * Plans the erasure of the whole array by one command, with the flash configuration field opened in the same breath.
 * What is kept is programmed again after that; kept bytes of the field itself are not, because they come with a lock.
 */
export function planEraseAll(chip: Chip, kept: readonly Segment[] = []): FlashPlan {
  const field = fieldSector(chip);
  const open = openSector(chip, field);
  const whole: SectorPlan = {
    address: field,
    action: "erase",
    found: "not-looked-at",
    content: open,
    kept: 0,
    lost: chip.flash.length,
  };
  const image: Image = { format: "raw", segments: kept, symbols: [] };
  const back = touchedSectors(image, chip.flash).map((address): SectorPlan => {
    const content = openSector(chip, address);
    return {
      address,
      action: "erase-program",
      found: "not-looked-at",
      content,
      kept: overlay(content, address, image),
      lost: 0,
    };
  });
  const steps = back.flatMap((sector) =>
    stepsFor(chip, sector)
      .slice(1)
      .filter((step) => !inField(chip, step)),
  );
  const first: FlashStep = { step: "erase-all", opening: fsecPhrase(chip, whole) };
  return erasePlan(chip, [whole, ...back], [first, ...steps]);
}

const inField = (chip: Chip, step: FlashStep): boolean =>
  step.step === "program-phrase" && step.address >= fieldStart(chip);

function erasePlan(chip: Chip, sectors: readonly SectorPlan[], steps: readonly FlashStep[]): FlashPlan {
  const image: Image = { format: "raw", segments: [], symbols: [] };
  const declared = { changes: [], keptRanges: [], needs: [], findings: [] };
  return { chip, policy: "refuse", image, sectors, steps, ...declared, digest: digestOf(chip, steps) };
}

function planSector(request: FlashRequest, effective: Image, address: number): SectorPlan {
  const { chip } = request;
  const now = request.content?.get(address);
  const content = request.keepRest && now ? keptSector(chip, now) : openSector(chip, address);
  const named = overlay(content, address, effective);
  const rest = chip.flash.sectorSize - named;
  const lost = request.keepRest ? (now?.unreadable.length ?? 0) * chip.flash.phraseSize : rest;
  const found = foundIn(chip, content, now);
  return {
    address,
    action: ACTIONS[found](chip.flash, content),
    found,
    content,
    kept: request.keepRest ? rest : 0,
    lost,
  };
}

/** The sector as it stands; a blank FSEC byte or an unreadable phrase falls back to the open sector's bytes. */
function keptSector(chip: Chip, now: SectorContent): Uint8Array {
  const content = now.bytes.slice();
  const open = openSector(chip, now.address);
  for (const offset of now.unreadable) content.set(open.subarray(offset, offset + chip.flash.phraseSize), offset);
  const fsec = fsecAddress(chip) - now.address;
  if (content[fsec] === chip.flash.erasedByte) content[fsec] = open[fsec];
  return content;
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

function foundIn(chip: Chip, content: Uint8Array, now: SectorContent | undefined): SectorFound {
  if (!now) return "not-looked-at";
  if (now.unreadable.length > 0) return "unreadable";
  if (equalBytes(now.bytes, content)) return "as-wanted";
  if (isErased(now.bytes, chip.flash)) return "blank";
  return isHalfDone(chip, content, now) ? "half-done" : "other";
}

/** Each phrase as wanted or blank, and one at least that was programmed: a mass erase leaves only the field's. */
function isHalfDone(chip: Chip, content: Uint8Array, now: SectorContent): boolean {
  const size = chip.flash.phraseSize;
  let programmed = 0;
  for (let at = 0; at < content.length; at += size) {
    const phrase = now.bytes.subarray(at, at + size);
    if (isErased(phrase, chip.flash)) continue;
    if (!equalBytes(phrase, content.subarray(at, at + size))) return false;
    if (now.address + at !== fieldStart(chip) + size) programmed++;
  }
  return programmed > 0;
}

const rewrite = (flash: FlashGeometry, content: Uint8Array): SectorAction =>
  isErased(content, flash) ? "erase" : "erase-program";

/** What has to happen, by what stands there. */
const ACTIONS: {
  readonly [found in SectorFound]: (flash: FlashGeometry, content: Uint8Array) => SectorAction;
} = {
  "as-wanted": () => "unchanged",
  blank: () => "program",
  "half-done": rewrite,
  other: rewrite,
  unreadable: rewrite,
  "not-looked-at": rewrite,
};

const fieldLast = (sectors: readonly SectorPlan[], chip: Chip): readonly SectorPlan[] => {
  const holdsField = (sector: SectorPlan) => sector.address === fieldSector(chip);
  return [...sectors.filter((s) => !holdsField(s)), ...sectors.filter(holdsField)];
};

function digestOf(chip: Chip, steps: readonly FlashStep[]): string {
  const name = Uint8Array.from(chip.name, (c) => c.charCodeAt(0));
  const digest = sha256(concatBytes([name, ...steps.map(bytesOfStep)]));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function bytesOfStep(step: FlashStep): Uint8Array {
  const writer = new ByteWriter().bytes([...step.step].map((c) => c.charCodeAt(0)));
  if ("address" in step) writer.u32le(step.address);
  if ("bytes" in step) writer.bytes(step.bytes);
  else if (step.opening) writer.u32le(step.opening.address).bytes(step.opening.bytes);
  return writer.finish();
}
