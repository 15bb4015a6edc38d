import { nearest } from "../../base/nearest.ts";

/** Words of other tools, and other words for the same; each names what does it here. */
const OTHER_WORDS: readonly (readonly [words: string, here: string])[] = [
  [
    "dump dump_image save savebin save_image read-flash readflash upload md mdw mdb mem mem32 peek rd backup backup-flash",
    "flashproof read A:B -o FILE",
  ],
  ["halt stop pause h reset-halt", "flashproof reset --halt; flashproof commander has h"],
  [
    "regs reg registers rreg step si bp break breakpoint",
    "flashproof commander: h, regs, rreg, s, SetBP at its prompt",
  ],
  [
    "monitor serial attach rtt-client rttview rtt-viewer rttlogger semihosting logs log",
    "flashproof rtt; flashproof run --uart stdout on a simulated board",
  ],
  [
    "download burn upload-firmware write-flash write_flash write_image loadfile loadbin loadhex prog programme deploy install-firmware west make",
    "flashproof flash FILE[@ADDRESS] --chip CHIP",
  ],
  [
    "recover unsecure unprotect unlock-device disable-readback mass_erase mass-erase masserase nvm-erase reset-protection",
    "flashproof unlock --allow-mass-erase --chip CHIP",
  ],
  [
    "erase-all eraseall erase_all erase_flash erase-flash erase-chip chip-erase erasechip fullchip",
    "flashproof erase --chip-all --chip CHIP",
  ],
  [
    "erase_region erase-region erase-sector erase_sector erase-page erasepages",
    "flashproof erase --sectors A:B --chip CHIP",
  ],
  [
    "check compare cmp verify_image verify-image verify_flash verify-flash verify-file verifybin checksum crc validate",
    "flashproof verify FILE[@ADDRESS] --chip CHIP",
  ],
  [
    "image_info image-info imageinfo analyze analyse inspect size objdump readelf nm elf2image diagnose why",
    "flashproof explain FILE --chip CHIP",
  ],
  [
    "gdb gdb-server server openocd debug dap-server",
    "flashproof gdbserver [ELF] --chip CHIP; for a server of another tool, flashproof twin CHIP --jlink or --pyocd",
  ],
  ["devices device-list list-probes probe-list ports emulist showemulist lsusb boards id adapters", "flashproof list"],
  ["targets target supported-devices parts mcus devlist expdevlist chip-list families", "flashproof chips [TEXT]"],
  ["chip_id chip-id chipid device-info read-mac read_mac flash_id flash-id fuses status state show", "flashproof info"],
  ["poke mww mwb mwh w4 w1 write_mem write-mem writemem set", "flashproof write ADDRESS VALUE..."],
  ["go resume continue start boot restart-app", "flashproof run"],
  ["reboot restart nrst pinreset pin-reset sysreset hard-reset", "flashproof reset"],
  ["preview dry-run dryrun simulate what-if diff", "flashproof plan FILE --chip CHIP; flashproof flash FILE --dry-run"],
  ["emulate emulator sim simulator virtual qemu mock", "flashproof twin CHIP --jlink"],
  [
    "jlink jlinkexe j-link jlinkcommander script commandfile run-script cmd shell repl interactive console",
    "flashproof commander [SCRIPT]",
  ],
  ["lint", "flashproof commander --lint SCRIPT; flashproof explain FILE --chip CHIP"],
  ["udev rules drivers driver setup permissions", "flashproof doctor --udev"],
  ["shims wrapper", "flashproof jlink-shims install FOLDER"],
  ["pack packs cmsis-pack pack-install", "flashproof chips lists the chips that are built in"],
  ["about ver", "flashproof --version"],
  ["man usage commands", "flashproof help"],
];

const BY_WORD = new Map(
  OTHER_WORDS.flatMap(([words, here]) => words.split(" ").map((word): [string, string] => [word, here])),
);

/** What was probably meant by a word that is no verb, as a hint; undefined where nothing is near. */
export function verbHint(word: string, verbs: readonly string[]): string | undefined {
  const plain = word.toLowerCase().replace(/^-+/, "");
  const here = BY_WORD.get(plain) ?? BY_WORD.get(plain.replaceAll("_", "-"));
  if (here !== undefined) return `"${word}" is here: ${here}.`;
  const near = nearest(plain, verbs);
  return near === undefined ? undefined : `Did you mean flashproof ${near}?`;
}
