import { address32 } from "../base/u32.ts";
import type { FlashAlgorithm } from "../chips/flash-algorithm.ts";
import type { Range, SectorRun } from "../chips/flash-bank.ts";
import { invalidAlgorithm, invalidPack, tooLarge } from "./pack-error.ts";

/** A row of the table: sectors of a size, from an address on. */
export interface SectorRow {
  readonly size: number;
  readonly address: number;
}

/** What an algorithm of any format states about its flash. */
export interface StatedFlash {
  readonly flash: Range;
  readonly pageSize: number;
  readonly erased: number;
  readonly programMs: number;
  readonly eraseMs: number;
  readonly rows: readonly SectorRow[];
  /** What the rows' addresses may be counted from beside the flash's first byte; absent: nothing. */
  readonly rowsFrom?: number;
}

/** The same as it is believed. */
export type CheckedFlash = Pick<FlashAlgorithm, "flash" | "pageSize" | "erased" | "programMs" | "eraseMs" | "sectors">;

/** One more than the last address. */
const ADDRESSES = 0x1_0000_0000;
/** The most that one page may have: beyond it no RAM of a microcontroller holds two. */
const MOST_PAGE = 0x10_0000;
/** The most rows of sectors: the largest of a thousand algorithms that were looked at has some tens (unsure). */
const MOST_ROWS = 512;
/** The longest that a call is waited for, whatever its algorithm states, in milliseconds. */
const MOST_MS = 600_000;

/**
 * Checks what an algorithm states: addresses within 32 bits, a page that some RAM holds, an erased byte of 8 bits, sectors
 * that cover the flash. Times beyond ten minutes become ten minutes.
 *
 * Throws `PackError` `algorithm-invalid` (`flash-range`, `page-size`, `erased`, `sectors`) and `pack-too-large`.
 */
export function checkedFlash(stated: StatedFlash): CheckedFlash {
  const { flash, pageSize, erased, programMs, eraseMs, rows, rowsFrom = 0 } = stated;
  checkSizes(flash, pageSize);
  if (erased > 0xff) throw invalidAlgorithm("erased", `An erased byte of ${erased} is none`, { erased });
  const sectors = sectorRuns(rows, { start: rowsFrom, length: flash.length });
  return {
    ...{ flash, pageSize, erased, sectors },
    programMs: Math.min(programMs, MOST_MS),
    eraseMs: Math.min(eraseMs, MOST_MS),
  };
}

function checkSizes({ start, length }: Range, pageSize: number): void {
  if (length === 0 || start + length > ADDRESSES) {
    const place = start < ADDRESSES ? address32(start) : `0x${start.toString(16)}`;
    throw invalidAlgorithm("flash-range", `The flash of ${length} bytes at ${place} is none`, { start, length });
  }
  if (pageSize === 0 || pageSize > MOST_PAGE) {
    throw invalidAlgorithm("page-size", `A page of ${pageSize} bytes is none`, { pageSize });
  }
}

/** A memory's addresses; throws `pack-invalid` where they leave 32 bits. */
export function checkedMemory(range: Range, name: string): Range {
  if (range.start + range.length <= ADDRESSES) return range;
  throw invalidPack("memory-range", `The memory ${name} of ${range.length} bytes ends beyond 32 bits of address`, {
    ...range,
  });
}

/**
 * The sectors of a flash from its rows, each of which holds up to the next one. Addresses are counted from the flash's
 * first byte, or are absolute where the first one is not below that byte (nRF53's network core has them so).
 *
 * Throws for rows that don't cover the flash in ascending order, with whole sectors: of one that is cut off nothing tells
 * what its erase takes with it.
 */
function sectorRuns(rows: readonly SectorRow[], { start, length }: Range): readonly SectorRun[] {
  if (rows.length > MOST_ROWS) throw tooLarge("rows of sectors", rows.length, MOST_ROWS);
  const isAbsolute = start > 0 && rows.length > 0 && rows[0].address >= start;
  const from = rows.map(({ address }) => address - (isAbsolute ? start : 0));
  if (from[0] !== 0) throw badRows("the first sector does not begin with the flash");
  return rows.flatMap(({ size }, i) => {
    if (from[i] >= length) return [];
    const end = Math.min(from[i + 1] ?? length, length);
    if (size === 0 || size > ADDRESSES - start) throw badRows(`a sector of ${size} bytes is none`);
    if (end <= from[i]) throw badRows("the sectors do not ascend");
    const count = (end - from[i]) / size;
    if (!Number.isInteger(count)) throw badRows(`the last one of ${size} bytes is cut off`);
    return [{ size, count }];
  });
}

const badRows = (what: string) => invalidAlgorithm("sectors", `The description of the flash has bad sectors: ${what}`);
