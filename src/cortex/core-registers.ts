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

/**
 * Reads registers of a halted core, all in one batch. S_REGRDY is looked at for each; a core that once was slower than
 * the wire is asked again, register by register. Throws `core-not-halted`.
 */
export async function readCoreRegisters(
  memory: BatchMemory,
  names: readonly RegisterName[],
  io: Io,
): Promise<readonly u32[]> {
  const selectors = names.map(selectorOf);
  const steps = selectors.flatMap((selector) => [select(selector), look, fetch]);
  const [dhcsr, ...seen] = await memory.run([look, ...steps], io);
  checkHalted(dhcsr);
  const values = selectors.map((_, i) => seen[i * 2 + 1]);
  const allReady = selectors.every((_, i) => bit(seen[i * 2], S_REGRDY));
  return allReady ? values : readSlowly(memory, selectors, io);
}

/** Writes registers of a halted core in the order of the entries, as `readCoreRegisters` reads them. */
export async function writeCoreRegisters(
  memory: BatchMemory,
  values: readonly (readonly [RegisterName, u32])[],
  io: Io,
): Promise<void> {
  const writes = values.map(([name, value]) => [put(value), select(DCRSR.of({ REGWnR: 1, REGSEL: selectorOf(name) }))]);
  const [dhcsr, ...seen] = await memory.run([look, ...writes.flatMap((write) => [...write, look])], io);
  checkHalted(dhcsr);
  if (seen.every((word) => bit(word, S_REGRDY))) return;
  await together(
    memory,
    (own) =>
      runEach(
        own,
        writes.map((write) => [...write, ready]),
        io,
      ),
    io,
  );
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
