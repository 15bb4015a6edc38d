import type { SwdTransfer } from "../swd/swd-transfer.ts";

/** Transfers that go out as one command. */
export interface DapPart {
  readonly kind: "transfer" | "block";
  readonly transfers: readonly SwdTransfer[];
}

/** Bytes of DAP_Transfer before its requests (id, index, count), and of its answer before the words (id, count, ack). */
export const TRANSFER_HEAD = 3;
/** Most requests that DAP_Transfer's count can say. */
export const MAX_TRANSFERS = 255;
/** Bytes of a read in DAP_Transfer. */
export const READ_REQUEST = 1;
/** Bytes of a write there: the request and its word. */
export const WRITE_REQUEST = 5;
/** Bytes of a word. */
export const WORD = 4;
/** Bytes of DAP_TransferBlock before its words: id, index, count, request. */
export const BLOCK_HEAD = 5;
/** Bytes of its answer: id, count, ack. */
const BLOCK_ANSWER = 4;
/** Most words that DAP_TransferBlock's count can say. */
export const MAX_BLOCK = 0xffff;
/** Bytes of DAP_ExecuteCommands before its commands, and of its answer before theirs: id and how many. */
const EXECUTE_HEAD = 2;
/** Most commands that its count can say. */
const MAX_PARTS = 255;

/** Writes of one register from `from` on, one behind the other. */
export function writesInARow(transfers: readonly SwdTransfer[], from: number, to: number): number {
  const { reg } = transfers[from];
  let at = from;
  while (at < to && isWriteOf(transfers[at], reg)) at++;
  return at - from;
}

/** A write that switches overrun detection on counts by itself: blocks carry data. */
const isWriteOf = ({ reg, word, startsOverrunDetection }: SwdTransfer, other: SwdTransfer["reg"]): boolean =>
  word !== undefined && !startsOverrunDetection && reg.port === other.port && reg.a === other.a;

/**
 * The commands of one DAP_ExecuteCommands that carries as many of the transfers as fit a packet of `size` bytes and its
 * answer: blocks where those take fewer bytes.
 */
export function partsFitting(
  transfers: readonly SwdTransfer[],
  from: number,
  to: number,
  size: number,
): readonly DapPart[] {
  const fill = new Filling(size);
  for (let at = from; at < to; ) {
    const block = fill.blockAt(transfers, at, to);
    const taken = block > 0 ? fill.addBlock(transfers.slice(at, at + block)) : fill.addTransfer(transfers[at]);
    if (taken === 0) break;
    at += taken;
  }
  return fill.parts;
}

/** A packet that is being filled. */
class Filling {
  readonly parts: { readonly kind: DapPart["kind"]; readonly transfers: SwdTransfer[] }[] = [];
  private request = EXECUTE_HEAD;
  private answer = EXECUTE_HEAD;
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** How many writes from `at` on are a block; 0 where single transfers take no more bytes for as many. */
  blockAt(transfers: readonly SwdTransfer[], at: number, to: number): number {
    const room = this.size - this.request;
    const run = writesInARow(transfers, at, Math.min(to, at + Math.floor(room / WORD)));
    const count = Math.min(run, Math.floor((room - BLOCK_HEAD) / WORD));
    const head = this.open ? 0 : TRANSFER_HEAD;
    const singles = Math.min(run, Math.floor((room - head) / WRITE_REQUEST));
    const isShorter = BLOCK_HEAD + WORD * count < head + WRITE_REQUEST * singles;
    const isBetter = count > singles || (count === singles && isShorter);
    return isBetter && this.hasRoom(0, BLOCK_ANSWER) ? Math.max(0, count) : 0;
  }

  addBlock(transfers: SwdTransfer[]): number {
    this.parts.push({ kind: "block", transfers });
    this.request += BLOCK_HEAD + WORD * transfers.length;
    this.answer += BLOCK_ANSWER;
    return transfers.length;
  }

  /** Answers 0 where it does not fit any more. */
  addTransfer(transfer: SwdTransfer): number {
    const head = this.open ? 0 : TRANSFER_HEAD;
    const isRead = transfer.word === undefined;
    const [request, answer] = [head + (isRead ? READ_REQUEST : WRITE_REQUEST), head + (isRead ? WORD : 0)];
    if (!this.hasRoom(request, answer)) return 0;
    if (this.open) this.open.push(transfer);
    else this.parts.push({ kind: "transfer", transfers: [transfer] });
    this.request += request;
    this.answer += answer;
    return 1;
  }

  /** The transfers of a DAP_Transfer that takes more of them. */
  private get open(): SwdTransfer[] | undefined {
    const last = this.parts.at(-1);
    return last?.kind === "transfer" && last.transfers.length < MAX_TRANSFERS ? last.transfers : undefined;
  }

  private hasRoom(request: number, answer: number): boolean {
    const isFull = this.parts.length >= MAX_PARTS;
    return !isFull && this.request + request <= this.size && this.answer + answer <= this.size;
  }
}

/** The first `count` transfers of parts. */
export function firstOf(parts: readonly DapPart[], count: number): readonly DapPart[] {
  const cut: DapPart[] = [];
  let left = count;
  for (const { kind, transfers } of parts) {
    if (left === 0) break;
    cut.push({ kind, transfers: transfers.slice(0, left) });
    left -= Math.min(left, transfers.length);
  }
  return cut;
}
