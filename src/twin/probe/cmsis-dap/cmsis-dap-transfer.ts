import { type ByteReader, ByteWriter } from "../../../base/bytes.ts";
import { type CmsisDapSwd, DAP_ACK, DAP_REQUEST, READ_RDBUFF, type SwdOutcome } from "./cmsis-dap-swd.ts";

/** How often the firmware tries by itself (DAP_TransferConfigure), and the mask that value matches are made with. */
export interface TransferSettings {
  waitRetry: number;
  matchRetry: number;
  matchMask: number;
}

const isAp = (request: number) => (request & DAP_REQUEST.AP) !== 0;
const isRead = (request: number) => (request & DAP_REQUEST.READ) !== 0;
const isMatch = (request: number) => (request & DAP_REQUEST.MATCH_VALUE) !== 0;
const setsMask = (request: number) => !isRead(request) && (request & DAP_REQUEST.MATCH_MASK) !== 0;
const carriesWord = (request: number) => !isRead(request) || isMatch(request);

/**
 * The sequence of transfers of one command, with AP reads un-posted: what the host gets for a read is its own value.
 *
 * The first AP read of a row is issued for nothing, each further one brings the value of the one before, and RDBUFF the
 * last one's. A row that ends with a write ends with RDBUFF too, which shows how the write ended (CMSIS-DAP,
 * DAP_Transfer).
 */
class TransferRun {
  /** Acknowledge of the last transfer. */
  ack: number = DAP_ACK.OK;
  /** Values of reads, as far as they came. */
  readonly words: number[] = [];
  private readonly swd: CmsisDapSwd;
  private readonly settings: TransferSettings;
  /** What the last request left to be fetched: a posted value, or how a write ended. */
  private pending: "value" | "outcome" | undefined;

  constructor(swd: CmsisDapSwd, settings: TransferSettings) {
    this.swd = swd;
    this.settings = settings;
  }

  /** Carries one request out; false when it failed, and then nothing more may be carried out. */
  run(request: number, word: number): boolean {
    if (setsMask(request)) {
      this.settings.matchMask = word;
      return this.fetchValue();
    }
    if (isRead(request) && isMatch(request)) return this.fetchValue() && this.match(request, word);
    if (isRead(request) && isAp(request)) return this.post(request);
    return this.fetchValue() && this.plain(request, word);
  }

  /** Fetches what is pending at the end of a row. */
  finish(): boolean {
    return this.pending === "outcome" ? this.transfer(READ_RDBUFF, 0) !== undefined : this.fetchValue();
  }

  /** An AP read brings the value of the one before it. */
  private post(request: number): boolean {
    const word = this.transfer(request, 0);
    if (word === undefined) return false;
    if (this.pending === "value") this.words.push(word);
    this.pending = "value";
    return true;
  }

  private plain(request: number, word: number): boolean {
    const answer = this.transfer(request, word);
    if (answer === undefined) return false;
    if (isRead(request)) this.words.push(answer);
    this.pending = isRead(request) ? undefined : "outcome";
    return true;
  }

  /** Reads until the masked value is there, at most as often as configured. */
  private match(request: number, wanted: number): boolean {
    if (isAp(request) && this.transfer(request, 0) === undefined) return false;
    this.pending = undefined;
    for (let tries = 0; tries <= this.settings.matchRetry; tries++) {
      const word = this.transfer(request, 0);
      if (word === undefined) return false;
      if ((word & this.settings.matchMask) >>> 0 === wanted) return true;
    }
    this.ack |= DAP_ACK.MISMATCH;
    return false;
  }

  private fetchValue(): boolean {
    if (this.pending !== "value") return true;
    const word = this.transfer(READ_RDBUFF, 0);
    if (word === undefined) return false;
    this.words.push(word);
    this.pending = undefined;
    return true;
  }

  /** One transfer, tried again on WAIT; undefined when it failed. */
  private transfer(request: number, word: number): number | undefined {
    let outcome: SwdOutcome = this.swd.transfer(request, word);
    for (let tries = 0; outcome.ack === DAP_ACK.WAIT && tries < this.settings.waitRetry; tries++) {
      outcome = this.swd.transfer(request, word);
    }
    this.ack = outcome.ack;
    return outcome.ack === DAP_ACK.OK ? outcome.word : undefined;
  }
}

/** DAP_Transfer: requests of any kind; answers how many were done, the last acknowledge, and the words read. */
export function runTransfer(swd: CmsisDapSwd, settings: TransferSettings, request: ByteReader): Uint8Array {
  const run = new TransferRun(swd, settings);
  const count = request.skip(1).u8();
  let done = 0;
  let failed = false;
  // What was cancelled is still read: the next command of an atomic packet begins behind it.
  for (let i = 0; i < count; i++) {
    const code = request.u8();
    const word = carriesWord(code) ? request.u32le() : 0;
    failed ||= !run.run(code, word);
    if (!failed) done++;
  }
  if (!failed && count > 0) run.finish();
  return wordsAfter(new ByteWriter().u8(done).u8(run.ack), run.words);
}

/** DAP_TransferBlock: one register, many times; answers how many words were moved, and the last acknowledge. */
export function runTransferBlock(swd: CmsisDapSwd, settings: TransferSettings, request: ByteReader): Uint8Array {
  const run = new TransferRun(swd, settings);
  const count = request.skip(1).u16le();
  const code = request.u8();
  let done = 0;
  let failed = false;
  for (let i = 0; i < count; i++) {
    const word = isRead(code) ? 0 : request.u32le();
    failed ||= !run.run(code, word);
    if (!failed) done++;
  }
  if (!failed && count > 0) run.finish();
  return wordsAfter(new ByteWriter().u16le(isRead(code) ? run.words.length : done).u8(run.ack), run.words);
}

function wordsAfter(answer: ByteWriter, words: readonly number[]): Uint8Array {
  for (const word of words) answer.u32le(word);
  return answer.finish();
}
