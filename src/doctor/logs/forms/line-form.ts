/** Tools whose logs are understood. */
export type LogTool =
  | "jlink"
  | "jflash"
  | "jlink-gdb"
  | "pylink"
  | "mcuxpresso"
  | "linkserver"
  | "openocd"
  | "pyocd"
  | "probe-rs"
  | "nrfjprog"
  | "nrfutil"
  | "cubeprogrammer"
  | "stlink-cli"
  | "st-flash"
  | "west"
  | "platformio"
  | "arduino"
  | "bossac"
  | "blackmagic"
  | "edbg"
  | "daplink"
  | "lpc21isp"
  | "dfu-util"
  | "picotool"
  | "avrdude"
  | "stm32flash"
  | "flashmagic"
  | "keil"
  | "iar"
  | "system";

/** The tools by the names that people know them by. */
export const TOOL_NAMES: { readonly [Tool in LogTool]: string } = {
  jlink: "J-Link Commander",
  jflash: "J-Flash",
  "jlink-gdb": "J-Link GDB Server",
  pylink: "pylink",
  mcuxpresso: "MCUXpresso IDE",
  linkserver: "LinkServer",
  openocd: "OpenOCD",
  pyocd: "pyOCD",
  "probe-rs": "probe-rs",
  nrfjprog: "nrfjprog",
  nrfutil: "nrfutil",
  cubeprogrammer: "STM32CubeProgrammer",
  "stlink-cli": "ST-LINK_CLI",
  "st-flash": "st-flash",
  west: "west",
  platformio: "PlatformIO",
  arduino: "Arduino",
  bossac: "bossac",
  blackmagic: "Black Magic Probe",
  edbg: "edbg",
  daplink: "DAPLink",
  lpc21isp: "lpc21isp",
  "dfu-util": "dfu-util",
  picotool: "picotool",
  avrdude: "avrdude",
  stm32flash: "stm32flash or stm32loader",
  flashmagic: "Flash Magic",
  keil: "Keil uVision",
  iar: "IAR Embedded Workbench",
  system: "the operating system",
};

/** Tools that run others and print around their consoles. */
export const WRAPPERS: readonly LogTool[] = ["mcuxpresso", "west", "platformio", "arduino"];

/**
 * What a line of a log tells, whichever tool wrote it. `chatter` tells nothing that a diagnosis needs; it is listed so
 * that an unknown line can be distinguished from one without facts.
 */
export type FactKind =
  | "chatter"
  // says that something went wrong, and nothing of what; alone it explains nothing
  | "trouble"
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
  | "open-refused"
  | "voltage-low"
  | "target-silent"
  | "core-missing"
  | "unexpected-id"
  | "driver-mismatch"
  | "id-garbled"
  | "examine-failed"
  | "halt-failed"
  | "connected"
  | "reset"
  | "probe-lost"
  | "probe-busy"
  | "probe-ambiguous"
  | "probe-firmware-old"
  | "probe-clone"
  | "port-missing"
  | "port-busy"
  | "boot-silent"
  | "wire-broken"
  | "wire-fault"
  | "timed-out"
  | "low-power"
  | "under-reset"
  | "device-unknown"
  | "tool-missing"
  | "library-missing"
  | "config-missing"
  | "tool-old"
  | "connect-failed"
  | "server-silent"
  | "server-gone"
  | "wrong-family"
  | "boot-refused"
  // locks
  | "lock-seen"
  | "lock-open"
  | "ap-disabled"
  | "read-protection"
  | "size-zero"
  | "write-protection"
  | "mass-erase-default"
  | "mass-erase-tried"
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
  | "file-invalid"
  | "too-large"
  | "outside-flash"
  | "loader-failed"
  | "loader-missing"
  | "erase-failed"
  | "write-failed"
  | "flash-refused"
  | "flash-protected"
  | "fprot-protected"
  | "not-blank"
  | "checksum-inserted"
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
  | "failed-unexplained"
  | "success"
  | "exit-code";

/** One form that a line can have. Named groups of the pattern become the fact's values. */
export interface LineForm {
  readonly tool: LogTool;
  readonly fact: FactKind;
  /** Matched against a line without prefixes, indentation and trailing blanks; runs of blanks count as one. */
  readonly pattern: RegExp;
  /** What the word before the message names, where it stands behind one: `kx.cpu: `, `[kx.cpu] `, `K64F `. */
  readonly subject?: "device" | "target";
  /** Where such a line can be seen: a public thread, manual or program. */
  readonly source: string;
}

/** Makes the forms of one tool that one source shows. */
export const formsFrom = (
  tool: LogTool,
  source: string,
  forms: readonly (readonly [fact: FactKind, pattern: RegExp, subject?: LineForm["subject"]])[],
): readonly LineForm[] =>
  forms.map(([fact, pattern, subject]) => ({ tool, source, fact, pattern, ...(subject ? { subject } : {}) }));
