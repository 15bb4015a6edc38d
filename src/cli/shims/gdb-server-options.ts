/** What a caller of J-Link's GDB server asks for. */
export interface GdbServerOptions {
  readonly device?: string;
  /** In hertz; undefined where the server chooses. */
  readonly hz?: number;
  readonly port: number;
  readonly swoPort: number;
  readonly telnetPort: number;
  readonly rttPort: number;
  /** The probe's serial number. */
  readonly usb?: string;
  readonly ip?: string;
  readonly isSingleRun: boolean;
  readonly isStrict: boolean;
  /** The core is halted when the server starts, as J-Link's does without `-nohalt`. */
  readonly halts: boolean;
  /** Words that are no option. */
  readonly unknown: readonly string[];
}

/** Options with a value behind them, in small letters; any case is understood. */
const WITH_VALUE = [
  ...["device", "if", "speed", "endian", "select", "port", "swoport", "telnetport", "rtttelnetport", "timeout", "rtos"],
  ...["jlinkscriptfile", "scriptfile", "settingsfile", "log", "cpu", "x", "jtagconf", "excdbg", "jlinkdevicesxmlpath"],
];

/** Options without one. */
const ALONE = [
  ...["singlerun", "strict", "silent", "nosilent", "ir", "noir", "vd", "novd", "halt", "nohalt", "reportuseraction"],
  ...["stayontop", "nostayontop", "logtofile", "nologtofile", "notimeout", "nosinglerun"],
];

/** Options behind which 0 or 1 may stand. */
const WITH_SWITCH = ["nogui", "localhostonly"];

/** Reads J-Link's options, in any case; the last of two counts. Throws `RangeError` where a port or speed is none. */
export function parseGdbServerOptions(argv: readonly string[]): GdbServerOptions {
  const { given, unknown } = optionsIn(argv);
  const { usb, ip } = probeOf(given.get("select"));
  const hz = speedOf(given.get("speed"));
  const device = given.get("device");
  return {
    port: portOf(given.get("port"), 2331),
    swoPort: portOf(given.get("swoport"), 2332),
    telnetPort: portOf(given.get("telnetport"), 2333),
    rttPort: portOf(given.get("rtttelnetport"), 19021),
    isSingleRun: given.has("singlerun"),
    isStrict: given.has("strict"),
    halts: !given.has("nohalt"),
    unknown,
    ...(device !== undefined && { device }),
    ...(hz !== undefined && { hz }),
    ...(usb !== undefined && { usb }),
    ...(ip !== undefined && { ip }),
  };
}

function optionsIn(argv: readonly string[]): { readonly given: Map<string, string>; readonly unknown: string[] } {
  const given = new Map<string, string>();
  const unknown: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const name = /^-{1,2}(.+)$/.exec(argv[i])?.[1].toLowerCase() ?? "";
    if (WITH_VALUE.includes(name) && i + 1 < argv.length) given.set(name, argv[++i]);
    else if (WITH_SWITCH.includes(name)) given.set(name, /^[01]$/.test(argv[i + 1] ?? "") ? argv[++i] : "1");
    else if (ALONE.includes(name)) given.set(name, "1");
    else unknown.push(argv[i]);
  }
  return { given, unknown };
}

/** `USB`, `usb=SN`, `ip=HOST`; old callers give the serial number alone. */
function probeOf(select: string | undefined): { readonly usb?: string; readonly ip?: string } {
  const [, how, value] = /^(usb|ip)(?:=(.+))?$/i.exec(select ?? "") ?? [];
  if (value === undefined) return {};
  const plain = value.replace(/^'(.*)'$/, "$1");
  return how.toLowerCase() === "ip" ? { ip: plain } : { usb: plain };
}

/** In kHz; `auto` and `adaptive` leave it to the server. */
function speedOf(text: string | undefined): number | undefined {
  if (text === undefined || /^(?:auto|adaptive)$/i.test(text)) return undefined;
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) throw new RangeError(`-speed ${text}`);
  return Number(text) * 1000;
}

function portOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 0xffff) throw new RangeError(`port ${text}`);
  return Number(text);
}
