import { FlashproofError } from "../base/errors.ts";

/** Codes of the core. */
export type CoreErrorCode =
  | "core-not-found"
  | "core-not-halted"
  | "core-halt-failed"
  | "core-reset-failed"
  | "core-register"
  | "core-breakpoint"
  | "core-call-failed";

/** The processor did not do what its debug registers requested. */
export class CoreError extends FlashproofError<CoreErrorCode> {}
