import type { OptionSpec, Verb } from "./verb.ts";
import { UART_OPTIONS } from "./options/uart-options.ts";

const PROBE: OptionSpec = {
  flags: "--probe <selector>",
  help: "VID:PID[:SERIAL], a serial, jlink:SN, dap:SN, ip:HOST[:PORT], twin:CHIP[,key=value...]",
};
const CHIP: OptionSpec = { flags: "--chip <name>", help: "the chip, as its vendor spells it" };
const SPEED: OptionSpec = { flags: "--speed <speed>", help: "wire speed: 4M, or kHz (4000)" };
const CONNECT: OptionSpec = {
  flags: "--connect <how>",
  help: "halt, under-reset, attach; verbs that only look attach, the others halt",
};
const TARGET = [PROBE, CHIP, SPEED, CONNECT] as const;
const SECURITY: OptionSpec = {
  flags: "--security <policy>",
  help: "refuse (default), keep-open, as-image",
  consent: true,
};
const IRREVERSIBLE: OptionSpec = {
  flags: "--allow-irreversible <token>",
  help: "the token that `plan` printed",
  consent: true,
  repeatable: true,
};
const MASS_ERASE: OptionSpec = {
  flags: "--allow-mass-erase",
  help: "a locked chip may be mass-erased: everything on it is lost",
  consent: true,
};
const KEEP: OptionSpec = {
  flags: "--keep <range>",
  help: "A:B or A:+LEN: read before, written back after; may be given again",
  repeatable: true,
};
const SAVE: OptionSpec = { flags: "--save <file>", help: "store what will be erased, as Intel HEX, before it is" };
const BASE: OptionSpec = { flags: "--base <address>", help: "address of a raw file, offset of the others" };

