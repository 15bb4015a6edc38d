import { readBlock } from "../adi/block.ts";
import { readTwice } from "../adi/read-twice.ts";
import { concatBytes } from "../base/bytes.ts";
import type { Io } from "../base/clock.ts";
import { overlap } from "../chips/sectors.ts";
import { proofOnHalted } from "./halted-proof.ts";
import { refuseLocked } from "./locks/locked.ts";
import type { Session } from "./session.ts";
import { refuseHiddenFlash } from "./shown-flash.ts";

/** A range of addresses. */
interface Range {
  readonly start: number;
  readonly length: number;
}

/** Where every core of this kind has memory, where no chip is named (ARMv7-M ARM, B3.1): code, SRAM, external RAM. */
const CODE: Range = { start: 0, length: 0x2000_0000 };
const RAM: readonly Range[] = [
  { start: 0x2000_0000, length: 0x2000_0000 },
  { start: 0x6000_0000, length: 0x4000_0000 },
];

/** Bytes of one reading, so that a range is refused early and called off soon. */
const PIECE = 0x10000;

/** What was read, and how often; 2 only where all of it was read twice and was the same. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly readings: 1 | 2;
  /** Whether checks that code on the chip counted prove each byte that was read once. */
  readonly isProved: boolean;
}

/** How memory is read. */
export interface ReadOptions extends Io {
  /** Nothing is read a second time. */
  readonly once?: boolean;
  /**
   * What proves flash of a halted chip: `hash` has code of ours on the chip count checks, where it can run unnoticed; `read`
   * (default) reads it a second time.
   */
  readonly proveBy?: "hash" | "read";
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads memory whose bytes leave this program: flash twice, RAM too where the core is halted, and the readings are
 * compared, because what a probe answers is not proved on its way; with `proveBy` checks counted on the chip take the place
 * of the second reading. Registers, and RAM that firmware may change, are read
 * once, and so is everything with `once`. Throws `unsteady-read`, `target-locked` for flash that is closed,
 * `flash-not-shown` for flash that is not in the address space, and what `session.core` and its memory throw.
 */
export async function readMemory(
  session: Session,
  { start, length }: Range,
  options: ReadOptions = {},
): Promise<Reading> {
  const { memory } = session.core;
  refuseClosedFlash(session, { start, length });
  await refuseHiddenFlash(session, [{ start, length }], options);
  const proved =
    options.once || options.proveBy !== "hash" ? undefined : await provedOnce(session, { start, length }, options);
  if (proved) return proved;
  const still = options.once ? [] : await stillRanges(session, options);
  const pieces = piecesOf({ start, length }, still);
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const piece of pieces) {
    options.onProgress?.(done, length);
    parts.push(await (piece.isStill ? readTwice : readBlock)(memory, piece.start, piece.length, options));
    done += piece.length;
  }
  options.onProgress?.(length, length);
  const isTwice = length > 0 && pieces.every(({ isStill }) => isStill);
  return { bytes: concatBytes(parts), readings: isTwice ? 2 : 1, isProved: false };
}

/** Reads once and has code on the chip prove it; undefined where it can't, so that all is read as without it. */
async function provedOnce(
  session: Session,
  { start, length }: Range,
  options: ReadOptions,
): Promise<Reading | undefined> {
  const proof = await proofOnHalted(session, { start, length }, options);
  if (!proof) return undefined;
  const parts: Uint8Array[] = [];
  for (let done = 0; done < length; done += PIECE) {
    options.onProgress?.(done, length);
    const size = Math.min(PIECE, length - done);
    parts.push(await readBlock(session.core.memory, start + done, size, options));
  }
  options.onProgress?.(length, length);
  const bytes = concatBytes(parts);
  return (await proof(bytes)) ? { bytes, readings: 1, isProved: true } : undefined;
}

/** RAM and registers of a chip whose flash alone is closed can be read. */
function refuseClosedFlash({ found }: Session, range: Range): void {
  if (found.chip?.banks.some((bank) => overlap(bank, range))) refuseLocked({ found });
}

/** Memory that does not change while it is read. */
async function stillRanges({ core, found }: Session, io: Io): Promise<readonly Range[]> {
  const isHalted = (await core.state(io)) === "halted";
  if (!found.chip) return isHalted ? [CODE, ...RAM] : [CODE];
  const { banks, memories } = found.chip;
  return [...banks, ...memories.filter(({ kind }) => kind === "rom" || (kind === "ram" && isHalted))];
}

/** A range cut where stillness ends, and into pieces. */
function piecesOf(
  { start, length }: Range,
  still: readonly Range[],
): readonly (Range & { readonly isStill: boolean })[] {
  const end = start + length;
  const borders = still.flatMap((range) => [range.start, range.start + range.length]);
  const pieces = [];
  for (let at = start; at < end; ) {
    const next = Math.min(end, at + PIECE, ...borders.filter((border) => border > at));
    const isStill = still.some((range) => at >= range.start && at < range.start + range.length);
    pieces.push({ start: at, length: next - at, isStill });
    at = next;
  }
  return pieces;
}
