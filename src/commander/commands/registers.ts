import { print } from "../console/context.ts";
import { type Handler, targetOf } from "../run/handler.ts";
import { readRegisterDump } from "../words/register-dump.ts";
import { parseRegister } from "../language/register-names.ts";
import { unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/registers.ts";

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
