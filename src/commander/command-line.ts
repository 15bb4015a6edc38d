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
  readonly devicesXml?: string;
  readonly rttTelnetPort?: string;
  readonly endian?: string;
  /** Flashproof's own: any failed command makes the exit code 1. */
  readonly strict?: boolean;
  /** Flashproof's own: no words on stderr. */
  readonly quiet?: boolean;
  /** Flashproof's own: errors with the errors beneath them. */
  readonly verbose?: boolean;
}

/** What is wrong with a command line: an option nobody knows, or one whose value is missing. */
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
}

/** All options that scripts and tools in the wild give (UM08001 V6.22 3.2.3; kb.segger.com/J-Link_Commander), and Flashproof's own. */
export const OPTIONS: readonly OptionSpec[] = [
  { names: ["CommandFile", "CommanderScript"], key: "script", value: "text" },
  { names: ["Device"], key: "device", value: "text" },
  { names: ["ExitOnError"], key: "exitOnError", value: "flag" },
  { names: ["AutoConnect"], key: "autoConnect", value: "flag" },
  { names: ["NoGui"], key: "noGui", value: "flag" },
  { names: ["If", "si"], key: "wire", value: "upper-case" },
  { names: ["Speed"], key: "speed", value: "text" },
  { names: ["USB", "SelectEmuBySN"], key: "usb", value: "text" },
  { names: ["IP"], key: "ip", value: "text" },
  { names: ["JTAGConf"], key: "jtagConf", value: "text" },
  { names: ["Log"], key: "log", value: "text" },
  { names: ["SettingsFile"], key: "settingsFile", value: "text" },
  { names: ["ProjectFile"], key: "projectFile", value: "text" },
  { names: ["JLinkScriptFile"], key: "jlinkScriptFile", value: "text" },
  { names: ["JLinkDevicesXMLPath"], key: "devicesXml", value: "text" },
  { names: ["RTTTelnetPort"], key: "rttTelnetPort", value: "text" },
  { names: ["Endian"], key: "endian", value: "text" },
  { names: ["-strict"], key: "strict", value: "flag" },
  { names: ["q", "-quiet"], key: "quiet", value: "flag" },
  { names: ["v", "-verbose"], key: "verbose", value: "flag" },
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
