import { print } from "../console/context.ts";
import { isCoreLost, isNotStopped } from "../run/failure.ts";
import type { Handler } from "../run/handler.ts";
import { noteLostCore } from "../words/core-words.ts";
import { resetTarget } from "../target/target-reset.ts";
import { commandNotSupported, unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/reset.ts";

/** `r`: resets and halts. */
export const reset: Handler = async (call) => {
  print(call, texts.resetStart(0, call.settings.resetType));
  await resetTarget(call, "halt");
  return "ok";
};

/** `rx MS`: resets, lets the core run for a while, halts; a core that can't be stopped is a warning, as for `h`. */
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
  try {
    await core.halt(call.io);
  } catch (error) {
    if (!isNotStopped(error) && !isCoreLost(error)) throw error;
    print(call, texts.notHalted());
    noteLostCore(call, error);
    if (isCoreLost(error)) call.connection.dropTarget();
  }
  return "ok";
};

/** `rnh`: resets and lets the core run. */
export const resetNoHalt: Handler = async (call) => {
  print(call, texts.resetStart(0, call.settings.resetType));
  await resetTarget(call, "run");
  return "ok";
};

/** `RSetType N`: a type that only other chips have a use for fails, and the one before stays. */
export const resetType: Handler = async (call) => {
  const number = call.args.number("type");
  const foreign = texts.FOREIGN_RESET_TYPES.get(number);
  const type = texts.RESET_TYPES.find((each) => each.number === number);
  if (!type) {
    const syntax = unreadableArgument("type", "RSetType <type>");
    print(call, foreign === undefined ? syntax : commandNotSupported(`RSetType ${number}`, `that reset ${foreign}`));
    return "failed";
  }
  call.settings.resetType = type;
  print(call, texts.resetType(type));
  return "ok";
};
