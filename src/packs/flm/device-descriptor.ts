import { ByteReader } from "../../base/bytes.ts";
import { address32 } from "../../base/u32.ts";
import type { Range, SectorRun } from "../../chips/flash-bank.ts";
import { invalidAlgorithm } from "../pack-error.ts";

/** `struct FlashDevice` of the CMSIS-Pack specification: what an algorithm says of its flash. */
export interface DeviceDescriptor {
  readonly name: string;
  /** `DevType`: 1 on the chip, 2 to 4 parallel outside, 5 serial outside. */
  readonly type: number;
  readonly flash: Range;
  readonly pageSize: number;
  readonly erased: number;
  readonly programMs: number;
  readonly eraseMs: number;
  readonly sectors: readonly SectorRun[];
}

/** Bytes of the descriptor before its rows of sectors, and of one row. */
const [HEAD, ROW] = [160, 8];
const NAME_LENGTH = 128;
/** Version 1, any minor number; every algorithm that was looked at has 0x0101. */
const VERSION = 1;
const END_OF_ROWS = 0xffffffff;
/** The most that one page may have: beyond it no RAM of a microcontroller holds two. */
const MOST_PAGE = 0x10_0000;

/** Reads a descriptor; throws `PackError` `algorithm-invalid` for one that is cut short or contradicts itself. */
export function readDescriptor(bytes: Uint8Array): DeviceDescriptor {
  if (bytes.length < HEAD + ROW) {
    throw invalidAlgorithm(
      "descriptor-short",
      `The description of the flash has ${bytes.length} bytes of ${HEAD + ROW}`,
    );
  }
  const reader = new ByteReader(bytes);
  const version = reader.u16le();
  if (version >>> 8 !== VERSION) {
    throw invalidAlgorithm("descriptor-version", `The description of the flash has version 0x${version.toString(16)}`);
  }
  const name = textOf(reader.bytes(NAME_LENGTH));
  const type = reader.u16le();
  const [start, length, pageSize] = [reader.u32le(), reader.u32le(), reader.u32le()];
  reader.skip(4);
  const erased = reader.bytes(4)[0];
  const [programMs, eraseMs] = [reader.u32le(), reader.u32le()];
  checkSizes(start, length, pageSize);
  const sectors = sectorRuns(rowsOf(reader, Math.floor((bytes.length - HEAD) / ROW)), { start, length });
  return { name, type, flash: { start, length }, pageSize, erased, programMs, eraseMs, sectors };
}

function checkSizes(start: number, length: number, pageSize: number): void {
  if (length === 0 || start + length > 0x1_0000_0000) {
    throw invalidAlgorithm("flash-range", `The flash of ${length} bytes at ${address32(start)} is none`);
  }
  if (pageSize === 0 || pageSize > MOST_PAGE) {
    throw invalidAlgorithm("page-size", `A page of ${pageSize} bytes is none`, { pageSize });
  }
}

/** Its text up to the first zero. */
const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** A row of the table: sectors of a size, from an address on. */
export interface SectorRow {
  readonly size: number;
  readonly address: number;
}

function rowsOf(reader: ByteReader, most: number): readonly SectorRow[] {
  const rows: SectorRow[] = [];
  while (rows.length < most) {
    const [size, address] = [reader.u32le(), reader.u32le()];
    if (size === END_OF_ROWS && address === END_OF_ROWS) break;
    rows.push({ size, address });
  }
  return rows;
}

/**
 * The sectors of a flash from its rows, each of which holds up to the next one. Addresses are counted from the flash's
 * first byte, or are absolute where the first one is not below that byte (nRF53's network core has them so).
 *
 * Throws `PackError` `algorithm-invalid` for rows that don't cover the flash in ascending order.
 */
export function sectorRuns(rows: readonly SectorRow[], { start, length }: Range): readonly SectorRun[] {
  const isAbsolute = start > 0 && rows.length > 0 && rows[0].address >= start;
  const from = rows.map(({ address }) => address - (isAbsolute ? start : 0));
  if (from[0] !== 0) throw badRows("the first sector does not begin with the flash");
  return rows.flatMap(({ size }, i) => {
    if (from[i] >= length) return [];
    const end = Math.min(from[i + 1] ?? length, length);
    if (size === 0 || size > 0x1_0000_0000 - start) throw badRows(`a sector of ${size} bytes is none`);
    if (end <= from[i]) throw badRows("the sectors do not ascend");
    const [count, rest] = [Math.floor((end - from[i]) / size), (end - from[i]) % size];
    // A last sector that is cut by the flash's end: its controller erases it as a whole (unsure).
    return [...(count > 0 ? [{ size, count }] : []), ...(rest > 0 ? [{ size: rest, count: 1 }] : [])];
  });
}

const badRows = (what: string) => invalidAlgorithm("sectors", `The description of the flash has bad sectors: ${what}`);
