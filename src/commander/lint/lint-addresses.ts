import { address32 } from "../../base/u32.ts";
import { addressRanges, flashRanges } from "../../chips/banks.ts";
import { EVERY_CORE, isInside, type Range } from "../target/on-chip.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** Bytes of one item, by command. */
const ITEM_SIZES: Readonly<Record<string, number>> = {
  mem: 1,
  mem8: 1,
  mem16: 2,
  mem32: 4,
  mem64: 8,
  w1: 1,
  w2: 2,
  w4: 4,
  w8: 8,
};

/** Addresses that the chip doesn't have. */
export function lintAddresses(call: ScriptCall): readonly ScriptFinding[] {
  const { chip, line } = call;
  const range = rangeOf(call);
  if (range && range.length <= 0) return [backward(call, range)];
  if (!chip || !range) return [];
  const known: readonly Range[] =
    call.command.names[0] === "erase" ? flashRanges(chip) : [...addressRanges(chip), ...EVERY_CORE];
  if (isInside(range, known)) return [];
  const what = `${address32(range.start)} to ${address32(range.start + range.length - 1)} is outside of the ${chip.name}${call.command.names[0] === "erase" ? "'s flash" : ""}.`;
  return [{ line, severity: "warn", what, remedy: "Check the address (numbers are hex by default) and the device." }];
}

/** An erase whose second number is meant as a length, most often. */
const backward = ({ line }: ScriptCall, { start, length }: Range): ScriptFinding => ({
  line,
  severity: "warn",
  what: `The range to erase ends at ${address32(start + length)}, not behind its start ${address32(start)}: the run refuses it (what J-Link does is unsure).`,
  remedy: "The second number is the address behind the range, not a length.",
});

function rangeOf({ command, args }: ScriptCall): Range | undefined {
  const [name] = command.names;
  const size = ITEM_SIZES[name];
  if (size !== undefined) {
    const items = args.has("NumItems") ? args.number("NumItems") : 1;
    return { start: args.address("Addr").address, length: Math.max(1, items * size) };
  }
  if (name === "SaveBin") return { start: args.address("addr").address, length: Math.max(1, args.number("NumBytes")) };
  if (name !== "erase" || !args.has("SAddr")) return undefined;
  return { start: args.number("SAddr"), length: args.number("EAddr") - args.number("SAddr") };
}
