import { type AdviceWords, spelling } from "../doctor/advice-acts.ts";

/** What to do, in Flashproof's verbs and flags. */
export const CLI_WORDS: AdviceWords = {
  "report-bug": "This is a bug in Flashproof: please report it with the output of -vv.",
  "verify-with-keep":
    "If flash kept these bytes from the chip (--keep), verify with the same --keep, which covers {range}.",
  "repeat-or-verify": "Run the same command again, or flashproof verify: either compares the chip with the file.",
  "run-core": "flashproof reset lets the chip run.",

  "lower-speed": "Lower the speed (--speed 400k) and shorten the wires; check SWDIO, SWCLK and above all ground.",
  "see-help": "flashproof help lists the verbs, flashproof VERB --help their options.",
  "choose-port":
    "Name another port with the option that asked for {port}: --jlink=PORT, --pyocd=PORT, --usbip=PORT, --uart tcp:PORT, -RTTTelnetPort PORT; 0 takes any free one.",
  "make-plan-again": "Make the plan again: flashproof plan FILE --chip CHIP --probe PROBE --out PLAN.",
  "read-old-state":
    "Read the board's flash with the version that wrote the file (flashproof read 0:0x100000 -o FILE), and flash a new board with that.",
  "list-probes": "flashproof list shows the probes that can be seen, those without permission too.",
  "install-udev-rule": "On Linux a probe that only root sees needs the udev rule of flashproof doctor --udev.",
  "try-twin": "Without hardware, try a simulated board: --probe twin:MK24FN1M0xxx12.",
  "name-probe": "Name one with --probe; the end of a serial number is enough.",
  "write-selector": "Write --probe VID:PID[:SERIAL], jlink:SERIAL, dap:SERIAL, ip:HOST[:PORT] or twin:CHIP.",
  "report-again": "If it happens again with the same file and probe, please report it with the output of -vv.",
  "install-udev-rule-and-replug":
    "On Linux install the udev rule: flashproof doctor --udev. Then unplug the probe and plug it in again.",
  "close-other-program": "Close the IDE, the GDB server or the other flashproof that uses it.",
  "see-probe-abilities": "Use another wire or another probe; flashproof info says what this one can do.",
  "choose-speed": "Choose another --speed; 4M suits most boards, 400k long wires.",
  "see-lock-of-port": "A locked chip does this: flashproof info says whether it is locked.",
  "connect-under-reset":
    "Connect under reset (--connect under-reset): firmware may sleep, or use the debug pins for something else.",
  "list-access-ports": "flashproof info lists the access ports; is --chip the chip on the board?",
  "see-lock-of-bus": "A locked chip refuses everything: flashproof info says whether it is locked.",
  "hold-memory-still":
    "Memory that running firmware changes is never the same twice: stop the core (--connect halt), or read --once.",
  "name-chip-and-lower-speed":
    "The table that lists the debug components makes no sense: name the chip with --chip, and lower the speed.",
  "see-lock": "Is the chip locked? flashproof info tells.",
  "halt-core": "Halt the core first (reset --halt).",
  "hold-in-reset": "A watchdog, or blank flash, resets over and over: --connect under-reset.",
  "give-raw-address": "For a raw file give its address: FILE@0x0. HEX and ELF files bring their own.",
  "place-file": "Say where the file belongs: FILE@ADDRESS, FILE@0 for the start of the flash.",
  "name-format": "Give the file its usual ending (.bin, .hex, .srec, .elf, .uf2), or an address: FILE@0x0.",
  "check-chip-name": "Is --chip the chip on the board?",
  "accept-incomplete": "If this is all that there is of it: --allow-incomplete.",
  "check-chip-and-file": "Check --chip, and that this is the file for the chip on the board.",
  "install-pack": "flashproof pack install {pack} downloads the pack, with which --chip finds it.",
  "see-packs": "flashproof pack show FILE lists what is in a pack.",
  "name-pack": "Give --pack NAME to take the device from one of them.",
  "get-pack": "A chip that is not among them has a pack: flashproof pack find NAME, flashproof pack install NAME.",
  "name-device": "Name one of these devices with --chip.",
  "list-packs": "flashproof pack list lists the packs that were added.",
  "other-index":
    "Give --index URL to take the index of another vendor; flashproof pack add FILE adds a pack that you have.",
  "accept-license": "Give --accept-license to agree to it.",
  "add-pack-file": "flashproof pack add FILE adds a pack that was downloaded otherwise; what came of it is resumed.",
  "search-chips":
    "flashproof chips lists the chips that are built in, flashproof chips TEXT searches them. --pack FILE takes one out of a CMSIS-Pack (docs/packs.md).",
  "reset-and-repeat": "Reset the chip (reset --halt) and repeat.",
  "mass-erase-protection":
    "Only a mass erase loosens the protection, and everything is lost: flashproof erase --chip-all --allow-mass-erase.",
  "reset-into-run-mode": "Reset it into run mode: --connect under-reset.",
  "use-whole-sectors": "Erase whole sectors, and program whole phrases: see the sizes in flashproof chips.",
  "show-flash": "Stop the core (--connect halt): Flashproof makes the flash visible then.",
  "halt-before-flash": "Halt the core first (reset --halt): its own flash accesses would collide with the commands.",
  "list-chips": "Is --chip the chip on the board? flashproof chips lists them.",
  "free-kept-range": "Leave the range out of --keep, or read what can be read first: flashproof read A:B -o FILE.",
  "plan-again-under-reset":
    "Make the plan again, and give flash the options that plan had. Firmware that runs may write its own flash: --connect under-reset.",
  "give-token": "If you mean it: --allow-irreversible {token}. It fits this image, this act and this chip only.",
  "keep-chip-open": "To leave the chip open instead: --security keep-open.",
  "secure-as-image": "To secure it as the image says, if a mass erase can undo that: --security as-image.",
  "keep-chip-open-by-change":
    "To leave the chip open: --security keep-open. It changes the security byte, and says so.",
  "secure-as-image-anyway": "To secure it as the image says: --security as-image.",
  "explain-security": "flashproof explain FILE --chip CHIP shows the security bytes in words.",
  "list-differences": "flashproof verify FILE lists every difference with its likely cause.",
  "mass-erase": "To open the chip and lose everything on it: flashproof unlock --allow-mass-erase.",
  "allow-raw-write": "If you mean it: --raw, on this command.",
  "use-flash-verbs": "To program or erase flash: flashproof flash, flashproof erase.",
  "allow-mass-erase": "If you mean it: --allow-mass-erase.",
  "name-chip": "Name the chip: --chip NAME. flashproof chips lists the names.",
  "check-board": "Check --chip, and whether the probe is plugged into the board that you mean.",
  "run-firmware":
    "Check that the firmware on the chip uses RTT, and that it runs: flashproof run lets a halted core go.",
  "search-longer": "A search through all RAM takes about a second at 4 MHz: give it --for 3000, or no end.",
  "give-block-address":
    "If you know where the block lies (symbol _SEGGER_RTT in many map files), say so: --addr ADDRESS.",
  "run-longer": "Give it more time: --for MS.",
  "debug-firmware": "To see where and why, debug it: flashproof gdbserver firmware.elf --semihosting.",
  "choose-channel": "Choose a --channel that the firmware sets up; 0 is the terminal.",

  "see-declared-change": "Run plan with the same options: it lists the change.",
  "see-whether-locked": "flashproof info says whether the chip is locked.",
  "program-again": "Program the image again and verify: flashproof flash does both.",
  "secure-chip":
    'To have the chip secured as the image says ({value}): J-Link device "{chip} (allow security)", or Flashproof with --security as-image. From the next reset on only a mass erase opens it.',
  "secure-chip-for-ever":
    'To have the chip secured as the image says ({value}): J-Link device "{chip} (allow security)", or Flashproof with --security as-image. From the next reset on only a mass erase opens it, and with this byte not even that.',
  "open-chip":
    "To have it open: put {how} into the image, {field} {value}, or program and verify with --security keep-open, which expects that byte.",
  "open-then-program":
    "To open it and lose everything on it: flashproof unlock --allow-mass-erase. Then program it again.",
  "mass-erase-write-protection":
    "Only a mass erase takes the protection away: flashproof unlock --allow-mass-erase, which loses everything.",
  "check-chip-and-address": "Was it another chip, or the wrong address? Check --chip and FILE@ADDRESS.",
  "check-raw-address": "Check the address of a raw file (FILE@ADDRESS), and that no header stands before the code.",
  "improve-wires": "If it changes: shorter wires, lower --speed.",
  "erase-sectors-first":
    "Erase the sectors before programming: flashproof flash does. On this flash no phrase may be programmed twice.",
  "lower-speed-and-verify": "Lower the speed (--speed 400k) and verify again.",

  "open-or-secure":
    "Set {field} to {value} in the image, or program it with --security keep-open. If a locked chip is what you want: --security as-image.",
  "open-or-secure-for-ever":
    "Set {field} to {value} in the image, or program it with --security keep-open. If a locked chip is what you want: --security as-image with the token that plan prints.",
  "avoid-locking-neighbour": "Use {value} ({steady}), or program the image with --security keep-open.",
};

/** Advice as the command line gives it. */
export const inCliWords = spelling(CLI_WORDS);
