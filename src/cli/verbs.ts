import type { OptionSpec, Verb } from "./verb.ts";

const PROBE: OptionSpec = {
  flags: "--probe <selector>",
  help: "VID:PID[:SERIAL], a serial, jlink:SN, dap:SN, ip:HOST[:PORT], twin:CHIP[,key=value...]",
};
const CHIP: OptionSpec = { flags: "--chip <name>", help: "the chip, as its vendor spells it" };
const SPEED: OptionSpec = { flags: "--speed <speed>", help: "wire speed: 4M, or kHz (4000)" };
const CONNECT: OptionSpec = { flags: "--connect <how>", help: "halt (default), under-reset, attach" };
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
const BASE: OptionSpec = { flags: "--base <address>", help: "address of a raw file, offset of the others" };

/** Every verb of the program, in the order of its help; `commander` parses its own words and is not among them. */
export const VERBS: readonly Verb[] = [
  {
    name: "list",
    aliases: ["probes"],
    help: "probes that can be seen",
    options: [{ ...PROBE, repeatable: true }],
    load: async () => (await import("./verbs/list.ts")).list,
  },
  {
    name: "chips",
    args: "[text]",
    help: "chips that are known",
    options: [],
    load: async () => (await import("./verbs/chips.ts")).chips,
  },
  {
    name: "info",
    help: "probe, voltage, debug port, core, chip, lock state, security bytes in words",
    options: TARGET,
    load: async () => (await import("./verbs/info.ts")).info,
  },
  {
    name: "explain",
    args: "<file>",
    help: "an image's layout, vectors and security bytes, decoded and linted for --chip",
    options: [
      CHIP,
      BASE,
      { flags: "--fail-on <severity>", help: "brick (default), lock, none: findings that make exit 1" },
    ],
    load: async () => (await import("./verbs/explain.ts")).explain,
  },
  {
    name: "plan",
    args: "<files...>",
    help: "what a flash would do: sectors, security bytes before and after, consents needed",
    options: [...TARGET, BASE, SECURITY, IRREVERSIBLE],
    load: async () => (await import("./verbs/plan.ts")).plan,
  },
  {
    name: "flash",
    aliases: ["program", "load"],
    args: "<files...>",
    help: "plan, do it, verify, reset",
    options: [
      ...TARGET,
      BASE,
      SECURITY,
      IRREVERSIBLE,
      MASS_ERASE,
      { flags: "--dry-run", help: "on a twin of the chip; nothing else is touched" },
      { flags: "--halt", help: "leave the core halted at its reset vector" },
    ],
    load: async () => (await import("./verbs/flash.ts")).flash,
  },
  {
    name: "verify",
    args: "<files...>",
    help: "compare; every differing range, decoded, with its cause",
    options: [...TARGET, BASE, SECURITY],
    load: async () => (await import("./verbs/verify.ts")).verify,
  },
  {
    name: "erase",
    help: "--chip-all, --sectors A:B, or --range A:B",
    options: [
      ...TARGET,
      MASS_ERASE,
      { flags: "--chip-all", help: "the whole flash" },
      { flags: "--sectors <range>", help: "whole sectors, addresses on their borders" },
      { flags: "--range <range>", help: "any range; the rest of its sectors is kept" },
    ],
    load: async () => (await import("./verbs/erase.ts")).erase,
  },
  {
    name: "read",
    args: "<range>",
    help: "memory A:B or A:+LEN, to a file or the terminal",
    options: [...TARGET, { flags: "-o, --output <file>", help: "a raw file" }],
    load: async () => (await import("./verbs/read.ts")).read,
  },
  {
    name: "write",
    args: "<address> <values...>",
    help: "32-bit words, or --width 8 or 16",
    options: [...TARGET, { flags: "--width <bits>", help: "8, 16 or 32 (default)" }],
    load: async () => (await import("./verbs/write.ts")).write,
  },
  {
    name: "reset",
    help: "reset the chip and let it run, or --halt it before its first instruction",
    options: [...TARGET, { flags: "--halt", help: "stop before the first instruction" }],
    load: async () => (await import("./verbs/reset.ts")).reset,
  },
  {
    name: "unlock",
    help: "mass-erase a locked chip; says first what will be lost",
    options: [...TARGET, MASS_ERASE],
    load: async () => (await import("./verbs/unlock.ts")).unlock,
  },
];
