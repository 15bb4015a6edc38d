import { ABORT, CTRL_STAT, DPIDR, SELECT } from "../../registers/dp.ts";
import type { DapOp } from "../probe.ts";
import { ProbeError } from "../probe-error.ts";
import type { SwdResponse, SwdTransfer } from "./swd-transfer.ts";

/**
 * How many transfers from `from` on may go out at once while overrun detection is off: at least one. Reads of DPIDR and
 * CTRL/STAT and writes of ABORT never get WAIT (ADIv5.2 (IHI 0031F), B4.2.4). A write of SELECT or CTRL/STAT may, with
 * its data phase where the target listens for a request: that of a zero is idle, and any other one a protocol error at
 * worst, after which a target answers nothing until a line reset. No access port is touched by what stands behind it.
 */
export function togetherUnguarded(transfers: readonly SwdTransfer[], from: number, to: number): number {
  let at = from;
  while (at < to && isHarmless(transfers[at])) at++;
  return Math.max(1, at - from);
}

function isHarmless({ reg, word }: SwdTransfer): boolean {
  if (reg.port !== "dp") return false;
  if (word === undefined) return reg.a === DPIDR.address || reg.a === CTRL_STAT.address;
  return reg.a === ABORT.address || reg.a === CTRL_STAT.address || (reg.a === SELECT.address && word === 0);
}

/** Reads CTRL/STAT, which a port answers whatever has happened, as long as its bank is 0. */
export const READ_CTRL_STAT: SwdTransfer = { reg: { port: "dp", a: CTRL_STAT.address as 0x4 }, op: 0 };

/** Whether CTRL/STAT can be looked at all through a batch: nothing in it selects another bank. */
export const staysInBank0 = (ops: readonly DapOp[], dpBank: number): boolean =>
  dpBank === 0 && !ops.some((op) => op.op === "write" && isSelect(op) && leavesBank0(op.words));

const isSelect = ({ reg }: DapOp): boolean => reg.port === "dp" && reg.a === SELECT.address;

const leavesBank0 = (words: ArrayLike<number>): boolean =>
  Array.from(words).some((word) => SELECT.field(word, "DPBANKSEL") !== 0);

/**
 * Throws `probe-protocol` for a WAIT that the target never answered: with overrun detection it would have set STICKYORUN
 * (ADIv5.2 (IHI 0031F), B2.3.1). What seems to be refused was done then, and doing it again would move TAR on.
 */
export function assertOverrun(flags: SwdResponse): void {
  if (flags.ack !== "ok" || CTRL_STAT.field(flags.word, "STICKYORUN") === 1) return;
  throw new ProbeError("probe-protocol", "The probe says that the target answered WAIT, but the target knows of none");
}
