import { FlashproofError } from "../base/errors.ts";

/** Codes of the debug port and its access ports. */
export type AdiErrorCode =
  | "dp-no-target"
  | "dp-power-up"
  | "dp-sticky-error"
  | "ap-not-found"
  | "memory-fault"
  | "memory-alignment"
  | "unsteady-read"
  | "rom-table-broken";

/** The debug port answered, but not as asked. Memory faults carry `address` and `count` in their details. */
export class AdiError extends FlashproofError<AdiErrorCode> {}
