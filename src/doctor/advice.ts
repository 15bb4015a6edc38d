import type { AnyErrorCode } from "./codes.ts";

/** What to tell somebody whom an error has stopped. */
export interface Advice {
  /** What the code means, where the error's own sentence may leave that open. */
  readonly sentence?: string;
  /** What to do, the likeliest cure first; `{name}` stands for that detail of the error. */
  readonly hints: readonly string[];
}

const WIRE = "Lower the speed (--speed 400k) and shorten the wires; check SWDIO, SWCLK and above all ground.";
const POWER = "Check that the board has power and that the probe's VTref pin is connected to it.";
const UNDER_RESET =
  "Connect under reset (--connect under-reset): firmware may sleep, or use the debug pins for something else.";
const REPLUG = "Unplug the probe, plug it in again, and repeat the command.";
const MASS_ERASE = "To open the chip and lose everything on it: flashproof unlock --allow-mass-erase.";
const REBUILD = "Build the file again, or copy it again in binary mode.";
const BUG = "If it happens again with the same file and probe, please report it with the output of -vv.";

/** Advice for every code: a new code without advice does not compile. */
export const ADVICE: { readonly [Code in AnyErrorCode]: Advice } = {
  // waits
  timeout: { sentence: "The answer did not come in time.", hints: [POWER, WIRE] },
  aborted: { sentence: "The work was called off.", hints: ["{next}"] },

  // the host machine
  "file-not-found": { hints: ["Check the path; it counts from the current folder."] },
  "file-unreadable": { hints: ["Check that it is a file and that you may read it."] },
  "file-unwritable": { hints: ["Check that its folder exists, that you may write there, and that the disk has room."] },
  "file-is-link": { hints: ["Name the file itself ({to}), or remove the link."] },
  "file-is-folder": { hints: ["Name a file in it."] },
  "file-is-device": { hints: ["Copy what you need of it into a file (dd with count=), and name that."] },
  "file-too-large": { hints: ["Check that it is the file you mean: no chip's image is nearly so large."] },
  "output-unwritable": {
    sentence: "The work itself went on to its end.",
    hints: ["Check the disk, or the program behind the pipe, and repeat the command where its result is needed."],
  },
  usage: { hints: ["flashproof help lists the verbs, flashproof VERB --help their options."] },
  "port-in-use": {
    hints: [
      "Name another port with the option that asked for {port}: --jlink=PORT, --pyocd=PORT, --usbip=PORT, --uart tcp:PORT, -RTTTelnetPort PORT; 0 takes any free one.",
      "To use port {port} itself, end the program that has it: ss -ltnp (Linux) or netstat -ano (Windows) shows which one.",
    ],
  },
  "config-invalid": { hints: ["Correct the file; docs/cli.md says what a settings file may set."] },
  "plan-file-invalid": { hints: ["Make the plan again: flashproof plan FILE --chip CHIP --probe PROBE --out PLAN."] },
  "plan-file-version": { hints: ["Make the plan again: flashproof plan FILE --chip CHIP --probe PROBE --out PLAN."] },
  "twin-in-use": { hints: ["End the other process, or give this one a state file of its own."] },
  "twin-state-foreign": { hints: ["Choose another file for state=; this one has been left as it is."] },
  "twin-state-corrupt": {
    hints: ["Use a copy of the state, or another file for a new board; this one has been left as it is."],
  },
  "twin-state-version": {
    hints: [
      "Read the board's flash with the version that wrote the file (flashproof read 0:0x100000 -o FILE), and flash a new board with that.",
      "Choose another file for state= to begin with a new board; this one has been left as it is.",
    ],
  },
  "twin-unknown-key": { hints: ["The keys of twin:CHIP,key=value are in docs/cli.md."] },
  "probe-not-found": {
    hints: [
      "flashproof list shows the probes that can be seen, those without permission too.",
      "On Linux a probe that only root sees needs the udev rule of flashproof doctor --udev.",
      "Without hardware, try a simulated board: --probe twin:MK24FN1M0xxx12.",
    ],
  },
  "probe-ambiguous": { hints: ["Name one with --probe; the end of a serial number is enough."] },
  "probe-selector": {
    hints: ["Write --probe VID:PID[:SERIAL], jlink:SERIAL, dap:SERIAL, ip:HOST[:PORT] or twin:CHIP."],
  },

  // usb
  "usb-stall": { sentence: "The probe refused a USB transfer.", hints: [REPLUG, BUG] },
  "usb-babble": { sentence: "The probe sent more than it was asked for.", hints: [REPLUG, BUG] },
  "usb-unplugged": {
    sentence: "The probe has gone from the bus.",
    hints: ["Check the cable; a probe that vanishes when the target starts may lack power."],
  },
  "usb-access": {
    sentence: "The system does not let this user open the probe.",
    hints: ["On Linux install the udev rule: flashproof doctor --udev. Then unplug the probe and plug it in again."],
  },
  "usb-busy": {
    sentence: "Another program holds the probe.",
    hints: ["Close the IDE, the GDB server or the other flashproof that uses it."],
  },
  "usb-failed": { hints: [REPLUG, "Try another cable and a port without a hub in between."] },
  "usb-no-interface": {
    sentence: "The device is there, but has no interface that Flashproof can talk to.",
    hints: ["On Windows the probe may need the WinUSB driver; J-Links need the setting in the J-Link Configurator."],
  },

  // pipes
  "pipe-poisoned": {
    sentence: "The connection to the probe failed before, so a late answer could be taken for the next one's.",
    hints: ["Connect again; the first error says what went wrong."],
  },
  "pipe-closed": { hints: ["Connect again."] },
  "pipe-failed": { hints: [REPLUG, "Over the network: check that the server still runs."] },

  // probes
  "probe-protocol": {
    sentence: "The probe answered otherwise than its protocol says.",
    hints: [REPLUG, "Update the probe's firmware. Clones of J-Links often leave commands out.", BUG],
  },
  "probe-unsupported": { hints: ["Use another wire or another probe; flashproof info says what this one can do."] },
  "probe-memory": { sentence: "The probe has too little memory for this transfer.", hints: [REPLUG, BUG] },
  "probe-speed": { hints: ["Choose another --speed; 4M suits most boards, 400k long wires."] },

  // transfers on the wire
  "dap-wait": {
    sentence: "The target kept asking for more time.",
    hints: [
      WIRE,
      "A bus that hangs (an unclocked peripheral, an external memory) does this as well: reset the target.",
    ],
  },
  "dap-fault": {
    sentence: "The target's debug port refused a transfer.",
    hints: ["A locked chip does this: flashproof info says whether it is locked.", UNDER_RESET],
  },
  "dap-no-ack": { sentence: "The target did not answer on the wire.", hints: [POWER, WIRE, UNDER_RESET] },
  "dap-parity": { sentence: "A word arrived damaged.", hints: [WIRE] },
  "dap-until-timeout": { sentence: "A register never got the value that was waited for.", hints: [POWER, WIRE] },

  // debug port and access ports
  "dp-no-target": { sentence: "Nobody answers on the debug wires.", hints: [POWER, WIRE, UNDER_RESET] },
  "dp-power-up": {
    sentence: "The debug port answers, but its power domain stays off.",
    hints: [POWER, UNDER_RESET, "Switch the board off and on: some low-power modes end only so."],
  },
  "dp-sticky-error": {
    sentence: "The debug port holds an error of an earlier access.",
    hints: ["Repeat the command.", WIRE],
  },
  "ap-not-found": {
    sentence: "The chip has no such access port.",
    hints: ["flashproof info lists the access ports; is --chip the chip on the board?"],
  },
  "memory-fault": {
    sentence: "The chip's bus refused an access.",
    hints: [
      "Is there memory at that address? The chip's manual has its memory map.",
      "A locked chip refuses everything: flashproof info says whether it is locked.",
      "Flash that was programmed twice without an erase can be unreadable until its sector is erased.",
    ],
  },
  "memory-alignment": { hints: ["Use an address and a length that are multiples of the access width."] },
  "unsteady-read": {
    sentence: "What was read twice to prove it did not come out the same, so neither reading is believed.",
    hints: [
      "Repeat the command: an answer that was damaged on its way to this machine does not come again.",
      "Memory that running firmware changes is never the same twice: stop the core (--connect halt), or read --once.",
      WIRE,
    ],
  },
  "rom-table-broken": {
    hints: [
      "The table that lists the debug components makes no sense: name the chip with --chip, and lower the speed.",
    ],
  },

  // the core
  "core-not-found": {
    sentence: "No Cortex-M core answers.",
    hints: [UNDER_RESET, "Is the chip locked? flashproof info tells."],
  },
  "core-not-halted": { hints: ["Halt the core first (reset --halt)."] },
  "core-halt-failed": {
    sentence: "The core does not stop.",
    hints: [UNDER_RESET, "A core that sleeps or resets over and over needs it."],
  },
  "core-reset-failed": {
    sentence: "The chip did not come out of reset as it should.",
    hints: [
      "Check that nothing else holds the reset line.",
      "A watchdog, or blank flash, resets over and over: --connect under-reset.",
    ],
  },
  "core-register": { hints: ["The core must be halted, and a core without FPU has no S registers."] },
  "core-breakpoint": {
    hints: ["The breakpoint unit has only a few comparators, for code below 0x20000000: remove one first."],
  },
  "core-call-failed": {
    sentence: "Code that was run on the chip did not return.",
    hints: ["A watchdog may have reset it, or its RAM may be in use: connect under reset and repeat."],
  },

  // images
  "image-empty": { hints: ["Check that the build put something into it, and that this is the right file."] },
  "image-outside-chip": {
    hints: [
      "Is --chip the chip on the board?",
      "For a raw file give its address: FILE@0x0. HEX and ELF files bring their own.",
    ],
  },
  "image-overlap": {
    hints: ["Two parts of the file, or two files, want different bytes at one address: link one of them elsewhere."],
  },
  "image-format": {
    hints: [
      "Give the file its usual ending (.bin, .hex, .srec, .elf, .uf2), or an address: FILE@0x0.",
      "An address is for raw bytes: leave it out for a format that brings its own, and name such a file after it.",
    ],
  },
  "image-incomplete": {
    sentence: "A part of the file may be missing.",
    hints: [REBUILD, "If this is all that there is of it: --allow-incomplete."],
  },
  "image-too-large": { hints: ["Is it the file of the firmware? No microcontroller has room for it."] },
  "image-address": { hints: ["Say where the file belongs: FILE@ADDRESS, FILE@0 for the start of the flash."] },
  "hex-checksum": { sentence: "Line {line} of the file is damaged.", hints: [REBUILD] },
  "hex-record": { sentence: "Line {line} of the file is no Intel HEX.", hints: [REBUILD] },
  "srec-checksum": { sentence: "Line {line} of the file is damaged.", hints: [REBUILD] },
  "srec-record": { sentence: "Line {line} of the file is no S-record.", hints: [REBUILD] },
  "elf-truncated": {
    sentence: "The file ends too early.",
    hints: [REBUILD, "Is the disk full, or the download cut short?"],
  },
  "elf-segment": { sentence: "The file's headers contradict themselves.", hints: [REBUILD] },
  "elf-wrong-machine": {
    hints: ["Was it built for the host machine? Use the file of the cross compiler, arm-none-eabi-gcc."],
  },
  "uf2-block": { sentence: "Block {block} of the file is damaged.", hints: [REBUILD] },
  "uf2-family": { hints: ["Check --chip, and that this is the file for the chip on the board."] },

  // chips
  "chip-unknown": { hints: ["flashproof chips TEXT searches the chips that are built in."] },

  // programming and verifying
  "flash-busy": {
    sentence: "The flash controller did not finish.",
    hints: [POWER, "Reset the chip (reset --halt) and repeat."],
  },
  "flash-command": {
    sentence: "The flash controller refused a command.",
    hints: ["Is --chip the chip on the board?", "Reset the chip (reset --halt) and repeat.", BUG],
  },
  "flash-protected": {
    sentence: "The region is write-protected by FPROT.",
    hints: ["Only a mass erase loosens FPROT, and everything is lost: flashproof erase --chip-all --allow-mass-erase."],
  },
  "flash-power-mode": {
    sentence: "The chip is in a low-power mode, in which its flash takes no commands.",
    hints: ["Reset it into run mode: --connect under-reset."],
  },
  "flash-unaligned": { hints: ["Erase whole sectors, and program whole phrases: see the sizes in flashproof chips."] },
  "flash-core-running": {
    hints: ["Halt the core first (reset --halt): its own flash accesses would collide with the commands."],
  },
  "flash-range": {
    sentence: "Nothing was touched: a range has to lie inside the chip's flash, whole, and hold at least one byte.",
    hints: ["Is --chip the chip on the board? flashproof chips lists them."],
  },
  "flash-keep": {
    sentence: "A range that was to be kept holds bytes that can't be read.",
    hints: ["Leave the range out of --keep, or read what can be read first: flashproof read A:B -o FILE."],
  },
  "flash-plan-stale": {
    sentence: "What would be done now is not what was planned.",
    hints: [
      "Make the plan again, and give flash the options that plan had. Firmware that runs may write its own flash: --connect under-reset.",
    ],
  },
  "consent-missing": {
    sentence: "This cannot be undone without loss, so it needs your word.",
    hints: [
      "If you mean it: --allow-irreversible {token}. It fits this image, this act and this chip only.",
      "To leave the chip open instead: --security keep-open.",
      "To secure it as the image says, if a mass erase can undo that: --security as-image.",
    ],
  },
  "security-refused": {
    sentence: "The image would lock the chip.",
    hints: [
      "To leave the chip open: --security keep-open. It changes FSEC, and says so.",
      "To secure it as the image says: --security as-image.",
      "flashproof explain FILE --chip CHIP shows the security bytes in words.",
    ],
  },
  "loader-failed": {
    sentence: "The chip's own check of an erase or a programming failed.",
    hints: [POWER, "Repeat it; if it fails at the same address, the flash is worn out."],
  },
  "verify-differs": {
    sentence: "The chip holds something else than the file.",
    hints: ["flashproof verify FILE lists every difference with its likely cause."],
  },

  // the connection
  "target-no-power": { sentence: "The target has no power.", hints: [POWER] },
  "target-locked": { sentence: "The chip is secured: its debug port lets nobody in.", hints: [MASS_ERASE] },
  "target-locked-for-ever": {
    sentence: "The chip is secured and its mass erase is disabled.",
    hints: ["Only firmware on the chip that offers the back door, or that erases itself, can open it. No tool can."],
  },
  "raw-write-consent": {
    sentence: "Nothing was written: no plan and no check stands behind a raw write, so it needs your word.",
    hints: [
      "If you mean it: --raw, on this command.",
      "To program or erase flash: flashproof flash, flashproof erase.",
    ],
  },
  "unlock-consent": {
    sentence: "Unlocking erases everything on the chip.",
    hints: ["If you mean it: --allow-mass-erase."],
  },
  "unlock-failed": {
    sentence: "The mass erase did not open the chip.",
    hints: [
      "Check that the probe's reset line is connected: a secured Kinetis needs it.",
      POWER,
      "Repeat it; a blank chip resets over and over, which can hide its state.",
    ],
  },
  "chip-required": { hints: ["Name the chip: --chip MK24FN1M0xxx12. flashproof chips lists them."] },
  "chip-mismatch": {
    sentence: "The chip on the board is not the one that was named.",
    hints: ["Check --chip, and whether the probe is plugged into the board that you mean."],
  },
  "session-closed": { hints: ["Connect again."] },
  "lease-busy": { hints: ["Wait until the other work on this target has ended."] },

  // ring buffers in the target's RAM
  "rtt-not-found": {
    hints: [
      "Check that the firmware on the chip uses RTT, and that it runs: flashproof run lets a halted core go.",
      "A search through all RAM takes about a second at 4 MHz: give it --for 3000, or no end.",
      "If you know where the block lies (symbol _SEGGER_RTT in many map files), say so: --addr ADDRESS.",
    ],
  },
  "rtt-block-broken": { hints: ["Check the address, and that the firmware's RTT was built for this layout."] },
  "rtt-no-channel": { hints: ["Choose a --channel that the firmware sets up; 0 is the terminal."] },
};
