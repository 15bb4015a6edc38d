import { HostError } from "../base/errors.ts";
import { OFF_WORDS, ON_WORDS, switchWord } from "../base/switch-words.ts";
import type { TwinOptions } from "../twin/usb.ts";

/** Which probe the user means. */
export type Selector =
  | { readonly kind: "any" }
  | {
      readonly kind: "usb";
      readonly vendorId?: number;
      readonly productId?: number;
      readonly serial?: string;
      readonly driver?: "jlink" | "cmsis-dap";
    }
  | { readonly kind: "ip"; readonly host: string; readonly port: number }
  | { readonly kind: "twin"; readonly options: TwinOptions; readonly stateFile?: string; readonly uartFile?: string };

/**
 * Reads what stands behind `--probe`: `VID:PID[:SERIAL]`, a full or partial serial, `jlink:SERIAL`, `dap:SERIAL`,
 * `ip:HOST[:PORT]` or `twin:CHIP[,key=value...]`. Throws `probe-selector` or `twin-unknown-key`.
 */
export function parseSelector(text: string): Selector {
  const [kind, rest] = splitOnce(text, ":");
  if (kind === "twin") return parseTwin(rest);
  if (kind === "ip") return parseIp(rest);
  if (kind === "jlink" || kind === "dap")
    return { kind: "usb", driver: kind === "jlink" ? "jlink" : "cmsis-dap", serial: rest };
  const ids = /^([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i.exec(text);
  if (ids)
    return {
      kind: "usb",
      vendorId: Number.parseInt(ids[1], 16),
      productId: Number.parseInt(ids[2], 16),
      ...(ids[3] ? { serial: ids[3] } : {}),
    };
  if (/^[0-9A-Za-z]+$/.test(text)) return { kind: "usb", serial: text };
  throw new HostError("probe-selector", `"${text}" names no probe`, { details: { selector: text } });
}

function parseIp(text: string): Selector {
  const [host, port] = splitOnce(text, ":");
  const number = port === "" ? DEFAULT_JLINK_PORT : /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (host === "" || !(number > 0 && number <= 0xffff))
    throw new HostError("probe-selector", `"ip:${text}" names no host and port`);
  return { kind: "ip", host, port: number };
}

/** TCP port of the J-Link protocol (docs/twin.md, served boards). */
const DEFAULT_JLINK_PORT = 19020;

function parseTwin(text: string): Selector {
  const [chip, ...pairs] = text.split(",");
  const keys = new Map(pairs.map((pair) => splitOnce(pair, "=")));
  for (const key of keys.keys()) if (!Object.hasOwn(TWIN_KEYS, key)) throw unknownKey(key);
  const options = Object.assign({ chip }, ...[...keys].map(([key, value]) => TWIN_KEYS[key as TwinKey](value)));
  const [stateFile, uartFile] = [keys.get("state"), keys.get("uart")];
  return { kind: "twin", options, ...(stateFile ? { stateFile } : {}), ...(uartFile ? { uartFile } : {}) };
}

type TwinKey = keyof typeof TWIN_KEYS;

/** The keys behind `twin:CHIP,` (cli.md), each turning its value into board options. */
const TWIN_KEYS = {
  state: () => ({}),
  uart: () => ({}),
  probe: (value: string) => ({
    probe: oneOf("probe", value, ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"]),
  }),
  flash: (value: string) => ({ flash: oneOf("flash", value, ["typ", "max", "zero"]) }),
  locked: (value: string) => ({ locked: onOrOff("locked", value) }),
  power: (value: string) => ({ powerCycle: oneOf("power", value, ["cycle"]) === "cycle" }),
  fault: (value: string) => ({ faults: value }),
  seed: (value: string) => ({ seed: whole("seed", value) }),
  serial: (value: string) => ({ serial: value }),
  vtref: (value: string) => ({ vtrefMv: whole("vtref", value) }),
  extal: (value: string) => ({ extalHz: clockRate("extal", value) }),
} as const;

/** The keys whose values are files. */
const FILE_KEYS: readonly string[] = ["state", "uart"];

/** A selector with the paths in it put through `place`; what is no simulated board has none. */
export function placeTwinFiles(text: string, place: (path: string) => string): string {
  if (!text.startsWith("twin:")) return text;
  const [board, ...pairs] = text.split(",");
  const placed = pairs.map((pair) => {
    const [key, path] = splitOnce(pair, "=");
    if (!FILE_KEYS.includes(key) || path === "") return pair;
    const there = place(path);
    if (there.includes(",")) throw badValue(key, there, "a path without a comma");
    return `${key}=${there}`;
  });
  return [board, ...placed].join(",");
}

function oneOf<const T extends string>(key: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (!found) throw badValue(key, value, allowed.join(", "));
  return found;
}

function whole(key: string, value: string): number {
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value))) throw badValue(key, value, "a whole number");
  return Number(value);
}

/** What MCG and oscillator take: 32 kHz crystals, and up to 50 MHz (the chips' data sheets, oscillator). */
function clockRate(key: string, value: string): number {
  const hz = whole(key, value);
  if (hz < 30_000 || hz > 60_000_000) throw badValue(key, value, "hertz from 30000 to 60000000");
  return hz;
}

function onOrOff(key: string, value: string): boolean {
  const on = switchWord(value);
  if (on === undefined) throw badValue(key, value, [...ON_WORDS, ...OFF_WORDS].join(", "));
  return on;
}

const badValue = (key: string, value: string, wanted: string) =>
  new HostError("twin-unknown-key", `The twin's key ${key} can't be "${value}": it takes ${wanted}`, {
    details: { key, value },
  });

const unknownKey = (key: string) =>
  new HostError("twin-unknown-key", `A twin has no key "${key}"; it has ${Object.keys(TWIN_KEYS).join(", ")}`, {
    details: { key },
  });

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
