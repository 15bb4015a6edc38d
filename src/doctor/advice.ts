import type { AdviceAct } from "./advice-acts.ts";
import type { AnyErrorCode } from "./codes.ts";

/** What an error code means, and what to do. */
export interface CodeAdvice {
  /** What the code means, where the error's own sentence may leave that open. */
  readonly sentence?: string;
  /** The detail of the error that names the first thing to do, for codes that know it only when they are thrown. */
  readonly actIn?: string;
  /** What to do, the likeliest cure first; an act's arguments are the error's details of the same names. */
  readonly advice: readonly AdviceAct[];
}

/** Advice for every code: a new code without advice does not compile. */
export const ADVICE: { readonly [Code in AnyErrorCode]: CodeAdvice } = {
  // waits
  timeout: { sentence: "The answer did not come in time.", advice: ["check-power", "lower-speed"] },
  aborted: { sentence: "The work was called off.", actIn: "next", advice: [] },

  // the host machine
  "file-not-found": { advice: ["check-path"] },
  "file-unreadable": { advice: ["check-file-access"] },
  "file-unwritable": { advice: ["check-folder-access"] },
  "file-is-link": { advice: ["name-link-target"] },
  "file-is-folder": { advice: ["name-file-in-folder"] },
  "file-is-device": { advice: ["copy-from-device"] },
  "file-too-large": { advice: ["check-file-size"] },
  "output-unwritable": {
    sentence: "The work itself went on to its end.",
    advice: ["check-disk-and-pipe"],
  },
  "page-not-built": { advice: ["build-page"] },
  usage: { advice: ["see-help"] },
  "port-in-use": {
    advice: ["choose-port", "free-port"],
  },
  "config-invalid": { advice: ["correct-settings"] },
  "plan-file-invalid": { advice: ["make-plan-again"] },
  "plan-file-version": { advice: ["make-plan-again"] },
  "twin-in-use": { advice: ["end-other-twin"] },
  "twin-state-foreign": { advice: ["choose-state-file"] },
  "twin-state-corrupt": {
    advice: ["copy-state-file"],
  },
  "twin-state-version": {
    advice: ["read-old-state", "begin-new-state"],
  },
  "twin-unknown-key": { advice: ["see-twin-keys"] },
  "probe-not-found": {
    advice: ["list-probes", "install-udev-rule", "try-twin"],
  },
  "probe-ambiguous": { advice: ["name-probe"] },
  "probe-selector": {
    advice: ["write-selector"],
  },

  // usb
  "usb-stall": { sentence: "The probe refused a USB transfer.", advice: ["replug", "report-again"] },
  "usb-babble": { sentence: "The probe sent more than it was asked for.", advice: ["replug", "report-again"] },
  "usb-unplugged": {
    sentence: "The probe has gone from the bus.",
    advice: ["check-cable"],
  },
  "usb-access": {
    sentence: "The system does not let this user open the probe.",
    advice: ["install-udev-rule-and-replug"],
  },
  "usb-busy": {
    sentence: "Another program holds the probe.",
    advice: ["close-other-program"],
  },
  "usb-failed": { advice: ["replug", "change-cable"] },
  "usb-no-interface": {
    sentence: "The device is there, but has no interface that Flashproof can talk to.",
    advice: ["install-winusb"],
  },

  // pipes
  "pipe-poisoned": {
    sentence: "The connection to the probe failed before, so a late answer could be taken for the next one's.",
    advice: ["reconnect-after-first-error"],
  },
  "pipe-closed": { advice: ["reconnect"] },
  "pipe-failed": { advice: ["replug", "check-server"] },

  // probes
  "probe-protocol": {
    sentence: "The probe answered otherwise than its protocol says.",
    advice: ["replug", "update-firmware", "report-again"],
  },
  "probe-unsupported": { advice: ["see-probe-abilities"] },
  "probe-memory": {
    sentence: "The probe has too little memory for this transfer.",
    advice: ["replug", "report-again"],
  },
  "probe-speed": { advice: ["choose-speed"] },

  // transfers on the wire
  "dap-wait": {
    sentence: "The target kept asking for more time.",
    advice: ["lower-speed", "reset-hanging-bus"],
  },
  "dap-fault": {
    sentence: "The target's debug port refused a transfer.",
    advice: ["see-lock-of-port", "connect-under-reset"],
  },
  "dap-no-ack": {
    sentence: "The target did not answer on the wire.",
    advice: ["check-power", "lower-speed", "connect-under-reset"],
  },
  "dap-parity": { sentence: "A word arrived damaged.", advice: ["lower-speed"] },
  "dap-until-timeout": {
    sentence: "A register never got the value that was waited for.",
    advice: ["check-power", "lower-speed"],
  },

  // debug port and access ports
  "dp-no-target": {
    sentence: "No target answers on the debug wires.",
    advice: ["check-power", "lower-speed", "connect-under-reset"],
  },
  "dp-power-up": {
    sentence: "The debug port answers, but its power domain stays off.",
    advice: ["check-power", "connect-under-reset", "power-cycle"],
  },
  "dp-sticky-error": {
    sentence: "The debug port holds an error of an earlier access.",
    advice: ["repeat-command", "lower-speed"],
  },
  "ap-not-found": {
    sentence: "The chip has no such access port.",
    advice: ["list-access-ports"],
  },
  "memory-fault": {
    sentence: "The chip's bus refused an access.",
    advice: ["check-address", "see-lock-of-bus", "erase-broken-flash"],
  },
  "memory-alignment": { advice: ["align-access"] },
  "unsteady-read": {
    sentence: "What was read twice to prove it did not come out the same, so neither reading is believed.",
    advice: ["repeat-damaged-read", "hold-memory-still", "lower-speed"],
  },
  "rom-table-broken": {
    advice: ["name-chip-and-lower-speed"],
  },

  // the core
  "core-not-found": {
    sentence: "No Cortex-M core answers.",
    advice: ["connect-under-reset", "see-lock"],
  },
  "core-not-halted": { advice: ["halt-core"] },
  "core-halt-failed": {
    sentence: "The core does not stop.",
    advice: ["connect-under-reset", "connect-under-reset-anyway"],
  },
  "core-reset-failed": {
    sentence: "The chip did not come out of reset as it should.",
    advice: ["check-reset-line", "hold-in-reset"],
  },
  "core-register": { advice: ["read-registers-halted"] },
  "core-breakpoint": {
    advice: ["remove-breakpoint"],
  },
  "core-call-failed": {
    sentence: "Code that was run on the chip did not return.",
    advice: ["repeat-call-under-reset"],
  },

  // images
  "image-empty": { advice: ["check-build-output"] },
  "image-outside-chip": {
    advice: ["check-chip-name", "give-raw-address"],
  },
  "image-overlap": {
    advice: ["separate-images"],
  },
  "image-format": {
    advice: ["name-format", "drop-address"],
  },
  "image-incomplete": {
    sentence: "A part of the file may be missing.",
    advice: ["rebuild-file", "accept-incomplete"],
  },
  "image-too-large": { advice: ["check-firmware-file"] },
  "image-address": { advice: ["place-file"] },
  "hex-checksum": { sentence: "Line {line} of the file is damaged.", advice: ["rebuild-file"] },
  "hex-record": { sentence: "Line {line} of the file is no Intel HEX.", advice: ["rebuild-file"] },
  "srec-checksum": { sentence: "Line {line} of the file is damaged.", advice: ["rebuild-file"] },
  "srec-record": { sentence: "Line {line} of the file is no S-record.", advice: ["rebuild-file"] },
  "elf-truncated": {
    sentence: "The file ends too early.",
    advice: ["rebuild-file", "check-download"],
  },
  "elf-segment": { sentence: "The file's headers contradict themselves.", advice: ["rebuild-file"] },
  "elf-wrong-machine": {
    advice: ["use-cross-compiler"],
  },
  "uf2-block": { sentence: "Block {block} of the file is damaged.", advice: ["rebuild-file"] },
  "uf2-family": { advice: ["check-chip-and-file"] },

  // chips
  "chip-unknown": { actIn: "next", advice: ["search-chips"] },

  // packs and their flash algorithms
  "pack-invalid": { advice: ["get-pack-again"] },
  "pack-too-large": { sentence: "No pack of a vendor's is so large.", advice: ["get-pack-again"] },
  "pack-not-found": { advice: ["see-packs"] },
  "pack-device-unknown": { advice: ["see-packs"] },
  "pack-device-ambiguous": { actIn: "next", advice: ["name-pack"] },
  "pack-not-installed": { advice: ["list-packs"] },
  "pack-not-in-index": { advice: ["other-index"] },
  "pack-store-busy": { advice: ["repeat-whole-job"] },
  "pack-license": { advice: ["accept-license"] },
  "pack-download": { sentence: "The download failed.", advice: ["check-network", "add-pack-file"] },
  "algorithm-invalid": { advice: ["get-pack-again", "report-algorithm"] },
  "algorithm-unsupported": { advice: ["other-algorithm"] },
  "sequence-invalid": { advice: ["report-sequence"] },
  "sequence-unsupported": { advice: ["see-sequences"] },
  "sequence-limit": {
    sentence: "It may wait for what only the chip does.",
    advice: ["report-sequence"],
  },
  "sequence-failed": { sentence: "It may look at a register that only the chip has.", advice: ["see-sequences"] },

  // programming and verifying
  "flash-busy": {
    sentence: "The flash controller did not finish.",
    advice: ["check-power", "reset-and-repeat"],
  },
  "flash-command": {
    sentence: "The flash controller refused a command.",
    advice: ["check-chip-name", "reset-and-repeat", "report-again"],
  },
  "flash-protected": {
    sentence: "The region is write-protected.",
    advice: ["mass-erase-protection"],
  },
  "flash-power-mode": {
    sentence: "The chip is in a low-power mode, in which its flash takes no commands.",
    advice: ["reset-into-run-mode"],
  },
  "flash-unaligned": { advice: ["use-whole-sectors"] },
  "flash-core-running": {
    advice: ["halt-before-flash"],
  },
  "flash-range": {
    sentence: "Nothing was touched: a range has to lie inside the chip's flash, whole, and hold at least one byte.",
    advice: ["list-chips"],
  },
  "flash-keep": {
    sentence: "A range was to be kept that can't be: its bytes can't be read, or the whole chip is to be erased.",
    advice: ["free-kept-range"],
  },
  "bank-not-named": {
    sentence: "Option bytes, one-time cells and user rows are changed only where the job names their bank.",
    advice: ["name-bank"],
  },
  "not-erasable": {
    sentence: "These cells are programmed once, and nothing erases them.",
    advice: ["check-firmware-file"],
  },
  "no-loader": {
    sentence: "Flashproof has no code of its own for this flash's controller.",
    advice: ["list-chips"],
  },
  "flash-plan-stale": {
    sentence: "What would be done now is not what was planned.",
    advice: ["plan-again-under-reset"],
  },
  "consent-missing": {
    sentence: "This cannot be undone without loss, so it needs your word.",
    advice: ["give-token", "keep-chip-open", "secure-as-image"],
  },
  "security-refused": {
    sentence: "The image would lock the chip.",
    advice: ["keep-chip-open-by-change", "secure-as-image-anyway", "explain-security"],
  },
  "algorithm-failed": {
    sentence: "Sectors that were erased before hold nothing.",
    advice: ["check-algorithm", "flash-again"],
  },
  "algorithm-timeout": {
    sentence: "Sectors that were erased before hold nothing.",
    advice: ["check-algorithm", "flash-again"],
  },
  "algorithm-stray-write": {
    sentence: "What it did to the flash is not to be trusted.",
    advice: ["check-algorithm", "report-algorithm"],
  },
  "loader-failed": {
    sentence: "The chip's own check of an erase or a programming failed.",
    advice: ["check-power", "repeat-or-replace"],
  },
  "verify-differs": {
    sentence: "The chip holds something else than the file.",
    advice: ["list-differences"],
  },

  // the connection
  "target-no-power": { sentence: "The target has no power.", advice: ["check-power"] },
  "target-locked": {
    sentence: "The chip is secured: a debugger is refused its flash, or all of its memory.",
    advice: ["mass-erase"],
  },
  "target-locked-for-ever": {
    sentence: "The chip is secured and its mass erase is disabled.",
    advice: ["use-back-door"],
  },
  "raw-write-consent": {
    sentence: "Nothing was written: no plan and no check stands behind a raw write, so it needs your word.",
    advice: ["allow-raw-write", "use-flash-verbs"],
  },
  "unlock-consent": {
    sentence: "Unlocking erases everything on the chip.",
    advice: ["allow-mass-erase"],
  },
  "unlock-failed": {
    sentence: "The mass erase did not open the chip.",
    advice: ["check-reset-line-of-locked", "check-power", "repeat-blank-chip"],
  },
  "procedure-failed": {
    sentence: "The chip did not do what it has to do at this point of a connection.",
    advice: ["check-chip-name", "check-power", "power-cycle"],
  },
  "flash-not-shown": {
    sentence:
      "The chip's flash is not in its address space: the firmware has not set that up, or works on the flash now.",
    advice: ["show-flash"],
  },
  "chip-required": { advice: ["name-chip", "get-pack"] },
  "program-no-start": {
    sentence: "A program in RAM begins with its vectors: the initial stack pointer and the reset handler.",
    advice: ["give-raw-address"],
  },
  "memory-unchanged": {
    sentence: "Flash is programmed only on a chip that is named; an address without memory holds nothing.",
    advice: ["name-chip", "get-pack"],
  },
  "chip-mismatch": {
    sentence: "The chip on the board is not the one that was named.",
    advice: ["check-board"],
  },
  "session-closed": { advice: ["reconnect"] },
  "lease-busy": { advice: ["wait-for-lease"] },
  "swo-unsupported": { advice: ["let-core-run-for-swo"] },

  // ring buffers in the target's RAM
  "rtt-not-found": {
    advice: ["run-firmware", "search-longer", "give-block-address"],
  },
  "rtt-block-broken": { advice: ["check-block"] },
  "rtt-no-channel": { advice: ["choose-channel"] },

  // a firmware that runs with semihosting
  "firmware-exit": { sentence: "The firmware reports a failure.", advice: ["read-firmware-output"] },
  "firmware-no-exit": { advice: ["run-longer", "check-firmware-exit"] },
  "firmware-stopped": { advice: ["debug-firmware"] },
};
