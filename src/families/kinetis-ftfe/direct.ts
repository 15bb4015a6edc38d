import type { MemoryOp } from "../../adi/memory.ts";
import { readTwice, unsteadyRead } from "../../adi/read-twice.ts";
import { type Clock, within } from "../../base/clock.ts";
import { address32, byte8 } from "../../base/u32.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { coreStateOf } from "../../cortex/core-state.ts";
import { DHCSR } from "../../registers/scs.ts";
import { FMC_PFB0CR, FSTAT, SMC_PMSTAT } from "./registers-flash.ts";
import { FlashError } from "../../flash/flash-error.ts";
import type { Loader } from "../../flash/loader.ts";
import { FTFE, Ftfe, ftfeOf, phraseWords } from "./ftfe-command.ts";

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

/** Read margin "user" of the read-1s commands: stricter than a plain read (NXP FTFE, read 1s section). */
export const USER_MARGIN = 1;

/** FCCOB4-5: count of 16-byte units, FCCOB6: margin, FCCOB7: 0 (NXP FTFE, program section; fsl_ftfx). */
export const sectionWord = (units: number, margin: number): number => ((units << 16) | (margin << 8)) >>> 0;

/**
 * Throws `flash-core-running` and `flash-power-mode` by the words of `START_LOOKS`: what every loader needs before it
 * begins. Answers what drops the cached flash afterwards.
 */
export function startCheck([, found, mode, ...cache]: Uint32Array): MemoryOp {
  if (coreStateOf(found) !== "halted") {
    throw new FlashError(
      "flash-core-running",
      "The core must be halted while the debug port drives the flash controller",
    );
  }
  if (mode !== RUN_MODE) {
    const details = { register: address32(SMC_PMSTAT.address), value: byte8(mode) };
    throw new FlashError("flash-power-mode", `Flash commands need run mode; SMC_PMSTAT reads ${byte8(mode)}`, {
      details,
    });
  }
  return dropOf(cache);
}

/** SMC_PMSTAT: the chip is in RUN (NXP MK24F12 header, SMC). */
export const RUN_MODE = 0x01;

const cacheLook = { op: "read", address: FMC_PFB0CR.address, width: 32 } as const;

/** The FMC's control register, twice: what dropping its cache keeps of it. */
export const CACHE_LOOKS: readonly MemoryOp[] = [cacheLook, cacheLook];

const stateLook = { op: "read", address: DHCSR.address, width: 32 } as const;

/** What decides whether a loader may begin: the core's state, the chip's mode, the FMC. */
export const START_LOOKS: readonly MemoryOp[] = [
  stateLook,
  stateLook,
  { op: "read", address: SMC_PMSTAT.address, width: 8 },
  ...CACHE_LOOKS,
];

/**
 * Flash lines in the FMC cache are stale after programming: the write that invalidates all ways and the speculation
 * buffer, by the words of `CACHE_LOOKS`. Throws `unsteady-read`.
 */
export function dropOf([value, again]: ArrayLike<number> & Iterable<number>): MemoryOp {
  if (value !== again) throw unsteadyRead("FMC_PFB0CR");
  const drop = FMC_PFB0CR.with(value, { CINV_WAY: 0xf, S_B_INV: 1 });
  return { op: "write", address: FMC_PFB0CR.address, width: 32, value: drop };
}
