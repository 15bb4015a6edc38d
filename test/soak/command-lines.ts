import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { main } from "../../src/cli/main.ts";
import { flagsOf } from "../../src/cli/options/declaration.ts";
import type { Verb } from "../../src/cli/verb.ts";
import { everyOption, VERBS } from "../../src/cli/verbs.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { outputSchema } from "../cli/schemas/envelope.ts";
import { Chance } from "../support/chance.ts";

const CHIP = "MK24FN1M0xxx12";
/** A verb that there is not. */
const UNKNOWN = "unknown";
/** A call that takes more processor time hangs, or nearly. */
const MOST_SECONDS = 20;

/** So many lines share a folder, and what the ones before have left there. */
const LINES_PER_WORKSPACE = 50;

const EXAMPLES_FOLDER = resolve("examples/k24-bootloader");
const EXAMPLES = ["small.hex", "bootloader.elf", "bootloader-open.raw.bin", "bootloader-open.srec"] as const;
const BROKEN: Readonly<Record<string, string>> = {
  "bad.hex": "x",
  "cut.hex": ":020000040000FA\n:10",
  "empty.bin": "",
  "two words.bin": "four",
  "log.txt": "J-Link>loadfile x.hex\nVerification failed @ address 0x0000040C\n",
};
const FILES = [
  ...EXAMPLES,
  ...Object.keys(BROKEN),
  ...["folder", "nowhere.hex", "nowhere/x.bin", "-", "", "@", "small.hex@0x1000", "empty.bin@0"],
  ...["bootloader-open.raw.bin@0", "bootloader-open.raw.bin@0xfffffffc", "bootloader-open.raw.bin@zz"],
];
const NUMBERS = [
  ...["0", "0x400", "-1", "0x100000000", "1e9", "4096", "zz", "", "NaN", "99999999999999999999", "50"],
  ...["0x1000:0x2000", "0:+16", "0:+0", "5:1", "0x20000000:+64", "0:0x100000", "0xFFFFFFFF:+4", "0:0x200000"],
];
const PROBES = [
  ...["", ",locked=1", ",probe=cmsis-dap-v1", ",state=board.k24", ",flash=zero,seed=abc", ",foo=1", ",execute"],
  ...[",fault=wait@dap=10x9999999", ",fault=unplug@usb=50", ",fault=vtref@ms=1:0", ",fault=zz", ",state=folder"],
]
  .map((keys) => `twin:${CHIP}${keys}`)
  .concat(["twin:NONE", "twin:", "1366:", "ip:127.0.0.1:1", "ip:", "jlink:123", "", ":"]);

/** Values by the word between the brackets of an option's flags; a value of any kind now and then. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  selector: PROBES,
  name: [CHIP, CHIP.toLowerCase(), "MK24", "", "direct", "ram"],
  speed: ["4M", "4000", "0", "zz", "-1", "1e99"],
  how: ["halt", "under-reset", "attach", "zz"],
  policy: ["refuse", "keep-open", "as-image", "zz"],
  form: ["ndjson", "zz"],
  severity: ["brick", "lock", "none", "zz"],
  file: [...FILES, "out.bin"],
  ms: ["0", "20", "-5", "zz"],
  bits: ["8", "16", "32", "64", "zz"],
};
/** The same for the arguments of a verb. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  file: FILES,
  range: NUMBERS,
  address: ["0x20000000", "0x400", "0x40020000", "0xe000edf0", "0xffffffff", "zz"],
  value: ["0", "1", "0xff", "0x12345678", "-1", "zz"],
  text: ["MK24", "kinetis", "", "zz"],
};
const ANY = [...FILES, ...NUMBERS, ...PROBES];
/** What ends verbs that go on until they are called off, and the shortest job of one that measures for a minute. */
const ENDS: { readonly [verb: string]: readonly string[] } = {
  rtt: ["--for", "20"],
  swo: ["--for", "20"],
  profile: ["--for", "20"],
  bench: ["--job", "a", "--model", "jlink"],
};

/** Servers and terminals wait for clients; they have soaks and tests of their own. */
const WAITING = new Set(["twin", "jlink-shims", "gdbserver"]);

/**
 * Command lines of all verbs, sensible and not, on simulated boards. Each has to end with a documented exit code and, if
 * that is not 0, with words that are no stack of calls; what `--json` prints has to fit its schema, and the exit code.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const chance = new Chance(seed);
  const exits = new Map<number, number>();
  let wrong = 0;
  for (let done = 0; done < count; done += LINES_PER_WORKSPACE) {
    await inWorkspace(async () => {
      for (let i = done; i < Math.min(count, done + LINES_PER_WORKSPACE); i++) {
        const argv = anyLine(chance);
        const { exit, faults } = await call(argv);
        exits.set(exit, (exits.get(exit) ?? 0) + 1);
        if (faults.length > 0) process.stderr.write(`${JSON.stringify(argv)}: ${faults.join("; ")}\n`);
        wrong += faults.length;
      }
    });
  }
  const summary = [...exits].sort(([a], [b]) => a - b).map(([exit, times]) => `exit ${exit} ${times}`);
  out(`${count} command lines, ${summary.join(" ")}, wrong ${wrong}`);
  return wrong === 0 ? 0 : 1;
}

/** Works in a folder with good files and bad ones, where whatever is written may be written. */
async function inWorkspace(work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-lines-"));
  for (const name of EXAMPLES) copyFileSync(join(EXAMPLES_FOLDER, name), join(folder, name));
  for (const [name, text] of Object.entries(BROKEN)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "folder"));
  const before = process.cwd();
  process.chdir(folder);
  await work();
  process.chdir(before);
  rmSync(folder, { recursive: true });
}

