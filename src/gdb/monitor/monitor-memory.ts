import type { Width } from "../../adi/memory.ts";
import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import { readShown, writeKept } from "../client-memory.ts";
import type { Debuggee } from "../debuggee.ts";
import { type MonitorWord, numberIn, partsOf } from "./monitor-word.ts";

/** Elements that one line shows at most. */
const MOST_ELEMENTS = 256;

/** Bytes of a line of a dump. */
const LINE_BYTES = 32;

/** OpenOCD's letters for widths, in the order of its words `mdb`, `mdh`, `mdw`. */
const LETTERS = { b: 8, h: 16, w: 32 } as const;

/** Bytes in memory's order as one number in hex. */
const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .reverse()
    .join("");

/** Writes one value as the client's packets do; answers its bytes. Throws `usage` where they would be refused. */
async function write(debuggee: Debuggee, address: number, value: number, width: Width): Promise<Uint8Array> {
  if (value >= 2 ** width) throw new HostError("usage", `${value} does not fit ${width} bits`);
  const bytes = Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24).slice(0, width / 8);
  const refused = await writeKept(debuggee, address, bytes, width);
  if (refused !== undefined) throw new HostError("usage", refused);
  return bytes;
}

/** J-Link's `memU32 ADDRESS [= VALUE]`, in its words. */
async function access(debuggee: Debuggee, rest: string, width: Width): Promise<readonly string[]> {
  const [place, given] = partsOf(rest);
  const address = numberIn(place);
  if (given === undefined) {
    const bytes = await readShown(debuggee, address, width / 8, width);
    return [`Reading from address ${address32(address)} (Data = 0x${hexOf(bytes).toUpperCase()})`];
  }
  const bytes = await write(debuggee, address, numberIn(given), width);
  return [`Writing 0x${hexOf(bytes).toUpperCase()} @ address ${address32(address)}`];
}

/** `ADDRESS [COUNT]` as OpenOCD has it, in elements, or `ADDRESS [LENGTH]` as pyOCD, in bytes: lines like `0x20000000: 00000001 00000002`. */
async function show(debuggee: Debuggee, rest: string, width: Width, unit: number): Promise<readonly string[]> {
  const [place, given, ...more] = partsOf(rest);
  refuseMore(more);
  const address = numberIn(place);
  const count = given === undefined ? 1 : Math.ceil(numberIn(given) / unit);
  if (count === 0 || count > MOST_ELEMENTS)
    throw new HostError("usage", `${count} is no count from 1 to ${MOST_ELEMENTS}`);
  const size = width / 8;
  const bytes = await readShown(debuggee, address, count * size, width);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const values = Array.from({ length: line.length / size }, (_, i) => hexOf(line.slice(i * size, i * size + size)));
    lines.push(`${address32(address + at)}: ${values.join(" ")}`);
  }
  return lines;
}

/** OpenOCD's `ADDRESS VALUE [COUNT]`: the value so many times. */
async function fill(debuggee: Debuggee, rest: string, width: Width): Promise<readonly string[]> {
  const [place, value, times, ...more] = partsOf(rest);
  refuseMore(more);
  const count = times === undefined ? 1 : numberIn(times);
  return setAll(debuggee, place, Array<string | undefined>(Math.min(count, MOST_ELEMENTS + 1)).fill(value), width);
}

/** pyOCD's `ADDRESS VALUE...`. */
function set(debuggee: Debuggee, rest: string, width: Width): Promise<readonly string[]> {
  const [place, ...values] = partsOf(rest);
  return setAll(debuggee, place, values.length === 0 ? [undefined] : values, width);
}

/** Every value is read before the first is written. */
async function setAll(
  debuggee: Debuggee,
  place: string | undefined,
  given: readonly (string | undefined)[],
  width: Width,
): Promise<readonly string[]> {
  if (given.length === 0 || given.length > MOST_ELEMENTS)
    throw new HostError("usage", `from 1 to ${MOST_ELEMENTS} values are written at once`);
  const [address, values] = [numberIn(place), given.map(numberIn)];
  for (const [i, value] of values.entries()) await write(debuggee, address + (i * width) / 8, value, width);
  return [];
}

function refuseMore(more: readonly string[]): void {
  if (more.length > 0) throw new HostError("usage", `"${more.join(" ")}" is one word too many`);
}

const accesses = (name: string, width: Width): MonitorWord => ({
  help: `${name} ADDRESS [= VALUE]: reads or writes ${width} bits`,
  run: (debuggee, rest) => access(debuggee, rest, width),
});

const shows = (name: string, width: Width, what: "COUNT" | "LENGTH"): MonitorWord => ({
  help: `${name} ADDRESS [${what}]: reads by ${width} bits${what === "LENGTH" ? ", so many bytes" : ""}`,
  run: (debuggee, rest) => show(debuggee, rest, width, what === "LENGTH" ? width / 8 : 1),
});

/** Words for memory, of J-Link's, OpenOCD's and pyOCD's servers: what they read and write is what GDB does. */
export const MEMORY_WORDS: { readonly [word: string]: MonitorWord } = Object.fromEntries(
  Object.entries(LETTERS).flatMap(([letter, width]) => [
    ...[`memU${width}`, `writeU${width}`].map((name) => [name.toLowerCase(), accesses(name, width)] as const),
    [`md${letter}`, shows(`md${letter}`, width, "COUNT")],
    [
      `mw${letter}`,
      {
        help: `mw${letter} ADDRESS VALUE [COUNT]: writes ${width} bits, so many times`,
        run: (debuggee: Debuggee, rest: string) => fill(debuggee, rest, width),
      },
    ],
    [`read${width}`, shows(`read${width}`, width, "LENGTH")],
    [
      `write${width}`,
      {
        help: `write${width} ADDRESS VALUE...: writes values of ${width} bits`,
        run: (debuggee: Debuggee, rest: string) => set(debuggee, rest, width),
      },
    ],
  ]),
);
