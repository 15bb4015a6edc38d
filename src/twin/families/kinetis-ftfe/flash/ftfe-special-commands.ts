import { FCF } from "./fcf.ts";
import type { FlashCommand, FlashJob, FlashResources } from "./ftfe-command.ts";
import { dataOf, putData } from "./ftfe-command.ts";
import { BLOCK_0 } from "./ftfe-read-commands.ts";
import { ONCE_SIZE, PHRASE_SIZE } from "../geometry.ts";

/** Records of the program-once field. */
const RECORDS = ONCE_SIZE / PHRASE_SIZE;

const record = (job: FlashJob, { flash }: FlashResources): Uint8Array =>
  flash.once.subarray(job.fccob[1] * PHRASE_SIZE, (job.fccob[1] + 1) * PHRASE_SIZE);

/** RDONCE: reads one record of the program-once field. */
export const RDONCE: FlashCommand = {
  code: 0x41,
  name: "RDONCE",
  refuse: (job) => (job.fccob[1] < RECORDS ? undefined : "ACCERR"),
  duration: (times) => times.readOnce,
  busy: () => BLOCK_0,
  finish(job, on) {
    putData(job, record(job, on));
    return true;
  },
};

/** PGMONCE: programs one record of the program-once field, for good. */
export const PGMONCE: FlashCommand = {
  code: 0x43,
  name: "PGMONCE",
  refuse(job, on) {
    const isFree = job.fccob[1] < RECORDS && record(job, on).every((byte) => byte === 0xff);
    return isFree ? undefined : "ACCERR";
  },
  duration: (times) => times.programOnce,
  busy: () => BLOCK_0,
  finish(job, on) {
    record(job, on).set(dataOf(job));
    return true;
  },
  cut(job, on, progress, prng) {
    const target = record(job, on);
    target.set(dataOf(job).map((byte) => byte | ~(prng.mask(progress) & 0xff)));
  },
};

/** Key bytes are the one exception to the data order: flash byte 0x400 + n stands in FCCOB(4 + n) (unsure). */
const keyGiven = (job: FlashJob): Uint8Array => job.fccob.subarray(4, 12);

/** VFYKEY: opens the chip until the next reset when the backdoor key fits. One wrong key, and it is over until then. */
export const VFYKEY: FlashCommand = {
  code: 0x45,
  name: "VFYKEY",
  refuse(job, { flash, fcf }) {
    if (!fcf.backdoorEnabled || fcf.keyLocked) return "ACCERR";
    const key = flash.peek(FCF.key, PHRASE_SIZE);
    const isKey = !key.every((byte) => byte === 0xff) && !key.every((byte) => byte === 0);
    fcf.keyLocked = !isKey || !key.every((byte, i) => byte === keyGiven(job)[i]);
    return fcf.keyLocked ? "ACCERR" : undefined;
  },
  duration: (times) => times.verifyKey,
  busy: () => BLOCK_0,
  finish(_, { fcf }) {
    fcf.unsecure();
    return true;
  },
};

/** The only control code of SWAP that this model answers. */
const SWAP_REPORT = 0x08;

/** SWAP: reports the swap system as uninitialised, block 0 in use now and next. Other codes: ACCERR, not modelled. */
export const SWAP: FlashCommand = {
  code: 0x46,
  name: "SWAP",
  refuse(job) {
    const aligned = job.fccob[3] % 16 === 0 && job.fccob[1] < 0x08;
    return job.fccob[4] === SWAP_REPORT && aligned ? undefined : "ACCERR";
  },
  duration: (times) => times.swapReport,
  busy: () => BLOCK_0,
  finish(job) {
    job.fccob.fill(0, 5, 8);
    return true;
  },
};
