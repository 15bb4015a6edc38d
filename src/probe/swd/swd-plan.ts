import { CTRL_STAT, RDBUFF, SELECT } from "../../registers/dp.ts";
import type { u32 } from "../../base/u32.ts";
import type { DapOp, DapReg } from "../probe.ts";
import type { SwdTransfer } from "./swd-transfer.ts";

/** A poll: reads until `(value & mask) === value`. */
export interface SwdUntil {
  readonly reg: DapReg;
  readonly mask: u32;
  readonly value: u32;
  /** Index of the operation in the batch. */
  readonly op: number;
  /** Which word of the batch's result is the last value read. */
  readonly result: number;
}

/** Part of a batch: transfers that need no decision in between, and then perhaps a poll. */
export interface SwdStep {
  readonly transfers: readonly SwdTransfer[];
  readonly goal?: SwdUntil;
}

/** A batch as the wire will see it. */
export interface SwdPlan {
  readonly steps: readonly SwdStep[];
  /** Words that the whole batch yields. */
  readonly words: number;
  /** SELECT.DPBANKSEL after the batch. */
  readonly dpBank: number;
}

const READ_BUFFER: DapReg = { port: "dp", a: RDBUFF.address as 0xc };

/** Who un-posts AP reads: the driver on the wire itself, or the probe's firmware. */
export type PostedReads = "on the wire" | "by the probe";

/**
 * Converts operations into transfers.
 *
 * AP reads are posted: each brings the value of the read before, and RDBUFF the last one's (ADIv5.2, B4.2.3). A batch
 * that ends with an AP write ends with a read of RDBUFF too, so that the write's fault shows in this batch and not in
 * the next. Writes of CTRL/STAT get ORUNDETECT set, which allows many transfers to go out at once. Where the probe
 * un-posts reads, one read is one transfer, and the probe reads RDBUFF by itself behind the last access.
 */
export function planBatch(ops: readonly DapOp[], dpBank: number, posted: PostedReads = "on the wire"): SwdPlan {
  const planner = new Planner(dpBank, posted);
  ops.forEach((op, index) => void planner.add(op, index));
  return planner.finish();
}

/** The transfers that look `count` times for a goal; all of them bring the goal's word. */
export function pollTransfers(goal: SwdUntil, count: number, posted: PostedReads = "on the wire") {
  const { reg, op, result } = goal;
  if (posted === "by the probe") return Array.from({ length: count }, (): SwdTransfer => ({ reg, op, result }));
  const looks = Array.from({ length: count }, (_, i): SwdTransfer => {
    return { reg, op, result: reg.port === "ap" && i === 0 ? undefined : result };
  });
  return reg.port === "ap" ? [...looks, { reg: READ_BUFFER, op, result }] : looks;
}

class Planner {
  private readonly steps: SwdStep[] = [];
  private transfers: SwdTransfer[] = [];
  private words = 0;
  private dpBank: number;
  private readonly unposted: boolean;
  /** The last AP access while its outcome is not yet fetched. */
  private open: { readonly op: number; readonly result?: number } | undefined;

  constructor(dpBank: number, posted: PostedReads) {
    this.dpBank = dpBank;
    this.unposted = posted === "by the probe";
  }

  add(op: DapOp, index: number): void {
    if (op.op === "write") this.addWrites(op.reg, op.words, index);
    else if (op.op === "read") this.addReads(op.reg, op.count, index);
    else this.closeStep({ reg: op.reg, mask: op.mask, value: op.value, op: index, result: this.words++ });
  }

  finish(): SwdPlan {
    this.closeStep();
    return { steps: this.steps, words: this.words, dpBank: this.dpBank };
  }

  private addReads(reg: DapReg, count: number, op: number): void {
    if (reg.port === "dp") this.settleRead();
    for (let i = 0; i < count; i++) {
      const result = this.words++;
      const isPosted = reg.port === "ap" && !this.unposted;
      this.transfers.push({ reg, op, result: isPosted ? this.open?.result : result });
      // A read that the probe un-posts fetches its value, and with it the outcome of every access before.
      if (reg.port === "ap") this.open = isPosted ? { op, result } : undefined;
    }
  }

  private addWrites(reg: DapReg, words: ArrayLike<u32>, op: number): void {
    this.settleRead();
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      if (reg.port === "dp" && reg.a === SELECT.address) this.dpBank = SELECT.field(word, "DPBANKSEL");
      const isCtrlStat = reg.port === "dp" && reg.a === CTRL_STAT.address && this.dpBank === 0;
      this.transfers.push(
        isCtrlStat
          ? { reg, op, word: CTRL_STAT.with(word, { ORUNDETECT: 1 }), startsOverrunDetection: true }
          : { reg, op, word },
      );
    }
    if (reg.port === "ap" && words.length > 0) this.open = { op };
  }

  private closeStep(goal?: SwdUntil): void {
    this.settle();
    this.steps.push({ transfers: this.transfers, ...(goal && { goal }) });
    this.transfers = [];
  }

  private settleRead(): void {
    if (this.open?.result !== undefined) this.settle();
  }

  private settle(): void {
    // Behind a last write the probe looks for its outcome by itself, but only right behind it.
    const isSettled = this.unposted && this.transfers.at(-1)?.reg.port === "ap";
    if (this.open && !isSettled) this.transfers.push({ reg: READ_BUFFER, ...this.open });
    this.open = undefined;
  }
}
