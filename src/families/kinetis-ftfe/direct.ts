import type { MemoryOp } from "../../adi/memory.ts";
import { readTwice } from "../../adi/read-twice.ts";
import { type Clock, within } from "../../base/clock.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FSTAT } from "./registers-flash.ts";
import type { Loader } from "../../flash/loader.ts";
import { FTFE, Ftfe, ftfeOf, phraseWords, sectionWord, USER_MARGIN } from "./ftfe-command.ts";
import { START_LOOKS, startCheck } from "./start-check.ts";

/**
 * Drives the flash controller through the AHB-AP while the core is halted (the watchdog pauses then, WDOG_STCTRLH.DBGEN
 * = 0). Needs no code on the target, and therefore works on a chip whose core can't run.
 */
export function directLoader(core: Core, first: FlashBank, clock: Clock): Loader {
  const controller = ftfeOf(first);
  const ftfe = new Ftfe(core.memory, clock, controller);
  const { buffer } = controller;
  /** Firmware may use the section program buffer as RAM: what the first section overwrites, where it is to be kept. */
  let overwritten: Uint8Array | undefined;
  let isKept = true;
  let drop: MemoryOp | undefined;
  return {
    name: "direct",
    caps: { runsOn: false, eraseThen: true, marginBlank: true, provesErase: true, restores: "ram-and-core" },
    start: async (io = {}) => {
      isKept = io.keepRam ?? true;
      drop = startCheck(await core.memory.run(START_LOOKS, io));
      await ftfe.whenDone("an earlier flash command", within(clock, 1_000, io));
    },
    isBlank: async (bank, address, length, io) => {
      const units = length / bank.write.burst.unit;
      const status = await ftfe.run(bank, FTFE.RD1SEC, address, [sectionWord(units, USER_MARGIN), 0], io);
      return FSTAT.field(status, "MGSTAT0") === 0;
    },
    eraseSector: (bank, address, then, io) => ftfe.erase(bank, FTFE.ERSSCR, address, then, io),
    eraseBank: (bank, then, io) => ftfe.erase(bank, FTFE.ERSALL, bank.start, then, io),
    program: async (bank, address, bytes, io) => {
      const { unit, burst } = bank.write;
      if (bytes.length === unit) return void (await ftfe.run(bank, FTFE.PGM8, address, phraseWords(bytes), io));
      if (isKept) overwritten ??= await readTwice(core.memory, buffer.start, burst.size, io);
      await core.memory.write(buffer.start, bytes, 32, io);
      await ftfe.run(bank, FTFE.PGMSEC, address, [sectionWord(bytes.length / burst.unit, 0), 0], io);
    },
    settle: async () => {},
    stop: async (io = {}) => {
      if (overwritten) await core.memory.write(buffer.start, overwritten, 32, io);
      overwritten = undefined;
      if (drop) await core.memory.run([drop], io);
    },
  };
}
