import { FlashproofError } from "../base/errors.ts";

/** Codes of a board that cannot be set up as asked. */
export type TwinErrorCode = "twin-unknown-chip" | "twin-unknown-probe" | "twin-fault-spec" | "twin-bad-option";

/** A simulated board that cannot be set up as asked. */
export class TwinError extends FlashproofError<TwinErrorCode> {}
