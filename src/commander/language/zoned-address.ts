import { print } from "../console/context.ts";
import type { Call } from "../run/handler.ts";
import { unknownZone } from "../texts/v7-86e/target.ts";

/** An address argument in the one zone that there is; undefined, and J-Link's words, for another zone. */
export function zonedAddress(call: Call, name: string): number | undefined {
  const { address, zone } = call.args.address(name);
  if (zone === undefined || zone.toLowerCase() === "default") return address;
  print(call, unknownZone(zone));
  return undefined;
}
