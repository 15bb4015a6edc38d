import type { Json } from "../base/errors.ts";
import { FINDING_ACTS } from "../protection/finding-acts.ts";
import { CAUSE_ACTS } from "./cause-acts.ts";

/** One thing to do: its arguments by name, and the sentence that fits every host, where there is one. */
export interface ActEntry {
  /** Without verbs, flags or commands, which are one host's; `{name}` stands for an argument. */
  readonly sentence?: string;
  readonly arguments?: readonly string[];
}

/** What errors advise. An act without a sentence is spelled by each host in its own verbs, flags or commands. */
const ERROR_ACTS = {
  "report-bug": {},
  "verify-with-keep": { arguments: ["range"] },

  // after a job that was called off
  "repeat-job": {
    sentence: "Run the same command again: it looks at the chip, leaves what is done and does the rest.",
  },
  "name-bank": {
    arguments: ["bank"],
    sentence: "Take these bytes out of the file, or name the bank {bank} in the job.",
  },
  "repeat-whole-job": { sentence: "Run the same command again." },
  "repeat-mass-erase": { sentence: "Run the same command again: it erases everything and opens the chip." },
  "repeat-or-verify": {},
  "run-core": {},

  "check-power": { sentence: "Check that the board has power and that the probe's VTref pin is connected to it." },
  "lower-speed": {},
  "check-path": { sentence: "Check the path; it counts from the current folder." },
  "check-file-access": { sentence: "Check that it is a file and that you may read it." },
  "check-folder-access": {
    sentence: "Check that its folder exists, that you may write there, and that the disk has room.",
  },
  "name-link-target": { arguments: ["to"], sentence: "Name the file itself ({to}), or remove the link." },
  "name-file-in-folder": { sentence: "Name a file in it." },
  "copy-from-device": { sentence: "Copy what you need of it into a file (dd with count=), and name that." },
  "check-file-size": { sentence: "Check that it is the file you mean: no chip's image is nearly so large." },
  "check-disk-and-pipe": {
    sentence: "Check the disk, or the program behind the pipe, and repeat the command where its result is needed.",
  },
  "let-core-run-for-swo": {
    sentence:
      "Let the core run, or give its trace clock, so that the speed can be found; a core without an ITM (Cortex-M0, M0+) has RTT instead.",
  },
  "build-page": {
    sentence: "In a clone of the sources: npm run web:build. A package that lacks the page has to be installed again.",
  },
  "see-help": {},
  "choose-port": { arguments: ["port"] },
  "free-port": {
    arguments: ["port"],
    sentence:
      "To use port {port} itself, end the program that has it: ss -ltnp (Linux) or netstat -ano (Windows) shows which one.",
  },
  "correct-settings": { sentence: "Correct the file; docs/cli.md says what a settings file may set." },
  "make-plan-again": {},
  "end-other-twin": { sentence: "End the other process, or give this one a state file of its own." },
  "choose-state-file": { sentence: "Choose another file for state=; this one has been left as it is." },
  "copy-state-file": {
    sentence: "Use a copy of the state, or another file for a new board; this one has been left as it is.",
  },
  "read-old-state": {},
  "begin-new-state": {
    sentence: "Choose another file for state= to begin with a new board; this one has been left as it is.",
  },
  "see-twin-keys": { sentence: "The keys of twin:CHIP,key=value are listed in docs/twin.md." },
  "list-probes": {},
  "install-udev-rule": {},
  "try-twin": {},
  "name-probe": {},
  "write-selector": {},
  replug: { sentence: "Unplug the probe, plug it in again, and repeat the command." },
  "report-again": {},
  "check-cable": { sentence: "Check the cable; a probe that vanishes when the target starts may lack power." },
  "install-udev-rule-and-replug": {},
  "close-other-program": {},
  "change-cable": { sentence: "Try another cable and a port without a hub in between." },
  "install-winusb": {
    sentence: "On Windows the probe may need the WinUSB driver; J-Links need the setting in the J-Link Configurator.",
  },
  "reconnect-after-first-error": { sentence: "Connect again; the first error says what went wrong." },
  reconnect: { sentence: "Connect again." },
  "check-server": { sentence: "Over the network: check that the server still runs." },
  "update-firmware": { sentence: "Update the probe's firmware. Clones of J-Links often leave commands out." },
  "see-probe-abilities": {},
  "choose-speed": {},
  "reset-hanging-bus": {
    sentence: "A bus that hangs (an unclocked peripheral, an external memory) does this as well: reset the target.",
  },
  "see-lock-of-port": {},
  "connect-under-reset": {},
  "power-cycle": { sentence: "Switch the board off and on: some low-power modes end only so." },
  "repeat-command": { sentence: "Repeat the command." },
  "list-access-ports": {},
  "check-address": { sentence: "Is there memory at that address? The chip's manual has its memory map." },
  "see-lock-of-bus": {},
  "erase-broken-flash": {
    sentence: "Flash that was programmed twice without an erase can be unreadable until its sector is erased.",
  },
  "align-access": { sentence: "Use an address and a length that are multiples of the access width." },
  "repeat-damaged-read": {
    sentence: "Repeat the command: an answer that was damaged on its way to this machine does not come again.",
  },
  "hold-memory-still": {},
  "name-chip-and-lower-speed": {},
  "see-lock": {},
  "halt-core": {},
  "connect-under-reset-anyway": { sentence: "A core that sleeps or resets over and over needs it." },
  "check-reset-line": { sentence: "Check that nothing else holds the reset line." },
  "hold-in-reset": {},
  "read-registers-halted": { sentence: "The core must be halted, and a core without FPU has no S registers." },
  "remove-breakpoint": {
    sentence: "The breakpoint unit has only a few comparators, for code below 0x20000000: remove one first.",
  },
  "repeat-call-under-reset": {
    sentence: "A watchdog may have reset it, or its RAM may be in use: connect under reset and repeat.",
  },
  "check-build-output": { sentence: "Check that the build put something into it, and that this is the right file." },
  "check-chip-name": {},
  "give-raw-address": {},
  "separate-images": {
    sentence: "Two parts of the file, or two files, want different bytes at one address: link one of them elsewhere.",
  },
  "name-format": {},
  "drop-address": {
    sentence:
      "An address is for raw bytes: leave it out for a format that brings its own, and name such a file after it.",
  },
  "rebuild-file": { sentence: "Build the file again, or copy it again in binary mode." },
  "accept-incomplete": {},
  "check-firmware-file": { sentence: "Is it the file of the firmware? No microcontroller has room for it." },
  "place-file": {},
  "check-download": { sentence: "Is the disk full, or the download cut short?" },
  "use-cross-compiler": {
    sentence: "Was it built for the host machine? Use the file of the cross compiler, arm-none-eabi-gcc.",
  },
  "check-chip-and-file": {},
  "search-chips": {},
  "install-pack": { arguments: ["pack"] },
  "see-packs": {},
  "name-pack": {},
  "get-pack": {},
  "name-device": {},
  "list-packs": {},
  "other-index": {},
  "accept-license": {},
  "check-network": { sentence: "Check the network, and HTTPS_PROXY where there is a proxy." },
  "add-pack-file": {},
  "get-pack-again": { sentence: "Get the file again from its vendor: it is damaged, or no pack." },
  "report-algorithm": {
    sentence: "Where other tools read this algorithm, report it to Flashproof with the pack's name and version.",
  },
  "check-algorithm": {
    sentence: "Check that the pack's device is the chip on the board: its flash algorithm is for no other.",
  },
  "flash-again": { sentence: "Flash again: what stands as wanted is left alone." },
  "report-sequence": {
    sentence: "Where other tools run this sequence, report it to Flashproof with the pack's name and version.",
  },
  "see-sequences": { sentence: "Read in docs/packs.md what is run of a debug sequence." },
  "other-algorithm": {
    sentence: "Take a pack with another algorithm for this flash: docs/packs.md lists what can be run.",
  },
  "reset-and-repeat": {},
  "mass-erase-protection": {},
  "reset-into-run-mode": {},
  "use-whole-sectors": {},
  "halt-before-flash": {},
  "show-flash": {},
  "list-chips": {},
  "free-kept-range": {},
  "plan-again-under-reset": {},
  "give-token": { arguments: ["token"] },
  "keep-chip-open": {},
  "secure-as-image": {},
  "keep-chip-open-by-change": {},
  "secure-as-image-anyway": {},
  "explain-security": {},
  "repeat-or-replace": { sentence: "Repeat it; if it fails at the same address, the flash is worn out." },
  "list-differences": {},
  "mass-erase": {},
  "use-back-door": {
    sentence: "Only firmware on the chip that offers the back door, or that erases itself, can open it. No tool can.",
  },
  "allow-raw-write": {},
  "use-flash-verbs": {},
  "allow-mass-erase": {},
  "check-reset-line-of-locked": {
    sentence: "Check that the probe's reset line is connected: opening a secured chip needs it.",
  },
  "repeat-blank-chip": { sentence: "Repeat it; a blank chip resets over and over, which can hide its state." },
  "name-chip": {},
  "check-board": {},
  "wait-for-lease": { sentence: "Wait until the other work on this target has ended." },
  "run-firmware": {},
  "search-longer": {},
  "give-block-address": {},
  "check-block": { sentence: "Check the address, and that the firmware's RTT was built for this layout." },
  "choose-channel": {},
  "read-firmware-output": { sentence: "What it printed before its end says why." },
  "run-longer": {},
  "check-firmware-exit": {
    sentence: "Check that the firmware ends by SYS_EXIT: newlib's rdimon library does at the end of main.",
  },
  "debug-firmware": {},
} as const satisfies { readonly [act: string]: ActEntry };

