import type { Memory } from "../../adi/memory.ts";
import { readTwice } from "../../adi/read-twice.ts";
import type { Io } from "../../base/clock.ts";
import { address32 } from "../../base/u32.ts";
import { FlashError } from "../../flash/flash-error.ts";

/** Where the boot ROM says what it is: `M`, `u`, 1, then its version (RP2040 data sheet, 2.8.3). */
const MAGIC_AT = 0x10;
const MAGIC = [0x4d, 0x75, 0x01] as const;
/** The 16-bit address of the function table. */
const TABLE_AT = 0x14;
/** Most of a table that is looked at: real ones have some thirty rows of four bytes. */
const MOST_ROWS = 64;

/** The functions that a loader needs, by their two letters (data sheet 2.8.3.1.3). */
export const ROM_FUNCTIONS = {
  connect: "IF",
  exitXip: "EX",
  erase: "RE",
  program: "RP",
  flushCache: "FC",
  enterXip: "CX",
} as const;

/** Their addresses in one chip's ROM. */
export type RomFunctions = { readonly [name in keyof typeof ROM_FUNCTIONS]: number };

/** Finds the functions in the ROM's own table; throws `loader-failed` where the ROM is not the RP2040's, or lacks one. */
export async function findRomFunctions(memory: Memory, io: Io): Promise<RomFunctions> {
  const head = await readTwice(memory, MAGIC_AT, TABLE_AT + 4 - MAGIC_AT, io);
  if (MAGIC.some((byte, i) => head[i] !== byte)) throw noRom("its first words are others");
  const table = head[TABLE_AT - MAGIC_AT] | (head[TABLE_AT - MAGIC_AT + 1] << 8);
  const rows = rowsOf(await readTwice(memory, table & ~3, MOST_ROWS * 4, io), table & 3);
  const addressOf = (letters: string) => {
    const found = rows.get(letters);
    if (found === undefined) throw noRom(`its table at ${address32(table)} has no function ${letters}`);
    return found;
  };
  const named = Object.entries(ROM_FUNCTIONS).map(([name, letters]) => [name, addressOf(letters)]);
  return Object.fromEntries(named) as RomFunctions;
}

/** Rows of two letters and an address, up to the empty one. */
function rowsOf(bytes: Uint8Array, from: number): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (let at = from; at + 4 <= bytes.length; at += 4) {
    const letters = String.fromCharCode(bytes[at], bytes[at + 1]);
    if (letters === "\0\0") break;
    rows.set(letters, bytes[at + 2] | (bytes[at + 3] << 8));
  }
  return rows;
}

const noRom = (why: string): FlashError =>
  new FlashError("loader-failed", `This chip has no boot ROM of an RP2040: ${why}`, { details: { why } });
