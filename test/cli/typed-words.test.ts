import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commander/language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../../src/commander/language/command-list/impossible.ts";
import { findCommand } from "../../src/commander/language/command.ts";
import { unknownWordHints } from "../../src/commander/language/other-words.ts";
import { CHIP, Workspace } from "./workspace.ts";

const workspace = new Workspace();
beforeAll(() => void workspace.write("a.bin", Uint8Array.of(0, 0x10, 0, 0x20, 1, 4, 0, 0)));
afterAll(() => workspace.clear());

/** What people type who come from another tool, or whose fingers slip, and what has to stand in the answer. */
const TYPED: readonly (readonly [line: string, words: string])[] = [
  // J-Link Commander and its companions
  ["jlinkexe", "flashproof commander"],
  ["jlink -device X", "flashproof commander"],
  ["loadfile a.bin 0", "flashproof flash FILE"],
  ["loadbin a.bin 0", "flashproof flash FILE"],
  ["savebin a.bin 0 100", "flashproof read A:B"],
  ["verifybin a.bin 0", "flashproof verify"],
  ["mem32 0 4", "flashproof read A:B"],
  ["w4 20000000 0", "flashproof write"],
  ["regs", "h, regs"],
  ["h", "flashproof reset --halt"],
  ["rreg R0", "h, regs"],
  ["showemulist", "flashproof list"],
  ["expdevlist x", "flashproof chips"],
  ["help commander", "J-Link Commander"],
  ["commander --help", "--lint"],
  ["commander -h", "--dry-run"],
  ["commander help", "-CommandFile"],
  ["flash a.bin -device X", "--chip NAME"],
  // pyOCD
  ["pack get k24", "flashproof pack show"],
  ["gdbserver", "No probe was found"],
  ["gdb", "flashproof gdbserver [ELF]"],
  ["cmd", "flashproof commander"],
  ["erase --chip-all --target k24", "--chip NAME"],
  ["erase --mass-erase", "--chip-all"],
  ["erase --chip", "--chip"],
  ["flash a.bin -u 1234", "--probe SERIAL"],
  ["load a.bin --uid 1234", "--probe SERIAL"],
  ["flash a.bin --frequency 1m", "--speed 4M"],
  ["flash a.bin -f 1m", "--speed 4M"],
  ["flash a.bin --base-address 0x0", "FILE@ADDRESS"],
  ["reset --halt-after", "--halt"],
  ["list --targets", "flashproof list --help"],
  ["json", "flashproof help lists the verbs"],
  ["rttview", "flashproof rtt"],
  ["server", "flashproof gdbserver [ELF]"],
  // probe-rs
  ["download a.elf", "flashproof flash FILE"],
  ["attach", "flashproof rtt"],
  ["dump", "flashproof read A:B"],
  ["trace", "flashproof help lists the verbs"],
  ["benchmark", "flashproof help lists the verbs"],
  ["dap-server", "flashproof gdbserver [ELF]"],
  ["run a.elf --chip X", "The file a.elf does not exist"],
  ["flash a.bin --binary-format bin", "a file's content says its format"],
  ["flash a.bin --protocol swd", "SWD is the only wire"],
  ["flash a.bin --connect-under-reset", "--connect under-reset"],
  ["flash a.bin --allow-erase-all", "--allow-mass-erase"],
  ["flash a.bin --disable-progressbars", "flashproof flash --help"],
  ["chip list", "flashproof chips"],
  ["chips info X", "usage: flashproof chips"],
  ["itm", "flashproof help lists the verbs"],
  ["complete", "flashproof help lists the verbs"],
  ["verify a.bin --chip-name X", "--chip NAME"],
  // OpenOCD
  ["halt", "flashproof reset --halt"],
  ["mdw 0x0 4", "flashproof read A:B"],
  ["mww 0x20000000 0", "flashproof write"],
  ["dump_image a.bin 0 0x100", "flashproof read A:B"],
  ["flash write_image erase a.bin", "The file write_image does not exist"],
  ["flash a.bin 0x08000000", "a.bin@0x08000000"],
  ["program a.bin 0x0 verify reset exit", "a.bin@0x0"],
  ["mass_erase 0", "flashproof unlock"],
  ["verify_image a.bin", "flashproof verify"],
  ["resume", "flashproof run"],
  ["targets", "flashproof chips"],
  ["adapter speed 4000", "flashproof help lists the verbs"],
  ["flash a.bin --interface swd", "SWD is the only wire"],
  ["bp 0x100 2 hw", "SetBP"],
  ["step", "SetBP"],
  ["reset halt", "usage: flashproof reset"],
  ["reset init", "usage: flashproof reset"],
  ["openocd", "flashproof gdbserver [ELF]"],
  ["monitor reset", "flashproof rtt"],
  // st-flash, STM32CubeProgrammer
  ["write a.bin 0x8000000", "write"],
  ["read a.bin 0x8000000 0x100", "0x8000000:+0x100"],
  ["read 0x0 0x100", "0x0:+0x100"],
  ["read 0x0", "0x0:+16"],
  ["erase 0x0 0x1000", "--range 0x0:0x1000"],
  ["erase --all", "--chip-all"],
  ["erase all", "--chip-all"],
  ["erase 0x0:0x1000", "--range 0x0:0x1000"],
  ["erase 0x0-0xFFF", "--range 0x0:0xFFF"],
  ["erase", "--chip-all"],
  ["erase --area=main", "flashproof erase --help"],
  ["flash a.bin --reset", "flash resets the chip at its end"],
  ["flash a.bin --serial 1234", "--probe SERIAL"],
  ["flash a.bin --freq=4M", "--speed 4M"],
  ["flash a.bin --format ihex", "a file's content says its format"],
  ["flash a.bin --hot-plug", "flashproof flash --help"],
  ["list --serial 12", "--probe SERIAL"],
  ["info --serial 12", "--probe SERIAL"],
  ["reset --freq 100", "--speed 4M"],
  ["unlock --force", "--allow-mass-erase"],
  ["unlock --yes", "--allow-mass-erase"],
  // nrfutil, nrfjprog
  ["recover", "flashproof unlock"],
  ["eraseall", "flashproof erase --chip-all"],
  ["device-info", "flashproof info"],
  ["device list", "flashproof help lists the verbs"],
  ["ids", "flashproof help lists the verbs"],
  ["flash a.bin --snr 12", "--probe SERIAL"],
  ["flash a.bin --family NRF52", "--chip NAME"],
  ["flash a.bin --chiperase", "flashproof flash --help"],
  ["flash a.bin --sectorerase", "flash erases the sectors"],
  ["flash a.bin --verify", "flash verifies always"],
  ["flash a.bin --clockspeed 4000", "flashproof flash --help"],
  ["flash --program a.bin", "flashproof flash --help"],
  ["readback a.hex", "flashproof help lists the verbs"],
  ["pinreset", "flashproof reset"],
  ["memrd 0x0", "flashproof help lists the verbs"],
  ["version", "flashproof 0."],
  ["--version", "flashproof 0."],
  // esptool
  ["erase_flash", "flashproof erase --chip-all"],
  ["erase_region 0 0x1000", "flashproof erase --sectors"],
  ["write_flash 0x0 a.bin", "flashproof flash FILE"],
  ["write-flash 0x0 a.bin", "flashproof flash FILE"],
  ["read_flash 0 0x100 a.bin", "flashproof read A:B"],
  ["verify_flash 0 a.bin", "flashproof verify"],
  ["chip_id", "flashproof info"],
  ["flash_id", "flashproof info"],
  ["read_mac", "flashproof info"],
  ["image_info a.bin", "flashproof explain"],
  ["elf2image a.elf", "flashproof explain"],
  ["flash a.bin --baud 115200", "--speed 4M"],
  ["flash a.bin --port COM3", "SWD is the only wire"],
  ["flash 0x0 a.bin", "a.bin@0x0"],
  ["flash a.bin --no-verify", "flash verifies always"],
  // slips of the hand, and of the memory
  ["falsh a.bin", "Did you mean flashproof flash?"],
  ["flahs a.bin", "Did you mean flashproof flash?"],
  ["flas a.bin", "Did you mean flashproof flash?"],
  ["verfy a.bin", "Did you mean flashproof verify?"],
  ["explian a.bin", "Did you mean flashproof explain?"],
  ["infoo", "Did you mean flashproof info?"],
  ["lsit", "Did you mean flashproof list?"],
  ["rest", "Did you mean flashproof reset?"],
  ["twinn", "Did you mean flashproof twin?"],
  ["comander", "Did you mean flashproof commander?"],
  ["commandr x.jlink", "Did you mean flashproof commander?"],
  ["unlok", "Did you mean flashproof unlock?"],
  ["docter", "Did you mean flashproof doctor?"],
  ["vresion", "Did you mean flashproof version?"],
  ["hepl", "Did you mean flashproof help?"],
  ["flash a.bin --chpi X", "Did you mean --chip?"],
  ["flash a.bin --prob x", "Did you mean --probe?"],
  ["flash a.bin --secuirty keep-open", "Did you mean --security?"],
  ["flash a.bin --dryrun", "--dry-run"],
  ["flash a.bin --qiet", "Did you mean --quiet?"],
  ["read 0:16 --ouput x", "Did you mean --output?"],
  ["erase --sector 0:1000", "--sectors A:B"],
  ["flash", "For example: flashproof flash firmware.hex"],
  ["plan", "For example: flashproof plan"],
  ["explain", "For example: flashproof explain"],
  ["write 0x20000000", "For example: flashproof write"],
  ["help nonsense", "flashproof help lists the verbs"],
  ["lint x.jlink", "flashproof commander --lint"],
  ["udev", "flashproof doctor --udev"],
  ["diff a.bin", "flashproof plan"],
  ["gui", "flashproof help lists the verbs"],
  ["chips foo", 'No chip\'s name, order code or family holds "foo"'],
  ["chips MK24FN1M0xxx13", "near it: MK24FN1M0xxx12"],
  ["info --chip K24", "near it: MK24FN1M0xxx12"],
  ["info --chip MK24FN1M0", "near it: MK24FN1M0xxx12"],
  [`info --probe twin:${CHIP},lockd=1`, "docs/twin.md"],
];

describe("a command line in words of other tools", () => {
  it("is one of 160 at least", () => expect(new Set(TYPED.map(([line]) => line)).size).toBeGreaterThanOrEqual(160));

  it.each(TYPED)("%s: the answer has %j", async (line, words) => {
    const { out, err, exit } = await workspace.fp(...line.split(" "));
    expect(out + err).toContain(words);
    if (exit === 2) expect(err).toMatch(/^error: .*\n(because: .*\n)*(usage: .*\n)?(hint: .*\n)+$/);
  });
});

describe("a word typed at the Commander's prompt", () => {
  it.each([
    "flash verify read write run continue quit bye help md mdw mww dump reg erasechip mass_erase list chips version bp",
  ])("is a command, or leads to one: %s", (words) => {
    for (const word of words.split(" ")) {
      const isCommand = findCommand([...COMMANDS, ...IMPOSSIBLE_COMMANDS], word) !== undefined;
      expect([word, isCommand || unknownWordHints(word).length > 0]).toEqual([word, true]);
    }
  });
});
