import { print } from "../context.ts";
import type { Handler } from "../handler.ts";
import { resetTarget } from "../target-reset.ts";
import { unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/reset.ts";

/** `r`: resets and halts. */
export const reset: Handler = async (call) => {
  print(call, texts.resetStart(0, call.settings.resetType));
  await resetTarget(call, "halt");
  return "ok";
};

/** `rx MS`: resets, lets the core run for a while, halts. */
export const resetDelayed: Handler = async (call) => {
  const ms = call.args.number("DelayAfterReset");
  print(call, texts.resetStart(ms, call.settings.resetType));
  if (ms <= 0) {
    await resetTarget(call, "halt");
    return "ok";
  }
  if (!(await resetTarget(call, "run"))) return "ok";
  const { core, clock } = call.connection.target;
  await clock.sleep(ms * 1_000, call.io.signal);
  await core.halt(call.io);
  return "ok";
};

/** `rnh`: resets and lets the core run. */
export const resetNoHalt: Handler = async (call) => {
  print(call, texts.resetStart(0, call.settings.resetType));
  await resetTarget(call, "run");
  return "ok";
};

/** `RSetType N`: types that Flashproof can't do are taken, because scripts set them, and done as NORMAL. */
export const resetType: Handler = async (call) => {
  const number = call.args.number("type");
  if (number > LAST_TYPE) {
    print(call, unreadableArgument("type", "RSetType <type>"));
    return "failed";
  }
  const type = texts.RESET_TYPES.find((each) => each.number === number);
  if (!type) call.notes.answer(`reset type ${number} is done as NORMAL: Flashproof has ${KNOWN}`);
  call.settings.resetType = type ?? texts.RESET_TYPES[0];
  print(call, texts.resetType(call.settings.resetType));
  return "ok";
};

/** The highest reset type of a Cortex-M (UM08001 V6.22, 5.9.2). */
const LAST_TYPE = 10;

const KNOWN = texts.RESET_TYPES.map(({ number, name }) => `${number} ${name}`).join(", ");
