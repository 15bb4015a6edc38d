import type { Chip } from "../../chips/chip.ts";
import { type Advice, type AdviceWords, filled, type Spell, spelling } from "../../doctor/advice-acts.ts";
import { familyWords } from "./family-words.ts";

/** What to do, in J-Link's commands and options; in Flashproof's own verbs where J-Link has none. */
export const COMMANDER_WORDS: AdviceWords = {
  "report-bug": "This is a bug in Flashproof: please report it with the output of -v.",
  "verify-with-keep": "If these bytes were kept from the chip, they differ from the file's: {range}.",
  "repeat-or-verify": "Run the same command again, or verifybin: either compares the chip with the file.",
  "run-core": "r and g let the chip run.",

  "lower-speed": "Lower the speed (speed 400) and shorten the wires; check SWDIO, SWCLK and above all ground.",
  "see-help": "? lists the commands.",
  "choose-port": "Name another port with the option that asked for {port}: -RTTTelnetPort PORT; 0 takes any free one.",
  "make-plan-again": "Make the plan again: flashproof plan FILE --chip CHIP --probe PROBE --out PLAN.",
  "read-old-state":
    "Read the board's flash with the version that wrote the file (flashproof read 0:0x100000 -o FILE), and flash a new board with that.",
  "list-probes": "ShowEmuList shows the probes that can be seen, flashproof list those without permission too.",
  "install-udev-rule": "On Linux a probe that only root sees needs the udev rule of flashproof doctor --udev.",
  "try-twin": "Without hardware, try a simulated board: FLASHPROOF_PROBE=twin:MK24FN1M0xxx12.",
  "name-probe": "Name one with -USB SERIALNUMBER, or usb SERIALNUMBER.",
  "write-selector": "Write FLASHPROOF_PROBE=VID:PID[:SERIAL], jlink:SERIAL, dap:SERIAL, ip:HOST[:PORT] or twin:CHIP.",
  "report-again": "If it happens again with the same file and probe, please report it with the output of -v.",
  "install-udev-rule-and-replug":
    "On Linux install the udev rule: flashproof doctor --udev. Then unplug the probe and plug it in again.",
  "close-other-program": "Close the IDE, the GDB server or the other flashproof that uses it.",
  "see-probe-abilities": "Use another wire or another probe; flashproof info says what this one can do.",
  "choose-speed": "Choose another speed: speed 4000 suits most boards, speed 400 long wires.",
  "see-lock-of-port": "A locked chip does this: flashproof info says whether it is locked.",
  "connect-under-reset":
    "Connect under reset (Flashproof's own verbs do it: flashproof info --connect under-reset): firmware may sleep, or use the debug pins for something else.",
  "list-access-ports": "flashproof info lists the access ports; is -Device the chip on the board?",
  "see-lock-of-bus": "A locked chip refuses everything: flashproof info says whether it is locked.",
  "hold-memory-still": "Memory that running firmware changes is never the same twice: stop the core (h).",
  "name-chip-and-lower-speed":
    "The table that lists the debug components makes no sense: name the chip with -Device, and lower the speed.",
  "see-lock": "Is the chip locked? flashproof info tells.",
  "halt-core": "Halt the core first (h).",
  "hold-in-reset": "A watchdog, or blank flash, resets over and over: flashproof info --connect under-reset does it.",
  "give-raw-address": "Check the address (numbers are hex): loadbin FILE, ADDRESS. HEX and ELF files bring their own.",
  "place-file": "Say where the file belongs: loadbin FILE, ADDRESS; 0 for the start of the flash.",
  "name-format":
    "Give the file its usual ending (.bin, .hex, .srec, .elf, .uf2), or an address: loadbin FILE, ADDRESS.",
  "check-chip-name": "Is -Device the chip on the board?",
  "accept-incomplete": "The Commander takes it as it is, and says so.",
  "check-chip-and-file": "Check -Device, and that this is the file for the chip on the board.",
  "install-pack": "flashproof pack install {pack}, outside of the Commander, downloads the pack.",
  "see-packs": "flashproof pack show FILE, outside of the Commander, lists what is in a pack.",
  "name-pack":
    "Outside of the Commander, flashproof pack remove NAME leaves one of them, flashproof flash FILE --pack NAME takes one.",
  "get-pack":
    "A chip that is not among them has a pack: flashproof pack find NAME, outside of the Commander, names it.",
  "name-device": "Name one of these devices: -Device NAME.",
  "list-packs": "flashproof pack list, outside of the Commander, lists the packs that were added.",
  "other-index":
    "flashproof pack install NAME --index URL, outside of the Commander, takes the index of another vendor.",
  "accept-license": "flashproof pack install NAME --accept-license agrees to it.",
  "add-pack-file": "flashproof pack add FILE, outside of the Commander, adds a pack that was downloaded otherwise.",
  "search-chips": "ExpDevList FILE lists the devices that are known.",
  "reset-and-repeat": "Reset the chip (r) and repeat.",
  "mass-erase-protection": "Only a mass erase loosens the protection, and everything is lost: {unlock}.",
  "reset-into-run-mode": "Reset it into run mode: flashproof info --connect under-reset does it.",
  "use-whole-sectors": "Erase whole sectors, and program whole phrases: see the sizes in flashproof chips.",
  "show-flash": "Reset and halt it (r): the flash is made visible then.",
  "halt-before-flash": "Halt the core first (h): its own flash accesses would collide with the commands.",
  "list-chips": "Is -Device the chip on the board? ExpDevList FILE lists them.",
  "free-kept-range":
    "Leave the range out of what is kept, or read what can be read first: flashproof read A:B -o FILE.",
  "plan-again-under-reset":
    "Make the plan again, and give flash the options that plan had. Firmware that runs may write its own flash: flashproof info --connect under-reset does it.",
  "give-token": "If you mean it: exec AllowIrreversible = {token}. It fits this image, this act and this chip only.",
  "keep-chip-open": "To leave the chip open instead: {plain}.",
  "secure-as-image": "To secure it as the image says, if a mass erase can undo that: {allowing}.",
  "keep-chip-open-by-change": "To leave the chip open: {plain}. That changes {lockField}, and says so.",
  "secure-as-image-anyway": "To secure it as the image says: {allowing}.",
  "explain-security": "flashproof explain FILE --chip CHIP shows the security bytes in words.",
  "list-differences": "flashproof verify FILE lists every difference with its likely cause.",
  "mass-erase": "To open the chip and lose everything on it: {unlock}.",
  "allow-raw-write": "w1, w2, w4 and w8 write it.",
  "use-flash-verbs": "To program or erase flash: flashproof flash, flashproof erase.",
  "allow-mass-erase": "If you mean it: {unlock}.",
  "name-chip": "Name the device: -Device NAME, or device NAME in the script. ExpDevList FILE lists the names.",
  "check-board": "Check -Device, and whether the probe is plugged into the board that you mean.",
  "run-firmware": "Check that the firmware on the chip uses RTT, and that it runs: g lets a halted core go.",
  "search-longer": "A search through all RAM takes about a second at 4 MHz.",
  "give-block-address":
    "If you know where the block lies (symbol _SEGGER_RTT in many map files), say so: exec SetRTTAddr ADDRESS.",
  "run-longer": "Give it more time: flashproof run --semihosting --for MS.",
  "debug-firmware": "To see where and why, debug it: flashproof gdbserver --semihosting firmware.elf.",
  "choose-channel": "Choose a channel that the firmware sets up; 0 is the terminal.",

  "see-declared-change": "Load the file again: the note on {lockField} tells of the change.",
  "see-whether-locked": "flashproof info says whether the chip is locked.",
  "program-again": "Program the image again (loadfile, loadbin), then verifybin.",
  "secure-chip":
    "To have the chip secured as the image says ({value}): {asImage}. From the next reset on only a mass erase opens it.",
  "secure-chip-for-ever":
    "To have the chip secured as the image says ({value}): {asImage}. From the next reset on only a mass erase opens it, and with this byte not even that.",
  "open-chip":
    "To have it open: put {how} into the image, {field} {value}; verifybin of that image then finds no difference.",
  "open-then-program": "To open it and lose everything on it: {unlock}. Then program it again.",
  "mass-erase-write-protection": "Only a mass erase takes the protection away: {unlock}, which loses everything.",
  "check-chip-and-address": "Was it another chip, or the wrong address? Check -Device and the address of loadbin.",
  "check-raw-address":
    "Check the address of a raw file (loadbin FILE, ADDRESS), and that no header stands before the code.",
  "improve-wires": "If it changes: shorter wires, a lower speed.",
  "erase-sectors-first":
    "Erase the sectors before programming: loadfile does. What is programmed twice without an erase may become unreadable.",
  "lower-speed-and-verify": "Lower the speed (speed 400) and verify again.",

  "open-or-secure":
    "Set {field} to {value} in the image, or give {plain}. If a locked chip is what you want: {allowing}.",
  "open-or-secure-for-ever":
    "Set {field} to {value} in the image, or give {plain}. If a locked chip is what you want: {allowing}, and exec AllowIrreversible with the token that the refused download prints.",
  "avoid-locking-neighbour": "Use {value} ({steady}), or give {plain}.",
};

const spelled: Spell = spelling(COMMANDER_WORDS);

/** Advice where a script runs, in the words of the chip's family; of every family where no chip is known. */
export const inCommanderWords = (advice: Advice, chip?: Chip): string => filled(spelled(advice), familyWords(chip));
