import { DapError, type DapAck, type DapErrorCode } from "../probe-error.ts";
import type { SwdUntil } from "./swd-plan.ts";
import type { SwdResponse, SwdTransfer } from "./swd-transfer.ts";

/** What a batch has yielded so far, and what its error says when it ends early. */
export class BatchProgress {
  readonly words: Uint32Array;
  private filled = 0;
  private goal: SwdUntil | undefined;

  /** For a batch that yields `count` words. */
  constructor(count: number) {
    this.words = new Uint32Array(count);
  }

  /** From now on the goal's word keeps the first value that matches it. */
  setGoal(goal: SwdUntil | undefined): void {
    this.goal = goal;
  }

  /** Whether the goal's word was read and matches. */
  get goalReached(): boolean {
    if (!this.goal || this.filled <= this.goal.result) return false;
    return (this.words[this.goal.result] & this.goal.mask) >>> 0 === this.goal.value >>> 0;
  }

  /** Keeps the words of the transfers that were answered; says how the first failed one was acknowledged. */
  take(transfers: readonly SwdTransfer[], responses: readonly SwdResponse[]): Exclude<DapAck, "ok"> | undefined {
    for (let i = 0; i < responses.length; i++) {
      const { ack, word } = responses[i];
      if (ack !== "ok") return ack;
      this.keep(transfers[i].result, word);
    }
    return undefined;
  }

  /**
   * The error for the transfer at `failed`, which may stand behind the last: the outcome of that one came too late. A
   * FAULT is blamed on the AP access before it, which caused it.
   */
  failure(transfers: readonly SwdTransfer[], failed: number, ack: Exclude<DapAck, "ok">): DapError {
    const refused = Math.min(failed, transfers.length - 1);
    const culprit = (ack === "fault" ? lastApAccess(transfers, failed) : undefined) ?? refused;
    const { op, reg } = transfers[culprit];
    const done = transfers.slice(0, culprit).filter((transfer) => transfer.op === op).length;
    const register = `${reg.port.toUpperCase()} register 0x${reg.a.toString(16).toUpperCase()}`;
    return this.error(FAILURES[ack].code, `${FAILURES[ack].text} (${register})`, { opIndex: op, done, ack });
  }

  /** The error for a goal that was not reached in time. */
  timeout(goal: SwdUntil, cause: unknown): DapError {
    const text = "The register did not reach the awaited value in time";
    return this.error("dap-until-timeout", text, { opIndex: goal.op, done: 0, ack: "ok" }, cause);
  }

  private keep(index: number | undefined, word: number): void {
    if (index === undefined || (index === this.goal?.result && this.goalReached)) return;
    this.words[index] = word;
    this.filled = Math.max(this.filled, index + 1);
  }

  private error(code: DapErrorCode, text: string, at: { opIndex: number; done: number; ack: DapAck }, cause?: unknown) {
    return new DapError(code, text, { ...at, partial: this.words.slice(0, this.filled) }, { cause });
  }
}

const FAILURES: { readonly [ack in Exclude<DapAck, "ok">]: { readonly code: DapErrorCode; readonly text: string } } = {
  wait: { code: "dap-wait", text: "The target answered WAIT for too long" },
  fault: { code: "dap-fault", text: "The target answered FAULT" },
  none: { code: "dap-no-ack", text: "The target did not acknowledge" },
  parity: { code: "dap-parity", text: "The target's data came with wrong parity" },
};

function lastApAccess(transfers: readonly SwdTransfer[], before: number): number | undefined {
  for (let i = before - 1; i >= 0; i--) if (transfers[i].reg.port === "ap") return i;
  return undefined;
}
