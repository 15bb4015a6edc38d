import { print } from "../console/context.ts";
import { type Call, type Handler, targetOf } from "../run/handler.ts";
import { watchpointNotCleared, watchpointNotSet, watchpointSet } from "../texts/v7-86e/registers.ts";
import type { Watch } from "../../cortex/watchpoints.ts";

/** `SetWP ADDR [R|W] [S8|S16|S32]`: the core stops behind the access; data and address masks are refused. */
export const setWatchpoint: Handler = async (call) => {
  const { core } = targetOf(call);
  if (call.args.has("Data")) {
    call.notes.answer("watchpoints compare addresses only: leave out data and masks");
    return notSet(call);
  }
  const watch = watchOf(call);
  const handle = await core.watchpoints.set(watch, call.io);
  if (handle === undefined) return notSet(call);
  print(call, watchpointSet(watch.address, handle));
  return "ok";
};

function notSet(call: Call): "failed" {
  print(call, watchpointNotSet());
  return "failed";
}

/** log2 of the bytes that each size covers. */
const MASKS: Readonly<Record<string, number>> = { S8: 0, S16: 1, S32: 2 };

function watchOf({ args }: Call): Watch {
  const mask = args.has("size") ? MASKS[args.text("size")] : MASKS["S32"];
  const access = args.has("access") ? (args.text("access") === "R" ? "read" : "write") : "any";
  const address = args.number("addr");
  return { address: (address & ~(2 ** mask - 1)) >>> 0, mask, access };
}

/** `ClearWP HANDLE`: says nothing. */
export const clearWatchpoint: Handler = async (call) => {
  const { core } = targetOf(call);
  if (await core.watchpoints.clear(call.args.number("WP_Handle"), call.io)) return "ok";
  print(call, watchpointNotCleared());
  return "failed";
};
