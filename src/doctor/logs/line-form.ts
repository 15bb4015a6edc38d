/** Tools whose logs are understood. */
export type LogTool = "jlink" | "mcuxpresso" | "openocd" | "pyocd" | "probe-rs";

/** The tools by the names that people know them by. */
export const TOOL_NAMES: { readonly [Tool in LogTool]: string } = {
  jlink: "J-Link Commander",
  mcuxpresso: "MCUXpresso IDE",
  openocd: "OpenOCD",
  pyocd: "pyOCD",
  "probe-rs": "probe-rs",
};

/**
 * What a line of a log tells, whichever tool wrote it. `chatter` tells nothing that a diagnosis needs; it is listed so
 * that a line which nobody knows can be told from one which nobody needs.
 */
export type FactKind =
  | "chatter"
  // what was used, and on what
  | "version"
  | "device"
  | "operation"
  | "probe-firmware"
  | "voltage"
  | "dp-id"
  | "core"
  | "registers"
  | "exit-on-error"
  | "command"
  // connecting
  | "probe-missing"
  | "probe-silent"
  | "probe-access"
  | "probe-driver"
  | "voltage-low"
  | "target-silent"
  | "core-missing"
  | "unexpected-id"
  | "halt-failed"
  | "connected"
  | "reset"
  // locks
  | "lock-seen"
  | "lock-open"
  | "read-protection"
  | "write-protection"
  | "mass-erase-default"
  | "mass-erase"
  | "mass-erase-done"
  | "mass-erase-skipped"
  | "mass-erase-refused"
  | "mass-erase-disabled"
  | "mass-erase-failed"
  | "reset-line-missing"
  | "reset-loop"
  // programming
  | "download"
  | "bank"
  | "phase-times"
  | "flash-match"
  | "done"
  | "erase-started"
  | "erased"
  | "programmed"
  | "file-missing"
  | "outside-flash"
  | "loader-failed"
  | "erase-failed"
  | "write-failed"
  | "flash-refused"
  | "flash-protected"
  | "result-code"
  | "field-denied"
  | "field-again"
  | "memory-refused"
  // comparing
  | "verify-started"
  | "verify-size"
  | "verify-address"
  | "verify-bytes"
  | "verify-byte"
  | "verify-failed"
  | "verify-ok"
  // scripts and endings
  | "script-error"
  | "script-end"
  | "exit-code";

/** One form that a line can have. Named groups of the pattern become the fact's values. */
export interface LineForm {
  readonly tool: LogTool;
  readonly fact: FactKind;
  /** Matched against a line without indentation and trailing blanks; runs of blanks count as one. */
  readonly pattern: RegExp;
  /** Where such a line can be seen: a public thread, manual or program. */
  readonly source: string;
}

/** Makes the forms of one tool that one source shows. */
export const formsFrom = (
  tool: LogTool,
  source: string,
  forms: readonly (readonly [fact: FactKind, pattern: RegExp])[],
): readonly LineForm[] => forms.map(([fact, pattern]) => ({ tool, source, fact, pattern }));
