import { FlashproofError } from "../base/errors.ts";

/** Codes of a live connection. */
export type SessionErrorCode =
  | "target-no-power"
  | "target-locked"
  | "target-locked-for-ever"
  | "unlock-consent"
  | "raw-write-consent"
  | "unlock-failed"
  | "procedure-failed"
  | "flash-not-shown"
  | "chip-required"
  | "chip-mismatch"
  | "memory-unchanged"
  | "program-no-start"
  | "session-closed"
  | "lease-busy"
  | "swo-unsupported";

/** A connection that could not be made, or that does not allow what was asked. */
export class SessionError extends FlashproofError<SessionErrorCode> {}
