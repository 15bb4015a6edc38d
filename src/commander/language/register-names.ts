import type { RegisterName } from "../../cortex/core.ts";
import { parseHex } from "./numbers.ts";

/** Registers by Commander's index, which counts as DCRSR does (UM08001 V6.22 3.2.1; from 16 on (unsure)). */
const BY_INDEX: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, n) => `R${n}` as RegisterName),
  "SP",
  "LR",
  "PC",
  "XPSR",
  "MSP",
  "PSP",
];

/** Other names of a register, in upper case. */
const ALIASES: Readonly<Record<string, RegisterName>> = { R13: "SP", R14: "LR", R15: "PC" };

/** The register that `R0`, `MSP`, `FPS3`, `"R15 (PC)"` or an index names; undefined for none. */
export function parseRegister(text: string): RegisterName | undefined {
  const word = text.trim().split(/[\s(]/)[0].toUpperCase();
  if (ALIASES[word]) return ALIASES[word];
  const single = /^FPS(\d|[12]\d|3[01])$/.exec(word);
  if (single) return `S${Number(single[1])}`;
  const known = [...BY_INDEX, "CFBP", "FPSCR"].find((name) => name === word);
  const index = parseHex(word);
  return (known as RegisterName | undefined) ?? (index === undefined ? undefined : BY_INDEX[index]);
}
