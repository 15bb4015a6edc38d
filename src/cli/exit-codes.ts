import { causeChain, FlashproofError } from "../base/errors.ts";
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

/** What each exit code means, in words. */
export const EXIT_WORDS: { readonly [Name in keyof typeof EXIT]: string } = {
  ok: "ok",
  failed: "the operation failed",
  usage: "usage",
  noProbe: "no probe, or more than one and none named",
  noTarget: "the target can't be reached",
  protected: "protected, or a consent is missing",
  differs: "verify found a difference",
  file: "file or format",
  unknownChip: "unknown chip",
  interrupted: "interrupted",
};

/** One of the program's exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * The exit code for every error code; a new code without one does not compile.
 *
 * @public for docs/errors.md
 */
export const EXIT_BY_CODE: Readonly<Record<AnyErrorCode, ExitCode>> = {
  timeout: EXIT.noTarget,
  aborted: EXIT.interrupted,
  "file-not-found": EXIT.file,
  "file-unreadable": EXIT.file,
  "file-unwritable": EXIT.file,
  "file-is-link": EXIT.file,
  "file-is-folder": EXIT.file,
  "file-is-device": EXIT.file,
  "file-too-large": EXIT.file,
  "output-unwritable": EXIT.failed,
  usage: EXIT.usage,
  "port-in-use": EXIT.failed,
  "config-invalid": EXIT.usage,
  "plan-file-invalid": EXIT.file,
  "plan-file-version": EXIT.file,
  "twin-in-use": EXIT.noProbe,
  "twin-state-foreign": EXIT.file,
  "twin-state-corrupt": EXIT.file,
  "twin-state-version": EXIT.file,
  "twin-unknown-key": EXIT.usage,
  "probe-not-found": EXIT.noProbe,
  "probe-ambiguous": EXIT.noProbe,
  "probe-selector": EXIT.usage,
  "usb-stall": EXIT.noProbe,
  "usb-babble": EXIT.noProbe,
  "usb-unplugged": EXIT.noProbe,
  "usb-access": EXIT.noProbe,
  "usb-busy": EXIT.noProbe,
  "usb-failed": EXIT.noProbe,
  "usb-no-interface": EXIT.noProbe,
  "pipe-poisoned": EXIT.noProbe,
  "pipe-closed": EXIT.noProbe,
  "pipe-failed": EXIT.noProbe,
  "probe-protocol": EXIT.noProbe,
  "probe-unsupported": EXIT.noProbe,
  "probe-memory": EXIT.noProbe,
  "probe-speed": EXIT.noProbe,
  "dap-wait": EXIT.noTarget,
  "dap-fault": EXIT.noTarget,
  "dap-no-ack": EXIT.noTarget,
  "dap-parity": EXIT.noTarget,
  "dap-until-timeout": EXIT.noTarget,
  "dp-no-target": EXIT.noTarget,
  "dp-power-up": EXIT.noTarget,
  "dp-sticky-error": EXIT.noTarget,
  "ap-not-found": EXIT.noTarget,
  "memory-fault": EXIT.failed,
  "memory-alignment": EXIT.failed,
  "unsteady-read": EXIT.failed,
  "rom-table-broken": EXIT.noTarget,
  "core-not-found": EXIT.noTarget,
  "core-not-halted": EXIT.noTarget,
  "core-halt-failed": EXIT.noTarget,
  "core-reset-failed": EXIT.noTarget,
  "core-register": EXIT.noTarget,
  "core-breakpoint": EXIT.noTarget,
  "core-call-failed": EXIT.noTarget,
  "image-empty": EXIT.file,
  "image-outside-chip": EXIT.file,
  "image-overlap": EXIT.file,
  "image-format": EXIT.file,
  "image-incomplete": EXIT.file,
  "image-too-large": EXIT.file,
  "image-address": EXIT.usage,
  "hex-checksum": EXIT.file,
  "hex-record": EXIT.file,
  "srec-checksum": EXIT.file,
  "srec-record": EXIT.file,
  "elf-truncated": EXIT.file,
  "elf-segment": EXIT.file,
  "elf-wrong-machine": EXIT.file,
  "uf2-block": EXIT.file,
  "uf2-family": EXIT.file,
  "chip-unknown": EXIT.unknownChip,
  "flash-busy": EXIT.failed,
  "flash-command": EXIT.failed,
  "flash-protected": EXIT.protected,
  "flash-power-mode": EXIT.failed,
  "flash-unaligned": EXIT.failed,
  "flash-core-running": EXIT.failed,
  "flash-plan-stale": EXIT.failed,
  "flash-range": EXIT.usage,
  "flash-keep": EXIT.failed,
  "bank-not-named": EXIT.protected,
  "not-erasable": EXIT.failed,
  "no-loader": EXIT.failed,
  "consent-missing": EXIT.protected,
  "security-refused": EXIT.protected,
  "loader-failed": EXIT.failed,
  "verify-differs": EXIT.differs,
  "target-no-power": EXIT.noTarget,
  "target-locked": EXIT.protected,
  "target-locked-for-ever": EXIT.protected,
  "unlock-consent": EXIT.protected,
  "raw-write-consent": EXIT.protected,
  "procedure-failed": EXIT.noTarget,
  "flash-not-shown": EXIT.noTarget,
  "unlock-failed": EXIT.failed,
  "chip-required": EXIT.usage,
  "chip-mismatch": EXIT.unknownChip,
  "session-closed": EXIT.failed,
  "lease-busy": EXIT.failed,
  "swo-unsupported": EXIT.failed,
  "rtt-not-found": EXIT.failed,
  "rtt-block-broken": EXIT.failed,
  "rtt-no-channel": EXIT.failed,
  // A firmware's own code is the process's.
  "firmware-exit": EXIT.failed,
  "firmware-no-exit": EXIT.failed,
  "firmware-stopped": EXIT.failed,
};

/** The exit code of an error by its own code; an error that is not Flashproof's is a bug, and a failure. */
const exitCodeOf = (error: FlashproofError): ExitCode => EXIT_BY_CODE[error.code as AnyErrorCode] ?? EXIT.failed;

/** The same for whatever was thrown; work that was called off is an interruption, wherever it ended. */
export function exitCodeFor(error: unknown): ExitCode {
  const codes = causeChain(error).flatMap((e) => (e instanceof FlashproofError ? [e.code] : []));
  if (codes.includes("aborted")) return EXIT.interrupted;
  return error instanceof FlashproofError ? exitCodeOf(error) : EXIT.failed;
}
