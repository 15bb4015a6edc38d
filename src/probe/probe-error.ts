import { type ErrorOptions, FlashproofError } from "../base/errors.ts";

/** Codes of the probe itself. */
export type ProbeErrorCode = "probe-protocol" | "probe-unsupported" | "probe-memory" | "probe-speed";

/** A probe that did not answer as its protocol says, or cannot do what was asked. */
export class ProbeError extends FlashproofError<ProbeErrorCode> {}

/** Codes of a failed transfer, from the acknowledge on the wire. */
export type DapErrorCode = "dap-wait" | "dap-fault" | "dap-no-ack" | "dap-parity" | "dap-until-timeout";

/** The three acknowledge bits as read, or what took their place. */
export type DapAck = "ok" | "wait" | "fault" | "none" | "parity";

/** A transfer that the target did not acknowledge; says which operation of the batch it was and what is done before. */
export class DapError extends FlashproofError<DapErrorCode> {
  /** Index of the failed operation in the batch. */
  readonly opIndex: number;
  /** Transfers within that operation that were acknowledged. */
  readonly done: number;
  readonly ack: DapAck;
  /** Words read before the failure, of the whole batch. */
  readonly partial: Uint32Array;

  constructor(
    code: DapErrorCode,
    message: string,
    at: { opIndex: number; done: number; ack: DapAck; partial: Uint32Array },
    options: ErrorOptions = {},
  ) {
    super(code, message, {
      ...options,
      details: { ...options.details, opIndex: at.opIndex, done: at.done, ack: at.ack },
    });
    this.opIndex = at.opIndex;
    this.done = at.done;
    this.ack = at.ack;
    this.partial = at.partial;
  }
}
