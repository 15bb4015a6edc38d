import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { LAYOUT } from "../../../src/families/kinetis-ftfe/queue-words.ts";
import { flashedWith } from "../../clients/boards.ts";
import { onTarget } from "../../support/board.ts";
import { type Comparison, eraseIn, program, type Range, RESET, readIn, reset, tcl, writeIn } from "./both.ts";

const SECTOR = 4096;
const SECTORS = 24;
const FIELD = 0x400;
const FSEC = 0xc;
/** RAM that the operations write to and read from. */
const FREE_RAM = { start: 0x20018000, length: 0x8000 } as const;
/** SRAM_L and SRAM_U are one part of the state. */
const SRAM = { start: 0x1fff0000, length: 0x40000 } as const;
/** What is not compared of it: where both stacks put code of their own (OpenOCD's work area is smaller than ours). */
const CODE = { start: MK24FN1M0xxx12.workRam[0].start, length: LAYOUT.end } as const;
/** FSTAT, FCNFG, FSEC, FOPT and FPROT3 to 0; FCCOB holds whatever command came last, and each stack has its own way. */
const FTFE = [0, 1, 2, 3, 0x10, 0x11, 0x12, 0x13].map((offset) => 0x40020000 + offset);

/** The K24: its flash with the security byte, which locks and is opened by a mass erase. */
export const kinetis: Comparison = {
  twin: MK24FN1M0xxx12.name,
  openocd: { reset: true },
  start: () => flashedWith("bootloader-open.raw.bin"),
  // A lock is followed by its unlock.
  often: [
    ...(["read", "read", "read", "write", "write", "write", "erase", "erase"] as const),
    ...(["program", "program", "program", "reset", "lock"] as const),
  ],
  unlock: "unlock",
  operations: {
    read: readIn(FREE_RAM, { start: 0, length: SECTORS * SECTOR }),
    write: writeIn(FREE_RAM),
    reset,

    erase: eraseIn(SECTORS, SECTOR),

    async program(both) {
      const { chance } = both;
      const anywhere = chance.below((SECTORS * SECTOR) / 16 - 256) * 16;
      // OpenOCD 0.12 crashes over an image that begins in sector 0 behind the configuration field.
      const address = anywhere < SECTOR ? anywhere % FIELD : anywhere;
      const bytes = chance.bytes((1 + chance.below(256)) * 16).map((byte, i) => fieldByte(address + i, 0xfe) ?? byte);
      await program(both, address, bytes);
      return undefined;
    },

    async lock(both) {
      const { twin, bench, chance } = both;
      const fsec = chance.pick([0xff, 0x7b, 0x3f]);
      const bytes = new Uint8Array(16).map((_, i) => fieldByte(FIELD + i, fsec) ?? 0);
      await tcl(bench, "kinetis fcf_source write");
      await program(both, FIELD, bytes);
      await tcl(bench, "kinetis fcf_source protection");
      await onTarget(twin, (session) => session.reset("system", "halt"));
      await bench.ask("tcl", "catch {reset halt}");
      both.locked = true;
      return undefined;
    },

    async unlock(both) {
      await onTarget(both.twin, async () => {}, { massErase: true });
      await tcl(both.bench, "kinetis mdm mass_erase");
      await tcl(both.bench, RESET);
      both.locked = false;
      return undefined;
    },
  },
  parts: [
    ["flash", "pflash", { start: 0, length: 0x100000 }],
    ["RAM below the stacks' code", "sram", { start: 0, length: CODE.start - SRAM.start }],
    ["RAM above the stacks' code", "sram", above(CODE, SRAM)],
  ],
  words: FTFE.map((address) => ({ name: "FTFE", address, width: 8 })),
};

/** What lies in `whole` above `part`, from the beginning of `whole`. */
function above(part: Range, whole: Range): Range {
  const start = part.start + part.length - whole.start;
  return { start, length: whole.length - start };
}

/** A byte of the flash configuration field with this FSEC, or undefined outside it. */
function fieldByte(address: number, fsec: number): number | undefined {
  if (address < FIELD || address >= FIELD + 16) return undefined;
  return address === FIELD + FSEC ? fsec : 0xff;
}
