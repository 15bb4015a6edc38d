import type { OptionSet } from "./options/declaration.ts";
import { EVERYWHERE, OPTIONS } from "./options/sets.ts";
import { keysOf } from "./options/settings-files.ts";
import { type Verb, verb } from "./verb.ts";

/** Every verb of the program, in the order of its help; `commander` parses its own words and is not among them. */
export const VERBS: readonly Verb[] = [
  verb({
    name: "list",
    aliases: ["probes"],
    help: "probes that can be seen",
    options: OPTIONS.list,
    examples: ["flashproof list"],
    load: async () => (await import("./verbs/list.ts")).list,
  }),
  verb({
    name: "doctor",
    help: "what is the matter with each probe, and what helps",
    options: OPTIONS.doctor,
    examples: ["flashproof doctor", "flashproof doctor --udev"],
    load: async () => (await import("./verbs/doctor.ts")).doctor,
  }),
  verb({
    name: "chips",
    args: "[text]",
    help: "chips that are known",
    options: OPTIONS.chips,
    examples: ["flashproof chips k24"],
    load: async () => (await import("./verbs/chips.ts")).chips,
  }),
  verb({
    name: "pack",
    args: "<action> [names...]",
    help: "show FILE|NAME [DEVICE]: what a CMSIS-Pack, a target file of probe-rs or a flash algorithm has in it; check FILE|NAME [DEVICE]: its flash algorithms on a core with RAM alone, and on a twin of the device; add FILE|DIR|URL, list, find NAME, remove NAME, install NAME, update: the packs that --chip finds devices in",
    options: OPTIONS.pack,
    examples: [
      "flashproof pack show Vendor.Family_DFP.pack",
      "flashproof pack show Vendor.Family_DFP.pack DEVICE",
      "flashproof pack check Vendor.Family_DFP.pack DEVICE",
      "flashproof pack add Vendor.Family_DFP.pack",
      "flashproof pack find stm32f4",
      "flashproof pack install Vendor.Family_DFP   # downloads it from a vendor's index",
    ],
    load: async () => (await import("./packs/pack.ts")).pack,
  }),
  verb({
    name: "info",
    help: "probe, voltage, debug port, core, chip, lock state, security bytes in words",
    options: OPTIONS.info,
    examples: ["flashproof info --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/info.ts")).info,
  }),
  verb({
    name: "explain",
    args: "<file>",
    help: "an image's layout, vectors and security bytes, linted for --chip; or another tool's log (- is stdin), diagnosed",
    options: OPTIONS.explain,
    examples: [
      "flashproof explain firmware.hex --chip MK24FN1M0xxx12",
      "flashproof explain firmware.hex --chip MK24FN1M0xxx12 --fail-on lock   # in a build",
      "west flash 2>&1 | flashproof explain - --fail-on failure",
    ],
    load: async () => (await import("./verbs/explain.ts")).explain,
  }),
  verb({
    name: "plan",
    args: "<files...>",
    help: "what a flash would do: sectors, security bytes before and after, consents needed",
    options: OPTIONS.plan,
    examples: ["flashproof plan firmware.bin@0 --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/plan.ts")).plan,
  }),
  verb({
    name: "flash",
    aliases: ["program", "load"],
    args: "[files...]",
    help: "plan, do it, verify, reset",
    options: OPTIONS.flash,
    examples: [
      "flashproof flash firmware.hex --chip MK24FN1M0xxx12",
      "flashproof flash boot.bin@0 app.bin@0x5000 --chip MK24FN1M0xxx12 --security keep-open",
    ],
    load: async () => (await import("./verbs/flash.ts")).flash,
  }),
  verb({
    name: "verify",
    args: "<files...>",
    help: "compare; every differing range, decoded, with its cause",
    options: OPTIONS.verify,
    examples: ["flashproof verify firmware.hex --chip MK24FN1M0xxx12 --security keep-open"],
    load: async () => (await import("./verbs/verify.ts")).verify,
  }),
  verb({
    name: "erase",
    help: "--chip-all, --sectors A:B, --range A:B, or --bank NAME",
    options: OPTIONS.erase,
    examples: ["flashproof erase --sectors 0x5000:0x8000 --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/erase.ts")).erase,
  }),
  verb({
    name: "read",
    args: "[range]",
    help: "memory A:B or A:+LEN, or --bank NAME, to a file or the terminal",
    options: OPTIONS.read,
    examples: ["flashproof read 0:0x100000 -o flash.bin", "flashproof read 0x400:+16"],
    load: async () => (await import("./verbs/read.ts")).read,
  }),
  verb({
    name: "write",
    args: "<address> <values...>",
    help: "32-bit words, or --width 8 or 16",
    options: OPTIONS.write,
    examples: ["flashproof write 0x20000000 0x12345678", "flashproof write 0x20000000 1 2 3 --width 8"],
    load: async () => (await import("./verbs/write.ts")).write,
  }),
  verb({
    name: "reset",
    help: "reset the chip and let it run, or --halt it before its first instruction",
    options: OPTIONS.reset,
    examples: ["flashproof reset --halt"],
    load: async () => (await import("./verbs/reset.ts")).reset,
  }),
  verb({
    name: "run",
    help: "let a halted core go; --semihosting runs a test firmware to its own exit code",
    options: OPTIONS.run,
    examples: [
      "flashproof run",
      "flashproof run --probe twin:MK24FN1M0xxx12,state=board.bin --uart stdout --for 100",
      "flashproof run --semihosting --for 10000 --chip MK24FN1M0xxx12",
    ],
    load: async () => (await import("./verbs/run.ts")).run,
  }),
  verb({
    name: "rtt",
    help: "what the firmware says by RTT, until Ctrl-C; what is typed goes down",
    options: OPTIONS.rtt,
    examples: ["flashproof rtt --chip MK24FN1M0xxx12", "flashproof rtt --channel 1 --for 1000 > log.txt"],
    load: async () => (await import("./verbs/rtt.ts")).rtt,
  }),
  verb({
    name: "swo",
    help: "what the firmware sends by SWO (ITM), until Ctrl-C",
    options: OPTIONS.swo,
    examples: ["flashproof swo --chip MK24FN1M0xxx12", "flashproof swo --packets --exceptions --for 1000"],
    load: async () => (await import("./swo/swo.ts")).swo,
  }),
  verb({
    name: "profile",
    args: "[file]",
    help: "where the core spends its time, by PC samples over SWO; an ELF file gives the functions",
    options: OPTIONS.profile,
    examples: ["flashproof profile firmware.elf --html profile.html --chip MK24FN1M0xxx12"],
    load: async () => (await import("./swo/profile.ts")).profile,
  }),
  verb({
    name: "gdbserver",
    args: "[files...]",
    help: "serve the target to GDB and IDEs until Ctrl-C; load programs flash by a plan",
    options: OPTIONS.gdbserver,
    examples: [
      "flashproof gdbserver --chip MK24FN1M0xxx12",
      "flashproof gdbserver firmware.elf --port 0 --single-run --chip MK24FN1M0xxx12",
    ],
    load: async () => (await import("./verbs/gdbserver.ts")).gdbserver,
  }),
  verb({
    name: "ui",
    help: "the page with this machine's probes, on 127.0.0.1 until Ctrl-C",
    options: OPTIONS.ui,
    examples: ["flashproof ui", "flashproof ui --no-open --probe twin:MK24FN1M0xxx12"],
    load: async () => (await import("./serving/ui.ts")).ui,
  }),
  verb({
    name: "unlock",
    help: "mass-erase a locked chip, which loses everything on it",
    options: OPTIONS.unlock,
    examples: ["flashproof unlock --allow-mass-erase --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/unlock.ts")).unlock,
  }),
  verb({
    name: "twin",
    args: "<boards...>",
    help: "serve simulated boards, CHIP[,key=value...] each, until Ctrl-C",
    options: OPTIONS.twin,
    examples: ["flashproof twin MK24FN1M0xxx12 --jlink --state board.k24"],
    load: async () => (await import("./verbs/twin.ts")).twin,
  }),
  verb({
    name: "bench",
    help: "what flash jobs take on simulated boards, in virtual time, with their round trips and bytes",
    options: OPTIONS.bench,
    examples: ["flashproof bench", "flashproof bench --job b --model jlink --json"],
    load: async () => (await import("./verbs/bench.ts")).bench,
  }),
  verb({
    name: "vscode",
    args: "<elf>",
    help: "writes .vscode/launch.json and tasks.json, and replaces none",
    options: OPTIONS.vscode,
    examples: ["flashproof vscode build/app.elf --chip MK24FN1M0xxx12"],
    load: async () => (await import("./shims/vscode.ts")).vscode,
  }),
  verb({
    name: "jlink-shims",
    args: "<action> <folder>",
    help: "install: a folder for PATH in which JLinkExe is ours",
    options: OPTIONS.jlinkShims,
    examples: ["flashproof jlink-shims install shims && PATH=$PWD/shims:$PATH west flash"],
    load: async () => (await import("./verbs/jlink-shims.ts")).jlinkShims,
  }),
];

/** A verb's own options and those of all. */
export const everyOption = ({ options }: Verb): OptionSet => ({ ...options, ...EVERYWHERE });

/** What a key of a settings file may mean, over all verbs. */
export const SETTINGS_KEYS = keysOf(VERBS.map(everyOption));
