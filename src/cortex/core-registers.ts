import { type BatchMemory, type MemoryOp, together } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { bit, type u32 } from "../base/u32.ts";
import { DCRDR, DCRSR, DHCSR } from "../registers/scs.ts";
import type { RegisterName } from "./core.ts";
import { CoreError } from "./core-error.ts";

/** DCRSR.REGSEL of every register but S0 to S31 (ARMv7-M ARM (DDI 0403E), C1.6.3). */
const SELECTORS: { readonly [name: string]: number } = {
  ...Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`R${n}`, n])),
  SP: 13,
  LR: 14,
  PC: 15,
  XPSR: 16,
  MSP: 17,
  PSP: 18,
  CFBP: 20,
  FPSCR: 33,
};

/** REGSEL of S0; the others follow. */
const S0_SELECTOR = 64;

const S_HALT = 17;
const S_REGRDY = 16;

const look: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };
const fetch: MemoryOp = { op: "read", address: DCRDR.address, width: 32 };
const ready: MemoryOp = { op: "until", address: DHCSR.address, width: 32, mask: 1 << S_REGRDY, value: 1 << S_REGRDY };
const put = (value: u32): MemoryOp => ({ op: "write", address: DCRDR.address, width: 32, value });
const select = (value: u32): MemoryOp => ({ op: "write", address: DCRSR.address, width: 32, value });

/** DCRSR.REGSEL for a register; throws `core-register` for a name that no core has. */
export function selectorOf(name: RegisterName): number {
  const single = /^S(\d|[12]\d|3[01])$/.exec(name);
  const selector = single ? S0_SELECTOR + Number(single[1]) : SELECTORS[name];
  if (selector === undefined)
    throw new CoreError("core-register", `There is no core register ${name}`, { details: { name } });
  return selector;
}

/** Accesses that read registers, as a part of a batch; `registersIn` has the values of their words. */
export const registerReads = (names: readonly RegisterName[]): readonly MemoryOp[] => [
  look,
  ...names.flatMap((name) => [select(selectorOf(name)), look, fetch]),
];

/** How many words `registerReads` yields. */
export const registerWords = (names: readonly RegisterName[]): number => 1 + 2 * names.length;

/** The values in the words of `registerReads`; undefined where the core was slower once. Throws `core-not-halted`. */
export function registersIn(
  names: readonly RegisterName[],
  [dhcsr, ...seen]: Iterable<u32> & ArrayLike<u32>,
): readonly u32[] | undefined {
  checkHalted(dhcsr);
  return names.every((_, i) => bit(seen[i * 2], S_REGRDY)) ? names.map((_, i) => seen[i * 2 + 1]) : undefined;
}

/** Accesses that write registers in the order of the entries, as a part of a batch. */
export const registerWrites = (values: readonly RegisterValue[]): readonly MemoryOp[] => [
  look,
  ...values.flatMap(([name, value]) => [put(value), selectToWrite(name), look]),
];

/** Whether the words of `registerWrites` say that every register was written; throws `core-not-halted`. */
export function areWritten([dhcsr, ...seen]: Iterable<u32> & ArrayLike<u32>): boolean {
  checkHalted(dhcsr);
  return seen.every((word) => bit(word, S_REGRDY));
}

type RegisterValue = readonly [RegisterName, u32];

const selectToWrite = (name: RegisterName): MemoryOp => select(DCRSR.of({ REGWnR: 1, REGSEL: selectorOf(name) }));

/**
 * Reads registers of a halted core, all in one batch. S_REGRDY is looked at for each; a core that once was slower than
 * the wire is asked again, register by register. Throws `core-not-halted`.
 */
export async function readCoreRegisters(
  memory: BatchMemory,
  names: readonly RegisterName[],
  io: Io,
): Promise<readonly u32[]> {
  const words = await memory.run(registerReads(names), io);
  return registersIn(names, words) ?? readSlowly(memory, names.map(selectorOf), io);
}

/** Writes registers of a halted core in the order of the entries, as `readCoreRegisters` reads them. */
export async function writeCoreRegisters(memory: BatchMemory, values: readonly RegisterValue[], io: Io): Promise<void> {
  if (areWritten(await memory.run(registerWrites(values), io))) return;
  const each = values.map(([name, value]) => [put(value), selectToWrite(name), ready]);
  await together(memory, (own) => runEach(own, each, io), io);
}

/** Nothing of another caller's may select a register between a selection and its transfer. */
async function readSlowly(memory: BatchMemory, selectors: readonly number[], io: Io): Promise<readonly u32[]> {
  const steps = selectors.map((selector) => [select(selector), ready, fetch]);
  return (await together(memory, (own) => runEach(own, steps, io), io)).map((words) => words[1]);
}

async function runEach(memory: BatchMemory, batches: readonly (readonly MemoryOp[])[], io: Io) {
  const all: Uint32Array[] = [];
  for (const batch of batches) all.push(await memory.run(batch, io));
  return all;
}

function checkHalted(dhcsr: u32): void {
  if (!bit(dhcsr, S_HALT))
    throw new CoreError("core-not-halted", "The core is running; its registers cannot be reached");
}