function anyLine(chance: Chance): readonly string[] {
  const verb = chance.pick(VERBS.filter(({ name }) => !WAITING.has(name)));
  const sensible = chance.below(4) > 0;
  const args = sensible ? argumentsFor(verb, chance) : Array.from({ length: chance.below(4) }, () => chance.pick(ANY));
  const options = Array.from({ length: chance.below(3) }, () => anyOption(chance, chance.pick(flagsOfAll(verb))));
  const takesBoard = "probe" in verb.options;
  const board = sensible && takesBoard ? ["--chip", CHIP, "--probe", chance.pick(PROBES.slice(0, 4))] : [];
  const end = ENDS[verb.name] ?? [];
  const unknown = chance.below(40) === 0 ? ["--unknown"] : [];
  return [chance.below(60) === 0 ? UNKNOWN : verb.name, ...args, ...board, ...options.flat(), ...unknown, ...end];
}

/** What a verb's own usage line asks for: `<files...>`, `<address> <values...>`. */
const argumentsFor = ({ args = "" }: Verb, chance: Chance): readonly string[] =>
  args.split(" ").flatMap((word) => {
    const kind = /files?|range|address|values?|text/.exec(word)?.[0].replace(/s$/, "") ?? "";
    const count = word.endsWith("...>") ? 1 + chance.below(2) : word.startsWith("[") ? chance.below(2) : 1;
    return Array.from({ length: word === "" ? 0 : count }, () => chance.pick(ARGUMENTS[kind] ?? NUMBERS));
  });

const flagsOfAll = (verb: Verb): readonly string[] =>
  Object.entries(everyOption(verb)).map(([name, declaration]) => flagsOf(name, declaration));

function anyOption(chance: Chance, flags: string): readonly string[] {
  const name = /--[\w-]+/.exec(flags)?.[0] ?? flags;
  const value = /[<[](\w+)[>\]]/.exec(flags)?.[1];
  if (value === undefined) return [name];
  return [name, chance.pick(chance.below(8) === 0 ? ANY : (VALUES[value] ?? NUMBERS))];
}

async function call(argv: readonly string[]): Promise<{ exit: number; faults: readonly string[] }> {
  let [out, err] = ["", ""];
  const from = process.cpuUsage();
  const exit = await main(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: {},
    folder: process.cwd(),
  }).catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const { user, system } = process.cpuUsage(from);
  const faults = [...faultsOf(argv, exit, out, err), ...leftBehind()];
  if ((user + system) / 1e6 > MOST_SECONDS) faults.push(`${Math.round((user + system) / 1e6)} s of CPU`);
  return { exit: typeof exit === "number" ? exit : -1, faults };
}

const EXITS: ReadonlySet<number> = new Set(Object.values(EXIT));
/** What a value looks like that was not meant to be printed. */
const SPILLED = /\n\s+at |\b(Type|Range|Reference)Error\b|\bundefined\b|\[object /;

function faultsOf(argv: readonly string[], exit: number | string, out: string, err: string): string[] {
  if (typeof exit === "string") return [`threw ${exit}`];
  const faults: string[] = [];
  if (!EXITS.has(exit)) faults.push(`exit ${exit}`);
  if (exit !== EXIT.ok && out + err === "") faults.push(`exit ${exit} without a word`);
  if (SPILLED.test(out + err)) faults.push(`printed ${SPILLED.exec(out + err)?.[0].trim()}`);
  if (argv.includes("--json") && out !== "" && argv[0] !== UNKNOWN) faults.push(...jsonFaults(argv[0], exit, out));
  return faults;
}

function jsonFaults(verb: string, exit: number, out: string): string[] {
  try {
    const printed = JSON.parse(out) as { ok: boolean };
    const { error } = outputSchema(verb).safeParse(printed);
    if (error) return [`--json does not fit its schema: ${error.message}`];
    return printed.ok === (exit === EXIT.ok) ? [] : [`--json says ok ${printed.ok}, exit ${exit}`];
  } catch (error) {
    return [`--json is none: ${String(error)}`];
  }
}

/** Files are written beside and renamed: nothing half-written, and no lock, outlives a call. */
const leftBehind = (): string[] =>
  readdirSync(".")
    .filter((name) => /\.(tmp|lock|part)$|~$/.test(name))
    .map((name) => `left ${name} behind`);
