import { FlashproofError } from "../base/errors.ts";

/** Codes of the exchange by ring buffers in the target's RAM. */
export type RttErrorCode = "rtt-not-found" | "rtt-block-broken" | "rtt-no-channel";

/** The target has no usable RTT control block, or no such channel in it. */
export class RttError extends FlashproofError<RttErrorCode> {}
