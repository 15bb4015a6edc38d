import type { MemoryOp } from "../../adi/memory.ts";
import { address32 } from "../../base/u32.ts";
import { codeOf, HostError } from "../../base/errors.ts";
import { checkRawWrite } from "../../session/write-memory.ts";
import type { Debuggee } from "../debuggee.ts";
import { readRegister, writeRegister } from "../registers.ts";

/** One word behind `monitor`; it answers its output in lines. */
export interface MonitorWord {
  readonly help: string;
  readonly run: (debuggee: Debuggee, rest: string) => Promise<readonly string[]> | readonly string[];
}

/** How long `waithalt` waits where nothing else is said, in milliseconds. */
const WAIT_MS = 1000;

/** A number as J-Link's scripts have it: decimal, or hex after `0x`; throws `usage`. */
export function numberIn(text: string | undefined): number {
  if (text === undefined || !/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text))
    throw new HostError("usage", `"${text ?? ""}" is no number`);
  return Number(text) >>> 0;
}

/** `ADDRESS`, `ADDRESS = VALUE` and `ADDRESS VALUE`. */
export const partsOf = (rest: string): readonly string[] => rest.split(/[\s=,]+/).filter((part) => part !== "");

async function access(debuggee: Debuggee, rest: string, width: 8 | 16 | 32): Promise<readonly string[]> {
  const [place, given] = partsOf(rest);
  const address = numberIn(place);
  const { memory } = debuggee.core;
  if (given === undefined) {
    const [data] = await memory.run([{ op: "read", address, width }]);
    return [`Reading from address ${address32(address)} (Data = 0x${hex(data, width)})`];
  }
  const value = numberIn(given);
  const bytes = Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24).slice(0, width / 8);
  checkRawWrite({ address, bytes }, debuggee.session.found.chip, debuggee.options.permits);
  const write: MemoryOp = { op: "write", address, width, value };
  await memory.run([write]);
  return [`Writing 0x${hex(value, width)} @ address ${address32(address)}`];
}

const hex = (value: number, width: number): string =>
  value
    .toString(16)
    .toUpperCase()
    .padStart(width / 4, "0");

const memoryWord = (name: string, width: 8 | 16 | 32): MonitorWord => ({
  help: `${name} ADDRESS [= VALUE]: reads or writes ${width} bits`,
  run: (debuggee, rest) => access(debuggee, rest, width),
});

const MEMORY_WORDS: { readonly [word: string]: MonitorWord } = Object.fromEntries(
  ([8, 16, 32] as const).flatMap((width) =>
    [`memU${width}`, `writeU${width}`].map((name) => [name.toLowerCase(), memoryWord(name, width)]),
  ),
);

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

async function waitHalt({ core, session }: Debuggee, rest: string): Promise<readonly string[]> {
  const ms = Math.min(rest.trim() === "" ? WAIT_MS : numberIn(rest.trim()), 60_000);
  const deadline = session.clock.now() + ms * 1e9;
  try {
    await core.waitHalted({ deadline });
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
