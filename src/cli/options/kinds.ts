import { OFF_WORDS, ON_WORDS, switchWord } from "../../base/switch-words.ts";
import { parseSelector, placeTwinFiles } from "../../node/selector.ts";
import { parseAddress, parseFileAt, parseNumber, parseRange, parseSpeed } from "./numbers.ts";
import { type Kind, listed } from "./kind.ts";

/** One of a few words, or of a few numbers. */
export const choice = <const V extends string | number>(word: string, values: readonly V[]): Kind<V> => ({
  word,
  takes: listed(values.map(String)),
  choices: values.map(String),
  read: (text) => values.find((value) => String(value) === text),
  ...(values.every((value) => typeof value === "number") ? { toml: "number" } : {}),
});

/** A whole number between two bounds, both of them allowed. */
export const wholeNumber = (word: string, of: string, least: number, most: number): Kind<number> => ({
  word,
  takes: `a whole number${of === "" ? "" : ` of ${of}`} from ${least} to ${most}`,
  toml: "number",
  read: (text) => {
    const value = parseNumber(text);
    return value >= least && value <= most ? value : undefined;
  },
});

/** On or off; on the command line a switch has no value and is on. */
export const SWITCH: Kind<boolean> = {
  word: "switch",
  takes: listed([...ON_WORDS, ...OFF_WORDS]),
  toml: "boolean",
  bare: true,
  read: switchWord,
};

/** How much is reported of errors and layers: `-v` counts one each time, elsewhere it is a word or the count. */
export const VERBOSITY: Kind<number> = {
  word: "switch",
  takes: `${SWITCH.takes}, or 2`,
  toml: "boolean",
  bare: 1,
  read: (given) => {
    const isOn = switchWord(given);
    return given === "2" ? 2 : isOn === undefined ? undefined : Number(isOn);
  },
};

/** Any text but an empty one. */
export const text = (word: string): Kind<string> => ({
  word,
  takes: "a text that is not empty",
  read: (given) => (given === "" ? undefined : given),
});

/** `-` is stdin or stdout, wherever a file is named. */
const placed = (path: string, place: (path: string) => string): string => (path === "-" ? path : place(path));

/** A file that is read: its path. */
export const FILE_IN: Kind<string> = { ...text("file"), takes: "the path of a file", withPaths: placed };

/** A folder: its path. */
export const FOLDER: Kind<string> = {
  ...text("folder"),
  takes: "the path of a folder",
  withPaths: (path, place) => place(path),
};

/** A file to read with the address at which it goes: `app.bin@0x5000`. */
export const FILE_AT: Kind<string> = {
  ...FILE_IN,
  takes: "FILE or FILE@ADDRESS",
  withPaths: (given, place) => {
    const { path } = parseFileAt(given);
    return `${placed(path, place)}${given.slice(path.length)}`;
  },
};

/** A file that is written: its path. */
export const FILE_OUT: Kind<string> = { ...FILE_IN, writes: "bytes" };

/** A 32-bit address. */
export const ADDRESS: Kind<number> = {
  word: "address",
  takes: "an address from 0 to 0xFFFFFFFF",
  toml: "number",
  read: parseAddress,
};

/** Addresses from `start`, `length` of them; never empty. */
export interface AddressRange {
  readonly start: number;
  readonly length: number;
}

/** A half-open range of 32-bit addresses. */
export const RANGE: Kind<AddressRange> = {
  word: "range",
  takes: "a range A:B or A:+LEN that is not empty and ends at 0x100000000 at most",
  read: parseRange,
};

const LEAST_HZ = 1_000;
const MOST_HZ = 100_000_000;

/** A clock speed in Hz. */
export const SPEED: Kind<number> = {
  word: "speed",
  takes: "a speed from 1k to 100M (Hz), or a number of kHz",
  toml: "number",
  read: (given) => {
    const hz = parseSpeed(given);
    return hz >= LEAST_HZ && hz <= MOST_HZ ? hz : undefined;
  },
};

/** A probe or a simulated board, as text: `openProbe` parses it again. */
export const SELECTOR: Kind<string> = {
  word: "selector",
  takes: "VID:PID[:SERIAL], a serial, jlink:SN, dap:SN, ip:HOST[:PORT] or twin:CHIP[,key=value...]",
  read: (given) => {
    parseSelector(given);
    return given;
  },
  withPaths: placeTwinFiles,
};

/** A TCP port to serve on; without a value, the server's usual one. */
export const PORT: Kind<number | "usual"> = {
  ...wholeNumber("port", "", 0, 0xffff),
  takes: "a TCP port from 0 to 65535",
  bare: "usual",
};

/** The longest time that `--for` takes: a day, in milliseconds. */
const DAY_MS = 86_400_000;

/** A time in milliseconds, up to a day. */
export const MILLISECONDS: Kind<number> = wholeNumber("ms", "milliseconds", 0, DAY_MS);

const STDOUT = "stdout";

/** Where what a board's UART sends goes after a verb has watched it: the terminal or a file. */
export const UART_FILE: Kind<string> = {
  word: "where",
  takes: "stdout or the path of a file",
  read: (given) => (given === "" || given.startsWith("tcp:") ? undefined : given),
  writes: "text",
  withPaths: (given, place) => (given === STDOUT ? given : placed(given, place)),
};

/** Where what a served board's UART sends goes: the terminal, a TCP port on this machine, or a file. */
export const UART_SERVED: Kind<string> = {
  word: "where",
  takes: "stdout, tcp:PORT or the path of a file",
  read: (given) => (given === "" || (given.startsWith("tcp:") && !isPort(given.slice(4))) ? undefined : given),
  withPaths: (given, place) => (given === STDOUT || given.startsWith("tcp:") ? given : placed(given, place)),
};

const isPort = (digits: string): boolean => /^\d{1,5}$/.test(digits) && Number(digits) <= 0xffff;
