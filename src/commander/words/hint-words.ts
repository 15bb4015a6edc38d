/** Flashproof's own flags and verbs, and how one says the same to J-Link Commander. */
const SAME: readonly (readonly [RegExp, string])[] = [
  [/If you mean it: --raw, on this command/, "w1, w2, w4 and w8 write it"],
  [/If this is all that there is of it: --allow-incomplete/, "The Commander takes it as it is, and says so"],
  [/: --jlink=PORT, --pyocd=PORT, --usbip=PORT, --uart tcp:PORT, -RTTTelnetPort PORT/, ": -RTTTelnetPort PORT"],
  [/flashproof unlock --allow-mass-erase/, "unlock Kinetis"],
  [/If you mean it: --allow-mass-erase/, "If you mean it: unlock Kinetis"],
  [/flashproof erase --chip-all --allow-mass-erase/, "unlock Kinetis"],
  [/--allow-irreversible /, "exec AllowIrreversible = "],
  [/--security keep-open\. It/, "the device name without (allow security). That"],
  [/--security keep-open/, "the device name without (allow security)"],
  [/--security as-image/, "-Device with (allow security) behind the name"],
  [/--speed 400k/, "speed 400"],
  [
    /another --speed; 4M suits most boards, 400k long wires/,
    "another speed: speed 4000 suits most boards, speed 400 long wires",
  ],
  [/\(--connect halt\)/, "(h)"],
  [/, or read --once/, ""],
  [/\(--connect under-reset\)/, "(Flashproof's own verbs do it: flashproof info --connect under-reset)"],
  [/: --connect under-reset/, ": flashproof info --connect under-reset does it"],
  [/Halt the core first \(reset --halt\)/, "Halt the core first (h)"],
  [/\(reset --halt\)/, "(r)"],
  [/with --probe; the end of a serial number is enough/, "with -USB SERIALNUMBER, or usb SERIALNUMBER"],
  [/--probe twin:/, "FLASHPROOF_PROBE=twin:"],
  [/Write --probe VID/, "Write FLASHPROOF_PROBE=VID"],
  [/flashproof list (shows.*seen, )/, "ShowEmuList $1flashproof list "],
  [/the chip with --chip/, "the chip with -Device"],
  [/--chip ([A-Z0-9]+x+\d+)/, "-Device $1"],
  [/(Is|is|Check) --chip/, "$1 -Device"],
  [/flashproof chips( TEXT)? (lists|searches) (them|the chips that are built in)/, "ExpDevList FILE lists them"],
  [/flashproof help lists the verbs, flashproof VERB --help their options/, "? lists the commands"],
  [/: give it --for 3000, or no end/, ""],
  [/: --addr ADDRESS/, ": exec SetRTTAddr ADDRESS"],
  [/a --channel that/, "a channel that"],
  [/flashproof run lets a halted core go/, "g lets a halted core go"],
  [/out of --keep/, "out of what is kept"],
  [/-vv/, "-v"],
];

/** A hint for somebody who runs a script: by commands and J-Link's own options where there are such. */
export const inCommanderWords = (hint: string): string =>
  SAME.reduce((text, [native, ours]) => text.replace(native, ours), hint);
