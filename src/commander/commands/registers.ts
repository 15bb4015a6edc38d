import { print } from "../console/context.ts";
import { type Handler, targetOf } from "../run/handler.ts";
import { readRegisterDump } from "../words/register-dump.ts";
import { unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/registers.ts";
import type { RegisterName } from "../../cortex/core.ts";
import { parseHex } from "../language/numbers.ts";

/** `regs`. */
export const regs: Handler = async (call) => {
  print(call, texts.registerDump(await readRegisterDump(targetOf(call).core, call.io)));
  return "ok";
};

/** `rreg NAME`. */
export const readRegister: Handler = async (call) => {
  const text = call.args.text("RegName");
  const name = parseRegister(text);
  if (!name) return unknownRegister(call, "rreg <RegName>");
  const [value] = await targetOf(call).core.readRegisters([name], call.io);
  print(call, texts.registerValue(text, value));
  return "ok";
};

/** `wreg NAME, VALUE`: written at once, where J-Link waits until the core starts. */
export const writeRegister: Handler = async (call) => {
  const text = call.args.text("RegName");
  const name = parseRegister(text);
  if (!name) return unknownRegister(call, "wreg <RegName>, <Value>");
  const value = call.args.number("Value");
  await targetOf(call).core.writeRegisters({ [name]: value }, call.io);
  print(call, texts.registerValue(text, value));
  return "ok";
};

function unknownRegister(call: Parameters<Handler>[0], syntax: string): "failed" {
  print(call, unreadableArgument("RegName", syntax));
  return "failed";
}

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
