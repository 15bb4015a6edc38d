import type { MemoryOp } from "../../adi/memory.ts";
import { within } from "../../base/clock.ts";
import { codeOf, HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Debuggee } from "../debuggee.ts";
import { readRegister, writeRegister } from "../registers.ts";
import { MEMORY_WORDS } from "./monitor-memory.ts";
import { type MonitorWord, MOST_MS, numberIn, partsOf } from "./monitor-word.ts";

/** How long `waithalt` waits where nothing else is said, in milliseconds. */
const WAIT_MS = 1000;

/** `reg NAME`, `reg NAME = VALUE` and `reg NAME = (ADDRESS)`, whose value is fetched from memory. */
async function registerWord(debuggee: Debuggee, rest: string): Promise<readonly string[]> {
  const { core, registers } = debuggee;
  const [, name = "", value] = /^\s*(\w+)\s*(?:=?\s*(\S+))?\s*$/.exec(rest) ?? [];
  const register = registers.find((one) => one.name === name.toLowerCase() && one.bits === 32);
  if (!register) throw new HostError("usage", `There is no register "${name}" here`);
  if (value !== undefined) {
    const [, place] = /^\((.*)\)$/.exec(value) ?? [];
    const [word] = place === undefined ? [numberIn(value)] : await core.memory.run([read32(numberIn(place))]);
    await writeRegister(core, register, Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24));
    debuggee.movedByClient();
  }
  const bytes = await readRegister(core, register);
  return [`${name} = ${address32(new DataView(bytes.buffer).getUint32(0, true))}`];
}

const read32 = (address: number): MemoryOp => ({ op: "read", address, width: 32 });

async function waitHalt({ core, session, gone }: Debuggee, rest: string): Promise<readonly string[]> {
  const ms = Math.min(rest.trim() === "" ? WAIT_MS : numberIn(rest.trim()), MOST_MS);
  try {
    await core.waitHalted(within(session.clock, ms, { signal: gone }));
    return [];
  } catch (error) {
    if (codeOf(error) !== "timeout") throw error;
    return [`the core has not halted within ${ms} ms`];
  }
}

/** Words of J-Link's server that do something to the core or its memory. */
export const TARGET_WORDS: { readonly [word: string]: MonitorWord } = {
  ...MEMORY_WORDS,
  reg: { help: "reg NAME [= VALUE or (ADDRESS)]: shows or sets a register", run: registerWord },
  go: {
    help: "go: lets the core run; GDB takes it for halted until its next continue",
    run: async ({ core }) => {
      await core.resume();
      return [];
    },
  },
  step: {
    help: "step [N]: executes N instructions",
    run: async (debuggee, rest) => {
      const count = Math.min(rest.trim() === "" ? 1 : numberIn(rest.trim()), 10_000);
      for (let i = 0; i < count; i++) await debuggee.core.step();
      debuggee.movedByClient();
      const [pc] = await debuggee.core.readRegisters(["PC"]);
      return [`PC = ${address32(pc)}`];
    },
  },
  waithalt: { help: "waithalt [MS]: waits for the core to halt", run: waitHalt },
  setbp: {
    help: "setbp ADDRESS: sets a breakpoint that GDB doesn't know of",
    run: async ({ points }, rest) => {
      const address = numberIn(partsOf(rest)[0]);
      await points.setBreakpoint(address, "hardware");
      return [`breakpoint at ${address32(address)}`];
    },
  },
};