/** Every act by its name; the names are part of the `--json` contract. */
export const ACTS = { ...ERROR_ACTS, ...CAUSE_ACTS, ...FINDING_ACTS } as const;

/** The name of one thing to do. */
export type AdviceAct = keyof typeof ACTS;

/** Names and values of an act's arguments. */
export type ArgumentsOf<Act extends AdviceAct> = (typeof ACTS)[Act] extends {
  readonly arguments: readonly (infer Name extends string)[];
}
  ? { readonly [N in Name]: Json }
  : { readonly [name: string]: never };

/** What to do, as data: a host makes a sentence of it in its own words. */
export interface Advice<Act extends AdviceAct = AdviceAct> {
  readonly act: Act;
  readonly arguments: { readonly [name: string]: Json };
}

/** Whether a text is the name of an act. */
export const isAct = (name: unknown): name is AdviceAct => typeof name === "string" && Object.hasOwn(ACTS, name);

/** Those of some acts that no sentence fits on every host. */
export type HostAct<Act extends AdviceAct = AdviceAct> = {
  [A in Act]: (typeof ACTS)[A] extends { readonly sentence: string } ? never : A;
}[Act];

/** One host's sentences for the acts that it has to spell; an act that is missing does not compile. */
export type AdviceWords<Act extends AdviceAct = AdviceAct> = { readonly [A in HostAct<Act>]: string };

/** Makes a sentence of advice in a host's words. */
export type Spell<Act extends AdviceAct = AdviceAct> = (advice: Advice<Act>) => string;

/** A host's spelling, from its table. */
export function spelling<Act extends AdviceAct>(words: AdviceWords<Act>): Spell<Act> {
  const own: { readonly [act: string]: string } = words;
  return ({ act, arguments: given }) => {
    const { sentence }: ActEntry = ACTS[act];
    return filled(sentence ?? own[act], given);
  };
}

/** A text with `{name}` replaced by the value of that name. */
export const filled = (text: string, values: { readonly [name: string]: Json }): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in values ? textOf(values[name]) : whole));

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
