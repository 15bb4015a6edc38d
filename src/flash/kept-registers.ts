import { unsteadyRead } from "../adi/read-twice.ts";
import type { Io } from "../base/clock.ts";
import type { Core, RegisterName } from "../cortex/core.ts";

/** Registers that code on the target changes; the core gets them back after it. */
const KEPT: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, i) => `R${i}` as RegisterName),
  ...(["MSP", "PSP", "LR", "PC", "XPSR", "CFBP"] as const),
];

/** Values of the registers that are given back, by their names. */
export type KeptRegisters = { readonly [name in RegisterName]?: number };

/** Reads them twice, because what is given back at the end has to be right; throws `unsteady-read`. */
export async function keepRegisters(core: Core, io: Io): Promise<KeptRegisters> {
  const [first, second] = [await core.readRegisters(KEPT, io), await core.readRegisters(KEPT, io)];
  const odd = KEPT.find((_, i) => first[i] !== second[i]);
  if (odd) throw unsteadyRead(`The core's ${odd}`);
  return Object.fromEntries(KEPT.map((name, i) => [name, first[i]]));
}
