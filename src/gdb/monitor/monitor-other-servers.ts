import { together } from "../../adi/memory.ts";
import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import { DEMCR } from "../../registers/scs.ts";
import { checkRawWrite } from "../../session/write-memory.ts";
import type { Debuggee } from "../debuggee.ts";
import { type MonitorWord, numberIn, partsOf } from "./monitor-words.ts";

/** Elements that one line shows at most. */
const MOST_ELEMENTS = 256;

/** Bytes of a line of a dump. */
const LINE_BYTES = 32;

type Width = 8 | 16 | 32;

/** OpenOCD's letters for widths, in the order of its words `mdb`, `mdh`, `mdw`. */
const LETTERS = { b: 8, h: 16, w: 32 } as const;

/** pyOCD's letters for vector catches, and the fields of DEMCR (ARMv7-M ARM (DDI 0403E), C1.6.5). */
const CATCHES = {
  h: "VC_HARDERR",
  i: "VC_INTERR",
  b: "VC_BUSERR",
  s: "VC_STATERR",
  c: "VC_CHKERR",
  p: "VC_NOCPERR",
  m: "VC_MMERR",
  r: "VC_CORERESET",
} as const;

/** `ADDRESS [COUNT]`: lines like `0x20000000: 00000001 00000002`. */
async function show({ core }: Debuggee, rest: string, width: Width): Promise<readonly string[]> {
  const [place, given] = partsOf(rest);
  const address = numberIn(place);
  const count = given === undefined ? 1 : numberIn(given);
  if (count === 0 || count > MOST_ELEMENTS)
    throw new HostError("usage", `${count} is no count from 1 to ${MOST_ELEMENTS}`);
  const size = width / 8;
  const bytes = await core.memory.read(address, count * size, width);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const values = Array.from({ length: line.length / size }, (_, i) => hexOf(line.slice(i * size, i * size + size)));
    lines.push(`${address32(address + at)}: ${values.join(" ")}`);
  }
  return lines;
}

/** Bytes in memory's order as one number. */
const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .reverse()
    .join("");

/** `ADDRESS VALUE`. */
async function set({ core, session, options }: Debuggee, rest: string, width: Width): Promise<readonly string[]> {
  const [place, given] = partsOf(rest);
  const [address, value] = [numberIn(place), numberIn(given)];
  const bytes = Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24).slice(0, width / 8);
  checkRawWrite({ address, bytes }, session.found.chip, options.permits);
  await core.memory.write(address, bytes, width);
  return [];
}

const shows = (name: string, width: Width): MonitorWord => ({
  help: `${name} ADDRESS [COUNT]: reads by ${width} bits`,
  run: (debuggee, rest) => show(debuggee, rest, width),
});

const sets = (name: string, width: Width): MonitorWord => ({
  help: `${name} ADDRESS VALUE: writes ${width} bits`,
  run: (debuggee, rest) => set(debuggee, rest, width),
});

const MEMORY_WORDS: { readonly [word: string]: MonitorWord } = Object.fromEntries(
  Object.entries(LETTERS).flatMap(([letter, width]) => [
    [`md${letter}`, shows(`md${letter}`, width)],
    [`mw${letter}`, sets(`mw${letter}`, width)],
    [`read${width}`, shows(`read${width}`, width)],
    [`write${width}`, sets(`write${width}`, width)],
  ]),
);

/** What the core does, and where it stands if it stands. */
async function status({ core }: Debuggee): Promise<readonly string[]> {
  const { name } = core.identity;
  const state = await core.state();
  if (state !== "halted") return [`${name}: ${state}`];
  const [pc] = await core.readRegisters(["PC"]);
  return [`${name}: halted at ${address32(pc)}`];
}

/** `set vector-catch LETTERS`: which exceptions stop the core at their first instruction; HardFault always does. */
async function setOption({ core }: Debuggee, rest: string): Promise<readonly string[]> {
  const [, letters] = /^vector-catch\s+([a-z]+)$/i.exec(rest.trim()) ?? [];
  if (letters === undefined) return [`set ${rest.trim()}: accepted, and not needed here`];
  const all = Object.keys(CATCHES).join("");
  const wanted = letters.toLowerCase() === "all" || letters.toLowerCase() === "a" ? all : letters.toLowerCase();
  const unknown = [...wanted].find((letter) => !(letter in CATCHES) && letter !== "n");
  if (unknown !== undefined)
    throw new HostError("usage", `"${unknown}" names no vector catch; there are a, n, ${[...all].join(", ")}`);
  const entries = Object.entries(CATCHES).map(([letter, field]) => [field, wanted.includes(letter) ? 1 : 0]);
  await together(core.memory, async (own) => {
    const [demcr] = await own.run([{ op: "read", address: DEMCR.address, width: 32 }]);
    const value = DEMCR.with(demcr, { ...Object.fromEntries(entries), VC_HARDERR: 1 });
    await own.run([{ op: "write", address: DEMCR.address, width: 32, value }]);
  });
  return [`vector catch: ${[...wanted].filter((letter) => letter !== "n").join("") || "h"}`];
}

/** `readdp ADDRESS`. */
async function readDp({ session }: Debuggee, rest: string): Promise<readonly string[]> {
  const address = numberIn(rest.trim());
  if (address !== 0x0 && address !== 0x4 && address !== 0x8 && address !== 0xc)
    throw new HostError("usage", `${rest.trim()} is no register of the debug port: there are 0, 4, 8 and 0xC`);
  return [`DP register ${address32(address)} = ${address32(await session.found.dp.read(address))}`];
}

/** Words of OpenOCD's and pyOCD's servers that do something; IDEs' settings for those send them. */
export const OTHER_SERVERS_WORDS: { readonly [word: string]: MonitorWord } = {
  ...MEMORY_WORDS,
  status: { help: "status: what the core does", run: status },
  targets: { help: "targets: the same", run: status },
  set: { help: "set vector-catch LETTERS: which exceptions stop the core, as pyOCD names them", run: setOption },
  readdp: { help: "readdp ADDRESS: a register of the debug port", run: readDp },
  resume: {
    help: "resume: lets the core run; GDB takes it for halted until its next continue",
    run: async ({ core }) => {
      await core.resume();
      return [];
    },
  },
  gdb_sync: {
    help: "gdb_sync: the next stepi executes nothing, and shows where the core stands",
    run: ({ run }) => {
      run.skipStep();
      return [];
    },
  },
  erase: {
    help: "erase: refused; `flashproof erase` takes the consent that it needs",
    run: () => {
      throw new HostError("usage", "monitor can't agree to an erase: `flashproof erase` does that");
    },
  },
};
