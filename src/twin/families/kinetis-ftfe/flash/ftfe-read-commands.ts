import type { FlashCommand, FlashJob, FlashRange, FlashResources, Refusal } from "./ftfe-command.ts";
import { addressOf, countOf, dataOf, isMargin, putData, refuseAddress, WHOLE_FLASH } from "./ftfe-command.ts";
import type { Margin } from "./flash-array.ts";
import { BLOCK_SIZE, DOUBLE_PHRASE_SIZE, IFR_SIZE, ONCE_SIZE, PHRASE_SIZE } from "../geometry.ts";

/** The block that an address lies in. */
export const blockOf = (job: FlashJob): FlashRange => ({
  start: addressOf(job) < BLOCK_SIZE ? 0 : BLOCK_SIZE,
  length: BLOCK_SIZE,
});

/** Block 0, which the IFR and the program-once field belong to. */
export const BLOCK_0: FlashRange = { start: 0, length: BLOCK_SIZE };

const sectionLength = (job: FlashJob) => countOf(job) * DOUBLE_PHRASE_SIZE;

/** RD1BLK: is the block blank? */
export const RD1BLK: FlashCommand = {
  code: 0x00,
  name: "RD1BLK",
  refuse: (job) => (isMargin(job.fccob[4]) ? refuseAddress(job, DOUBLE_PHRASE_SIZE) : "ACCERR"),
  duration: (times) => times.readBlock,
  busy: blockOf,
  finish: (job, { flash }) => flash.isErased(blockOf(job).start, BLOCK_SIZE, job.fccob[4] as Margin),
};

/** RD1SEC: is a section of 16-byte units blank? It must not cross into the other block. */
export const RD1SEC: FlashCommand = {
  code: 0x01,
  name: "RD1SEC",
  refuse: (job) => (isMargin(job.fccob[6]) ? refuseSection(job) : "ACCERR"),
  duration: (times) => times.readSection,
  busy: blockOf,
  finish: (job, { flash }) => flash.isErased(addressOf(job), sectionLength(job), job.fccob[6] as Margin),
};

function refuseSection(job: FlashJob): Refusal | undefined {
  const crosses = (addressOf(job) % BLOCK_SIZE) + sectionLength(job) > BLOCK_SIZE;
  return countOf(job) === 0 || crosses ? "ACCERR" : refuseAddress(job, DOUBLE_PHRASE_SIZE);
}

/** PGMCHK: does a longword read as expected, at the user (1) or factory (2) margin? */
export const PGMCHK: FlashCommand = {
  code: 0x02,
  name: "PGMCHK",
  refuse: (job) => (job.fccob[4] === 1 || job.fccob[4] === 2 ? refuseAddress(job, 4) : "ACCERR"),
  duration: (times) => times.programCheck,
  busy: blockOf,
  finish: (job, { flash }) => flash.matches(addressOf(job), dataOf(job).subarray(4)) && flash.isStrong(addressOf(job)),
};

/** Select codes of RDRSRC in FCCOB4. */
const RESOURCE = { ifr: 0, version: 1 } as const;
/** The swap IFR begins here; this model never initialises swap, so it is blank. */
const SWAP_IFR = 0x40000;
/** Where the program-once field shows in the program flash IFR (K-series manuals, program flash IFR map; unsure). */
const ONCE_IN_IFR = 0x3c0;
/** What the version ID reads (unsure: NXP publishes no value). */
const VERSION_ID = [0x00, 0x00, 0x00, 0x00, 0x05, 0x01, 0x00, 0x00] as const;

/** RDRSRC: eight bytes of the program flash IFR, the swap IFR, or the version ID. */
export const RDRSRC: FlashCommand = {
  code: 0x03,
  name: "RDRSRC",
  refuse: (job, on) => (resource(job, on) === undefined ? "ACCERR" : undefined),
  duration: (times) => times.readResource,
  busy: () => BLOCK_0,
  finish(job, on) {
    putData(job, resource(job, on) ?? new Uint8Array(0));
    return true;
  },
};

function resource(job: FlashJob, on: FlashResources): Uint8Array | undefined {
  const address = addressOf(job);
  if (address % PHRASE_SIZE !== 0) return undefined;
  if (job.fccob[4] === RESOURCE.version) return address === 0x8 ? Uint8Array.from(VERSION_ID) : undefined;
  return job.fccob[4] === RESOURCE.ifr ? ifrPhrase(address, on) : undefined;
}

function ifrPhrase(address: number, { flash }: FlashResources): Uint8Array | undefined {
  const inOnce = address - ONCE_IN_IFR;
  if (inOnce >= 0 && inOnce < ONCE_SIZE) return flash.once.slice(inOnce, inOnce + PHRASE_SIZE);
  if (address < IFR_SIZE) return flash.ifr.slice(address, address + PHRASE_SIZE);
  const inSwap = address - SWAP_IFR;
  return inSwap >= 0 && inSwap < IFR_SIZE ? new Uint8Array(PHRASE_SIZE).fill(0xff) : undefined;
}

/** RD1ALL: is all of program flash blank? */
export const RD1ALL: FlashCommand = {
  code: 0x40,
  name: "RD1ALL",
  refuse: (job) => (isMargin(job.fccob[1]) ? undefined : "ACCERR"),
  duration: (times) => times.readAll,
  busy: () => WHOLE_FLASH,
  finish: (job, { flash }) => flash.isErased(0, WHOLE_FLASH.length, job.fccob[1] as Margin),
};