/** Every verb of the program, in the order of its help; `commander` parses its own words and is not among them. */
export const VERBS: readonly Verb[] = [
  {
    name: "list",
    aliases: ["probes"],
    help: "probes that can be seen",
    options: [{ ...PROBE, repeatable: true }],
    examples: ["flashproof list"],
    load: async () => (await import("./verbs/list.ts")).list,
  },
  {
    name: "doctor",
    help: "what is the matter with each probe, and what helps",
    options: [
      { ...PROBE, repeatable: true },
      { flags: "--udev", help: "print the udev rule that lets you open probes on Linux" },
    ],
    examples: ["flashproof doctor", "flashproof doctor --udev"],
    load: async () => (await import("./verbs/doctor.ts")).doctor,
  },
  {
    name: "chips",
    args: "[text]",
    help: "chips that are known",
    options: [],
    examples: ["flashproof chips k24"],
    load: async () => (await import("./verbs/chips.ts")).chips,
  },
  {
    name: "info",
    help: "probe, voltage, debug port, core, chip, lock state, security bytes in words",
    options: TARGET,
    examples: ["flashproof info --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/info.ts")).info,
  },
  {
    name: "explain",
    args: "<file>",
    help: "an image's layout, vectors and security bytes, linted for --chip; or another tool's log, diagnosed",
    options: [
      CHIP,
      BASE,
      { flags: "--image <file>", help: "FILE[@ADDR] that a log is about: what the log says of it is checked" },
      { flags: "--fail-on <severity>", help: "brick (default), lock, none: findings that make exit 1" },
    ],
    examples: [
      "flashproof explain firmware.hex --chip MK24FN1M0xxx12",
      "flashproof explain firmware.hex --chip MK24FN1M0xxx12 --fail-on lock   # in a build",
    ],
    load: async () => (await import("./verbs/explain.ts")).explain,
  },
  {
    name: "plan",
    args: "<files...>",
    help: "what a flash would do: sectors, security bytes before and after, consents needed",
    options: [
      ...TARGET,
      BASE,
      SECURITY,
      IRREVERSIBLE,
      KEEP,
      { flags: "--out <file>", help: "keep the plan; flash --plan does it, and nothing else" },
    ],
    examples: ["flashproof plan firmware.bin@0 --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/plan.ts")).plan,
  },
  {
    name: "flash",
    aliases: ["program", "load"],
    args: "[files...]",
    help: "plan, do it, verify, reset",
    options: [
      ...TARGET,
      BASE,
      SECURITY,
      IRREVERSIBLE,
      MASS_ERASE,
      KEEP,
      SAVE,
      { flags: "--plan <file>", help: "do exactly what plan --out wrote down, or nothing" },
      { flags: "--dry-run", help: "on a twin of the chip; nothing else is touched" },
      { flags: "--halt", help: "leave the core halted at its reset vector" },
      { flags: "--loader <name>", help: "ram (default): our code in the chip's RAM; direct: needs no running core" },
      ...UART_OPTIONS,
    ],
    examples: [
      "flashproof flash firmware.hex --chip MK24FN1M0xxx12",
      "flashproof flash boot.bin@0 app.bin@0x5000 --chip MK24FN1M0xxx12 --security keep-open",
    ],
    load: async () => (await import("./verbs/flash.ts")).flash,
  },
  {
    name: "verify",
    args: "<files...>",
    help: "compare; every differing range, decoded, with its cause",
    options: [...TARGET, BASE, SECURITY],
    examples: ["flashproof verify firmware.hex --chip MK24FN1M0xxx12 --security keep-open"],
    load: async () => (await import("./verbs/verify.ts")).verify,
  },
  {
    name: "erase",
    help: "--chip-all, --sectors A:B, or --range A:B",
    options: [
      ...TARGET,
      MASS_ERASE,
      KEEP,
      SAVE,
      { flags: "--chip-all", help: "the whole flash" },
      { flags: "--sectors <range>", help: "whole sectors, addresses on their borders" },
      { flags: "--range <range>", help: "any range; the rest of its sectors is kept" },
    ],
    examples: ["flashproof erase --sectors 0x5000:0x8000 --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/erase.ts")).erase,
  },
  {
    name: "read",
    args: "<range>",
    help: "memory A:B or A:+LEN, to a file or the terminal",
    options: [
      ...TARGET,
      { flags: "-o, --output <file>", help: "a raw file" },
      { flags: "--once", help: "don't read flash (and a halted core's RAM) a second time to prove the first" },
    ],
    examples: ["flashproof read 0:0x100000 -o flash.bin", "flashproof read 0x400:+16"],
    load: async () => (await import("./verbs/read.ts")).read,
  },
  {
    name: "write",
    args: "<address> <values...>",
    help: "32-bit words, or --width 8 or 16",
    options: [...TARGET, { flags: "--width <bits>", help: "8, 16 or 32 (default)" }],
    examples: ["flashproof write 0x20000000 0x12345678", "flashproof write 0x20000000 1 2 3 --width 8"],
    load: async () => (await import("./verbs/write.ts")).write,
  },
  {
    name: "reset",
    help: "reset the chip and let it run, or --halt it before its first instruction",
    options: [...TARGET, { flags: "--halt", help: "stop before the first instruction" }],
    examples: ["flashproof reset --halt"],
    load: async () => (await import("./verbs/reset.ts")).reset,
  },
  {
    name: "run",
    help: "let a halted core go",
    options: [...TARGET, ...UART_OPTIONS],
    examples: ["flashproof run", "flashproof run --probe twin:MK24FN1M0xxx12,state=board.bin --uart stdout --for 100"],
    load: async () => (await import("./verbs/run.ts")).run,
  },
  {
    name: "rtt",
    help: "what the firmware says by RTT, until Ctrl-C; what is typed goes down",
    options: [
      ...TARGET,
      { flags: "--channel <n>", help: "0 (default) is the terminal" },
      { flags: "--addr <address>", help: "where the control block is; without it the chip's RAM is searched" },
      { flags: "--range <range>", help: "A:B or A:+LEN to search instead; may be given again", repeatable: true },
      { flags: "--input", help: "send what comes by stdin, also where nobody types it" },
      { flags: "--for <ms>", help: "end after so long, on a simulated board in its own time" },
      { flags: "--until <text>", help: "end as soon as the firmware has said this" },
    ],
    examples: ["flashproof rtt --chip MK24FN1M0xxx12", "flashproof rtt --channel 1 --for 1000 > log.txt"],
    load: async () => (await import("./verbs/rtt.ts")).rtt,
  },
  {
    name: "unlock",
    help: "mass-erase a locked chip, which loses everything on it",
    options: [...TARGET, MASS_ERASE, KEEP, SAVE],
    examples: ["flashproof unlock --allow-mass-erase --chip MK24FN1M0xxx12"],
    load: async () => (await import("./verbs/unlock.ts")).unlock,
  },
  {
    name: "twin",
    args: "<boards...>",
    help: "serve simulated boards, CHIP[,key=value...] each, until Ctrl-C",
    options: [
      { flags: "--jlink [port]", help: "a J-Link over TCP (19020); the next board has the next port" },
      { flags: "--pyocd [port]", help: "a remote probe for pyOCD over TCP (5555): pyocd ... -u remote:127.0.0.1" },
      { flags: "--usbip [port]", help: "USB devices by USB/IP (3240), one port for all: usbip attach makes them real" },
      { flags: "--beacon <ms>", help: "advertise the J-Links on this machine so often; boards then differ by address" },
      { flags: "--pace <how>", help: "wall (default): time passes by itself; lockstep: only while the board is used" },
      { flags: "--uart <where>", help: "what the chip sends: stdout, tcp:PORT, or a file" },
      { flags: "--state <file>", help: "the board's state, kept when it ends" },
      { flags: "--fault <spec>", help: "what goes wrong, and when (docs/twin.md)" },
      { flags: "--for <ms>", help: "end by itself after so long" },
      { flags: "--until-eof", help: "end by itself when stdin ends" },
    ],
    examples: ["flashproof twin MK24FN1M0xxx12 --jlink --state board.k24"],
    load: async () => (await import("./verbs/twin.ts")).twin,
  },
  {
    name: "jlink-shims",
    args: "<action> <folder>",
    help: "install: a folder for PATH in which JLinkExe is ours",
    options: [{ flags: "--windows", help: "also JLink.cmd and JLinkExe.cmd, as on Windows" }],
    examples: ["flashproof jlink-shims install shims && PATH=$PWD/shims:$PATH west flash"],
    load: async () => (await import("./verbs/jlink-shims.ts")).jlinkShims,
  },
];
