import type { Picoseconds } from "../../../../base/clock.ts";
import { FCF, FSEC_UNSECURED } from "./fcf.ts";
import type { FlashCommand, FlashJob, FlashRange, FlashResources, Refusal } from "./ftfe-command.ts";
import { addressOf, countOf, dataOf, refuseAddress, WHOLE_FLASH } from "./ftfe-command.ts";
import { blockOf } from "./ftfe-read-commands.ts";
import type { FlashTimes } from "./ftfe-times.ts";
import { DOUBLE_PHRASE_SIZE, FLASH_SIZE, PHRASE_SIZE, SECTION_BUFFER_SIZE, SECTOR_SIZE } from "../geometry.ts";
import type { Prng } from "../../../chip/prng.ts";

/** PGM8: programs one phrase. */
export const PGM8: FlashCommand = {
  code: 0x07,
  name: "PGM8",
  refuse: (job, on) => refuseAddress(job, PHRASE_SIZE) ?? refuseProtected(phraseOf(job), on),
  duration: (times) => times.programPhrase,
  busy: blockOf,
  finish: (job, { flash }) => flash.program(addressOf(job), dataOf(job)),
  cut: (job, { flash }, progress, prng) => flash.cutProgram(addressOf(job), dataOf(job), progress, prng),
};

const phraseOf = (job: FlashJob): FlashRange => ({ start: addressOf(job), length: PHRASE_SIZE });

/** ERSBLK: erases the block that the address lies in. */
export const ERSBLK = eraseCommand(0x08, "ERSBLK", blockOf, (times) => times.eraseBlock);

/** ERSSCR: erases the sector that the address lies in. */
export const ERSSCR = eraseCommand(0x09, "ERSSCR", sectorOf, (times) => times.eraseSector);

function sectorOf(job: FlashJob): FlashRange {
  return { start: addressOf(job) & ~(SECTOR_SIZE - 1), length: SECTOR_SIZE };
}

function eraseCommand(
  code: number,
  name: string,
  range: (job: FlashJob) => FlashRange,
  duration: (times: FlashTimes) => Picoseconds,
): FlashCommand {
  return {
    code,
    name,
    refuse: (job, on) => refuseAddress(job, DOUBLE_PHRASE_SIZE) ?? refuseProtected(range(job), on),
    duration,
    busy: blockOf,
    finish(job, { flash }) {
      flash.erase(range(job).start, range(job).length);
      return true;
    },
    cut: (job, { flash }, progress, prng) => flash.cutErase(range(job).start, range(job).length, progress, prng),
  };
}

/** PGMSEC: programs up to 1 KB from the programming acceleration RAM, inside one sector. */
export const PGMSEC: FlashCommand = {
  code: 0x0b,
  name: "PGMSEC",
  refuse: (job, on) => refuseSection(job) ?? refuseProtected(sectionOf(job), on),
  duration: (times, job) => times.programDoublePhrase * countOf(job),
  busy: blockOf,
  finish: (job, on) =>
    phrasesOf(job, on)
      .map(([at, data]) => on.flash.program(at, data))
      .every(Boolean),
  cut: cutSection,
};

const sectionOf = (job: FlashJob): FlashRange => ({
  start: addressOf(job),
  length: countOf(job) * DOUBLE_PHRASE_SIZE,
});

function refuseSection(job: FlashJob): Refusal | undefined {
  const { start, length } = sectionOf(job);
  const crosses = (start % SECTOR_SIZE) + length > SECTOR_SIZE;
  return length === 0 || length > SECTION_BUFFER_SIZE || crosses ? "ACCERR" : refuseAddress(job, DOUBLE_PHRASE_SIZE);
}

function phrasesOf(job: FlashJob, { flexram }: FlashResources): [number, Uint8Array][] {
  const { start, length } = sectionOf(job);
  return Array.from({ length: length / PHRASE_SIZE }, (_, i) => [
    start + i * PHRASE_SIZE,
    flexram.slice(i * PHRASE_SIZE, (i + 1) * PHRASE_SIZE),
  ]);
}

/** Phrase after phrase: those before the cut are whole, one is half done, the rest untouched. */
function cutSection(job: FlashJob, on: FlashResources, progress: number, prng: Prng): void {
  const phrases = phrasesOf(job, on);
  phrases.forEach(([at, data], i) => {
    const own = progress * phrases.length - i;
    if (own >= 1) on.flash.program(at, data);
    else if (own > 0) on.flash.cutProgram(at, data, own, prng);
  });
}

/** ERSALL: erases everything unless a region is protected, then opens the chip until the next reset. 0x40C stays FF. */
export const ERSALL: FlashCommand = {
  code: 0x44,
  name: "ERSALL",
  refuse: (_, on) => refuseProtected(WHOLE_FLASH, on),
  duration: (times) => times.eraseAll,
  busy: () => WHOLE_FLASH,
  finish(_, { flash, fcf }) {
    flash.erase(0, FLASH_SIZE);
    fcf.unsecure();
    return true;
  },
  cut: (_, { flash }, progress, prng) => flash.cutErase(0, FLASH_SIZE, progress, prng),
};

/** The phrase that a mass erase leaves at 0x408: all FF but FSEC, which says unsecured. */
export const UNSECURED_PHRASE = Uint8Array.of(0xff, 0xff, 0xff, 0xff, FSEC_UNSECURED, 0xff, 0xff, 0xff);

/**
 * What the MDM-AP asks for (ERSAREQ), not reachable through FCCOB: erases everything whatever FPROT says, programs the
 * security byte to the unsecured state and opens the chip (NXP AN4835; header text of FCNFG.ERSAREQ).
 */
export const MASS_ERASE: FlashCommand = {
  code: 0x144,
  name: "mass erase",
  duration: (times) => times.eraseAll,
  busy: () => WHOLE_FLASH,
  finish(_, { flash, fcf }) {
    flash.erase(0, FLASH_SIZE);
    fcf.FSEC = FSEC_UNSECURED;
    return flash.program(FCF.FPROT, UNSECURED_PHRASE);
  },
  cut: (_, { flash }, progress, prng) => flash.cutErase(0, FLASH_SIZE, progress, prng),
};

const refuseProtected = ({ start, length }: FlashRange, { fcf }: FlashResources): Refusal | undefined =>
  fcf.protects(start, length) ? "FPVIOL" : undefined;
