/** What J-Link Commander's command line says; what isn't given is undefined. */
export interface CommanderOptions {
  /** The command file: by `-CommanderScript`, or a bare name. */
  readonly script?: string;
  /** As given; J-Link prints it in upper case. */
  readonly device?: string;
  readonly exitOnError?: boolean;
  readonly autoConnect?: boolean;
  readonly noGui?: boolean;
  /** `SWD`, `JTAG`, ... in upper case. */
  readonly wire?: string;
  /** kHz, `auto` or `adaptive`. */
  readonly speed?: string;
  /** Serial number or nickname of a probe on USB. */
  readonly usb?: string;
  /** `HOST[:PORT]`. */
  readonly ip?: string;
  readonly jtagConf?: string;
  readonly log?: string;
  readonly settingsFile?: string;
  readonly projectFile?: string;
  readonly jlinkScriptFile?: string;
  /** Flashproof's own: run without the J-Link script file. */
  readonly ignoreScriptFile?: boolean;
  readonly devicesXml?: string;
  readonly rttTelnetPort?: string;
  readonly endian?: string;
  /** Flashproof's own: any failed command makes the exit code 1. */
  readonly strict?: boolean;
  /** Flashproof's own: no words on stderr. */
  readonly quiet?: boolean;
  /** Flashproof's own: look at the script instead of running it. */
  readonly lint?: boolean;
  /** Flashproof's own: which findings make a lint fail: `warn`, `lock`, `brick` or `none`. */
  readonly failOn?: string;
  /** Flashproof's own: the findings of a lint as one JSON object. */
  readonly json?: boolean;
  /** Flashproof's own: the version whose console is printed, `V7.86e` or another of `FORMS`. */
  readonly compat?: string;
  /** Flashproof's own: run on a simulated board. */
  readonly dryRun?: boolean;
  /** Flashproof's own: errors with the errors beneath them. */
  readonly verbose?: boolean;
  /** Flashproof's own: the trace of all layers on stderr. */
  readonly trace?: boolean;
  /** Flashproof's own: a file that the trace is appended to, as JSON lines. */
  readonly logFile?: string;
}

/** What is wrong with a command line: an unknown option, or one whose value is missing. */
export interface CommandLineFault {
  readonly kind: "unknown-option" | "missing-value";
  /** As given, without its dash. */
  readonly option: string;
}

/** One option of J-Link Commander. */
interface OptionSpec {
  readonly names: readonly string[];
  readonly key: keyof CommanderOptions;
  /** `flag`: 0 or 1, and 1 where the value is missing, as in `-ExitOnError -CommanderScript x` [L V7.82]. */
  readonly value: "text" | "upper-case" | "flag";
  /** One phrase for the documentation. */
  readonly help: string;
}

