import { codeOf } from "../../base/errors.ts";
import { print } from "../console/context.ts";
import { type Handler, targetOf } from "../run/handler.ts";
import * as texts from "../texts/v7-86e/registers.ts";

/** `SetBP ADDR`: a hardware breakpoint; the mode is taken and ignored, since there are no others yet. */
export const setBreakpoint: Handler = async (call) => {
  const address = call.args.number("addr");
  try {
    await targetOf(call).core.breakpoints.set(address, call.io);
  } catch (error) {
    if (codeOf(error) !== "core-breakpoint") throw error;
    print(call, texts.breakpointNotSet());
    call.notes.error(error);
    return "failed";
  }
  print(call, texts.breakpointSet(address, call.connection.breakpoints.handleOf(address)));
  return "ok";
};

/** `ClearBP HANDLE`: says nothing. */
export const clearBreakpoint: Handler = async (call) => {
  const address = call.connection.breakpoints.take(call.args.number("BP_Handle"));
  if (address !== undefined && (await targetOf(call).core.breakpoints.clear(address, call.io))) return "ok";
  print(call, texts.breakpointNotCleared());
  return "failed";
};
