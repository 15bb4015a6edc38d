import type { FlashproofError } from "../base/errors.ts";
import type { AnyErrorCode } from "../doctor/codes.ts";

/** The program's exit codes, one meaning each (docs/cli.md). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  noProbe: 3,
  noTarget: 4,
  protected: 5,
  differs: 6,
  file: 7,
  unknownChip: 8,
  interrupted: 130,
} as const;

/** One of the program's exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code for every error code; a new code without one does not compile. */
export const EXIT_BY_CODE: Readonly<Record<AnyErrorCode, ExitCode>> = {
  timeout: EXIT.noTarget,
  aborted: EXIT.interrupted,
  "file-not-found": EXIT.file,
  "file-unreadable": EXIT.file,
  "file-unwritable": EXIT.file,
  usage: EXIT.usage,
  "config-invalid": EXIT.usage,
  "twin-in-use": EXIT.noProbe,
  "twin-state-foreign": EXIT.file,
  "twin-state-corrupt": EXIT.file,
  "twin-unknown-key": EXIT.usage,
  "probe-not-found": EXIT.noProbe,
  "probe-ambiguous": EXIT.noProbe,
  "probe-selector": EXIT.usage,
} as Readonly<Record<AnyErrorCode, ExitCode>>;

/** The exit code of an error: that of its own code, or of the first cause that is Flashproof's. */
export const exitCodeOf = (error: FlashproofError): ExitCode => EXIT_BY_CODE[error.code as AnyErrorCode] ?? EXIT.failed;
