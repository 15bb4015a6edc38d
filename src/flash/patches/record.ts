import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "../../base/bytes.ts";
import { address32, hex8 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { type Sector, sectorAt } from "../../chips/sectors.ts";
import type { SectorContent } from "../content.ts";
import { patched } from "./patch.ts";

/**
 * One sector of a chip whose bytes are not the firmware's alone, or are being changed so: all that is needed to give it
 * its own bytes back, whatever became of the process that changed it.
 */
export interface PatchRecord {
  /** Names the record among those of its journal. */
  readonly id: string;
  readonly chip: string;
  /** Which board it is, as far as that shows: the chip's unique number, else the probe's. */
  readonly board: string;
  readonly sector: number;
  /** The sector's own bytes, all of them. */
  readonly original: Uint8Array;
  /** Where breakpoints stand; while the sector is being changed, wherever they may have stood before, and after. */
  readonly states: readonly (readonly number[])[];
}

/** A journal of patched sectors, which outlives the process. */
export interface PatchJournal {
  /** The records for a chip of this name. Throws what reading files throws. */
  list(chip: string): readonly PatchRecord[];
  /** Keeps a record, in place of the one with its id; it is kept for good when this returns. */
  put(record: PatchRecord): void;
  /** Forgets a record; one that is not there is no error. */
  drop(record: Pick<PatchRecord, "id">): void;
  /** Where a record is kept, for people: a file's path. */
  placeOf(record: Pick<PatchRecord, "id">): string;
}

/**
 * What stands in a record's sector: its own bytes, breakpoints (of which state), neither whole because the change was cut
 * off, or something else.
 */
export type Standing =
  | { readonly is: "original" }
  | { readonly is: "patched"; readonly breakpoints: readonly number[] }
  | { readonly is: "torn" }
  | { readonly is: "other" };

/** The version of the form in which records are kept. */
const VERSION = 1;

/** Compares a sector with its record. */
export function standingOf(record: PatchRecord, sector: Sector, now: SectorContent): Standing {
  const { original, states, sector: base } = record;
  if (now.unreadable.length === 0) {
    if (equalBytes(now.bytes, original)) return { is: "original" };
    const state = states.find((one) => one.length > 0 && equalBytes(now.bytes, patched(original, base, one)));
    if (state) return { is: "patched", breakpoints: state };
  }
  return states.length > 1 && isTorn(record, sector, now) ? { is: "torn" } : { is: "other" };
}

/**
 * Whether each write unit is what an erase or a program of one of the record's states leaves that was cut off: unreadable,
 * or bytes of which an erase has undone some bits, or a program not yet done some.
 */
function isTorn({ original, states, sector: base }: PatchRecord, { bank }: Sector, now: SectorContent): boolean {
  const wanted = [original, ...states.map((state) => patched(original, base, state))];
  const flip = bank.erased ^ 0xff;
  const isPart = (bytes: Uint8Array, from: number, to: number) => {
    for (let at = from; at < to; at++)
      if (((now.bytes[at] ^ flip) & (bytes[at] ^ flip)) !== (bytes[at] ^ flip)) return false;
    return true;
  };
  const { unit } = bank.write;
  for (let at = 0; at < original.length; at += unit) {
    if (now.unreadable.includes(at)) continue;
    if (!wanted.some((bytes) => isPart(bytes, at, at + unit))) return false;
  }
  return true;
}

/** The sector of a record on a chip; undefined where the chip has no such sector. */
export function sectorOfRecord({ banks }: Pick<Chip, "banks">, { sector, original }: PatchRecord): Sector | undefined {
  const found = banks.map((bank) => sectorAt(bank, sector)).find((one) => one?.address === sector);
  return found?.size === original.length ? found : undefined;
}

/** A record as text, for people too. */
export function recordText({ id, chip, board, sector, original, states }: PatchRecord): string {
  const form = {
    version: VERSION,
    what: "breakpoints in flash: the original bytes of a sector that flashproof gdbserver has changed",
    id,
    chip,
    board,
    sector: address32(sector),
    states: states.map((state) => ({
      breakpoints: state.map(address32),
      sha256: digestOf(patched(original, sector, state)),
    })),
    original: { sha256: digestOf(original), bytes: [...original].map(hex8).join("") },
  };
  return `${JSON.stringify(form, undefined, 1)}\n`;
}

/** Reads a record; undefined for what is none, or was changed since. */
export function readRecord(text: string): PatchRecord | undefined {
  try {
    const { version, id, chip, board, sector, states, original } = JSON.parse(text) as RecordForm;
    const bytes = bytesOfHex(original.bytes);
    const base = Number(sector);
    const places = states.map(({ breakpoints }) => breakpoints.map(Number));
    const isInside = (at: number) => at >= base && at + 2 <= base + bytes.length && at % 2 === 0;
    if (version !== VERSION || ![id, chip, board].every((word) => typeof word === "string")) return undefined;
    if (digestOf(bytes) !== original.sha256 || places.length === 0 || !places.flat().every(isInside)) return undefined;
    const areSame = states.every(({ sha256: digest }, i) => digest === digestOf(patched(bytes, base, places[i])));
    return areSame ? { id, chip, board, sector: base, original: bytes, states: places } : undefined;
  } catch {
    return undefined;
  }
}

interface RecordForm {
  readonly version: number;
  readonly id: string;
  readonly chip: string;
  readonly board: string;
  readonly sector: string;
  readonly states: readonly { readonly breakpoints: readonly string[]; readonly sha256: string }[];
  readonly original: { readonly sha256: string; readonly bytes: string };
}

const digestOf = (bytes: Uint8Array): string => [...sha256(bytes)].map(hex8).join("").toLowerCase();

const bytesOfHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
