import { FlashproofError } from "../base/errors.ts";

/** Codes of planning, programming and verifying. */
export type FlashErrorCode =
  | "flash-busy"
  | "flash-command"
  | "flash-protected"
  | "flash-power-mode"
  | "flash-unaligned"
  | "flash-core-running"
  | "flash-plan-stale"
  | "flash-range"
  | "flash-keep"
  | "bank-not-named"
  | "not-erasable"
  | "no-loader"
  | "consent-missing"
  | "security-refused"
  | "loader-failed"
  | "algorithm-failed"
  | "algorithm-timeout"
  | "algorithm-stray-write"
  | "verify-differs";

/** Flash that could not be planned, written, or proved. Addresses and register values are in the details. */
export class FlashError extends FlashproofError<FlashErrorCode> {}