/** All options that scripts and tools in the wild give (UM08001 V6.22 3.2.3; kb.segger.com/J-Link_Commander), and Flashproof's own. */
export const OPTIONS: readonly OptionSpec[] = [
  {
    names: ["CommandFile", "CommanderScript"],
    key: "script",
    value: "text",
    help: "a script, run line by line; a bare name is one too",
  },
  {
    names: ["Device"],
    key: "device",
    value: "text",
    help: "the device; with its family's suffix behind it, as (allow security), locking bytes are programmed as the image has them",
  },
  { names: ["ExitOnError"], key: "exitOnError", value: "flag", help: "1: end at the first error, with exit code 1" },
  { names: ["AutoConnect"], key: "autoConnect", value: "flag", help: "1: connect before the first command" },
  { names: ["NoGui"], key: "noGui", value: "flag", help: "taken: there are no windows" },
  { names: ["If", "si"], key: "wire", value: "upper-case", help: "SWD; JTAG is refused when connecting" },
  { names: ["Speed"], key: "speed", value: "text", help: "kHz, auto or adaptive" },
  { names: ["USB", "SelectEmuBySN"], key: "usb", value: "text", help: "serial number of a probe on USB" },
  { names: ["IP"], key: "ip", value: "text", help: "HOST[:PORT] of a J-Link on the network" },
  { names: ["JTAGConf"], key: "jtagConf", value: "text", help: "taken: SWD has no chain" },
  { names: ["Log"], key: "log", value: "text", help: "a copy of the console in a file" },
  {
    names: ["SettingsFile"],
    key: "settingsFile",
    value: "text",
    help: "a settings file with [commander] secured-device",
  },
  { names: ["ProjectFile"], key: "projectFile", value: "text", help: "taken, without effect" },
  {
    names: ["JLinkScriptFile"],
    key: "jlinkScriptFile",
    value: "text",
    help: "refused, because such files aren't run; with --ignore-jlinkscript, taken without effect",
  },
  {
    names: ["-ignore-jlinkscript"],
    key: "ignoreScriptFile",
    value: "flag",
    help: "Flashproof's own: run without the J-Link script file, whatever it would do",
  },
  { names: ["JLinkDevicesXMLPath"], key: "devicesXml", value: "text", help: "taken, without effect" },
  { names: ["RTTTelnetPort"], key: "rttTelnetPort", value: "text", help: "where RTT is served (19021)" },
  { names: ["Endian"], key: "endian", value: "text", help: "taken: all chips are little endian" },
  {
    names: ["-strict"],
    key: "strict",
    value: "flag",
    help: "Flashproof's own: any failed command makes the exit code 1",
  },
  {
    names: ["-lint"],
    key: "lint",
    value: "flag",
    help: "Flashproof's own: look at the script, or at all scripts of a folder, instead of running it",
  },
  {
    names: ["-fail-on"],
    key: "failOn",
    value: "text",
    help: "with --lint: warn, lock, brick (default) or none; findings that make exit 1",
  },
  { names: ["-json"], key: "json", value: "flag", help: "with --lint: the findings as one JSON object" },
  {
    names: ["-dry-run"],
    key: "dryRun",
    value: "flag",
    help: "Flashproof's own: on a simulated board; says what the chip would hold",
  },
  {
    names: ["-compat"],
    key: "compat",
    value: "text",
    help: "Flashproof's own: print as V6.44, V7.58, V7.86e (default) or V8.10 does",
  },
  {
    names: ["q", "-quiet"],
    key: "quiet",
    value: "flag",
    help: "Flashproof's own: no words on stderr but warnings of what erases or locks",
  },
  {
    names: ["v", "-verbose"],
    key: "verbose",
    value: "flag",
    help: "Flashproof's own: errors with the errors beneath them",
  },
  {
    names: ["vv", "-trace"],
    key: "trace",
    value: "flag",
    help: "Flashproof's own: the trace of all layers on stderr, and what --verbose does",
  },
  {
    names: ["-log-file"],
    key: "logFile",
    value: "text",
    help: "Flashproof's own: append the trace of all layers to a file, as JSON lines",
  },
];

/** What a command line gave: options, or the first fault. */
export type ParsedCommandLine =
  | { readonly ok: true; readonly options: CommanderOptions }
  | { readonly ok: false; readonly fault: CommandLineFault };

/**
 * Reads the arguments behind the program's name: one dash, no regard to case, the value as the next argument, also
 * where that starts with a dash (`-JTAGConf -1,-1`). Of repeated options the last counts (unsure); a word that belongs
 * to no option is the script.
 */
export function parseCommandLine(argv: readonly string[]): ParsedCommandLine {
  const options: Record<string, string | boolean> = {};
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const spec = findOption(word);
    if (!spec && word.startsWith("-")) return fault("unknown-option", word);
    const value = spec ? takeValue(spec, words) : word;
    if (value === undefined) return fault("missing-value", word);
    options[spec?.key ?? "script"] = value;
  }
  return { ok: true, options: options as CommanderOptions };
}

function findOption(word: string): OptionSpec | undefined {
  const wanted = word.toLowerCase();
  return OPTIONS.find(({ names }) => names.some((name) => `-${name.toLowerCase()}` === wanted));
}

function takeValue(spec: OptionSpec, words: string[]): string | boolean | undefined {
  if (spec.value === "flag") return words[0] === "0" || words[0] === "1" ? words.shift() === "1" : true;
  const value = words.shift();
  return spec.value === "upper-case" ? value?.toUpperCase() : value;
}

const fault = (kind: CommandLineFault["kind"], word: string): ParsedCommandLine => ({
  ok: false,
  fault: { kind, option: word.slice(1) },
});
