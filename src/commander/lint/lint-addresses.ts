import { address32 } from "../../base/u32.ts";
import { addressRanges, flashRanges } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
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

/** Memory that every Cortex-M has beside the chip's own: bit-band aliases and the private peripherals (ARMv7-M ARM, B3.1). */
const EVERY_CORE: readonly Range[] = [
  { start: 0x22000000, length: 0x2000000 },
  { start: 0x42000000, length: 0x2000000 },
  { start: 0xe0000000, length: 0x100000 },
];

interface Range {
  readonly start: number;
  readonly length: number;
}

/** Addresses that the chip doesn't have. */
export function lintAddresses(call: ScriptCall): readonly ScriptFinding[] {
  const { chip, line } = call;
  const range = rangeOf(call);
  if (!chip || !range) return [];
  const known: readonly Range[] =
    call.command.names[0] === "erase" ? flashRanges(chip) : [...addressRanges(chip), ...EVERY_CORE];
  if (isInside(range, known)) return [];
  const what = `${address32(range.start)} to ${address32(range.start + range.length - 1)} is outside of the ${chip.name}${call.command.names[0] === "erase" ? "'s flash" : ""}.`;
  return [{ line, severity: "warn", what, remedy: "Check the address (numbers are hex by default) and the device." }];
}

/** Neighbouring memories count as one. */
const isInside = ({ start, length }: Range, known: readonly Range[]): boolean => {
  const containing = known.find((each) => start >= each.start && start < each.start + each.length);
  if (!containing) return false;
  const end = containing.start + containing.length;
  return start + length <= end || isInside({ start: end, length: start + length - end }, known);
};

function rangeOf({ command, args, chip }: ScriptCall): Range | undefined {
  const [name] = command.names;
  const size = ITEM_SIZES[name];
  if (size !== undefined) {
    const items = args.has("NumItems") ? args.number("NumItems") : 1;
    return { start: args.address("Addr").address, length: Math.max(1, items * size) };
  }
  if (name === "SaveBin") return { start: args.address("addr").address, length: Math.max(1, args.number("NumBytes")) };
  if (name !== "erase" || !args.has("SAddr") || !chip) return undefined;
  return { start: args.number("SAddr"), length: Math.max(1, args.number("EAddr") - args.number("SAddr")) };
}

/** The part of the chip's own memory that a finding about an image speaks of. */
export const isOnChip = (chip: Chip, start: number, length: number): boolean =>
  isInside({ start, length: Math.max(1, length) }, addressRanges(chip));
