import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Debuggee } from "../debuggee.ts";
import { type MonitorWord, numberIn } from "./monitor-word.ts";

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

/** What the core does, and where it stands if it stands. */
async function status({ core }: Debuggee): Promise<readonly string[]> {
  const { name } = core.identity;
  const state = await core.state();
  if (state !== "halted") return [`${name}: ${state}`];
  const [pc] = await core.readRegisters(["PC"]);
  return [`${name}: halted at ${address32(pc)}`];
}

/** `set vector-catch LETTERS`: which exceptions stop the core at their first instruction; HardFault always does. */
async function setOption(debuggee: Debuggee, rest: string): Promise<readonly string[]> {
  const [, letters] = /^vector-catch\s+([a-z]+)$/i.exec(rest.trim()) ?? [];
  if (letters === undefined) return [`set ${rest.trim()}: accepted, and not needed here`];
  const all = Object.keys(CATCHES).join("");
  const wanted = letters.toLowerCase() === "all" || letters.toLowerCase() === "a" ? all : letters.toLowerCase();
  const unknown = [...wanted].find((letter) => !(letter in CATCHES) && letter !== "n");
  if (unknown !== undefined)
    throw new HostError("usage", `"${unknown}" names no vector catch; there are a, n, ${[...all].join(", ")}`);
  const entries = Object.entries(CATCHES).map(([letter, field]) => [field, wanted.includes(letter) ? 1 : 0]);
  await debuggee.setCatches({ ...Object.fromEntries(entries), VC_HARDERR: 1 });
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
