import type { Json } from "../../../base/errors.ts";
import type { Cpu } from "../../cpu/seam.ts";
import type { FlashArray } from "./flash/flash-array.ts";
import { type Saved, type Stateful, savedFlag, savedPart } from "../../chip/saved.ts";
import type { ChipParts } from "../../chip/seam.ts";

/** What of a chip goes into a state file. */
export interface SavableChip {
  isPowered: boolean;
  readonly cpu: Cpu;
  readonly flash: FlashArray;
  readonly sram: Uint8Array;
  readonly flexram: Uint8Array;
  readonly fcf: Stateful;
  readonly resets: Stateful;
  readonly ahbAp: Stateful;
  readonly mdmAp: Stateful;
  readonly peripherals: Stateful;
  readonly timeline: Stateful;
}

/** The chip's memories by the name of their part in a state file. */
const memoriesOf = (chip: SavableChip): readonly (readonly [string, Uint8Array])[] => [
  ["pflash", chip.flash.bytes],
  ["eccBad", chip.flash.syndromes],
  ["ifr", chip.flash.ifr],
  ["once", chip.flash.once],
  ["sram", chip.sram],
  ["flexram", chip.flexram],
];

/** All state of a chip, copied: memories, the core, and everything else as JSON in `periph`. */
export function saveParts(chip: SavableChip): ChipParts {
  const parts = new Map<string, Uint8Array>(memoriesOf(chip).map(([name, bytes]) => [name, bytes.slice()]));
  parts.set("core", chip.cpu.save());
  parts.set("periph", new TextEncoder().encode(JSON.stringify(registersOf(chip))));
  return parts;
}

/** The counterpart of `saveParts`, onto a chip at its present time. Throws `RangeError` where a part doesn't fit. */
export function loadParts(chip: SavableChip, parts: ChipParts): void {
  for (const [name, bytes] of memoriesOf(chip)) bytes.set(partOf(parts, name, bytes.length));
  chip.cpu.restore(partOf(parts, "core"));
  const saved = JSON.parse(new TextDecoder().decode(partOf(parts, "periph"))) as Saved;
  chip.isPowered = savedFlag(saved, "powered");
  for (const [name, part] of registerPartsOf(chip)) part.restore(savedPart(saved, name));
  chip.flash.recount();
}

const registerPartsOf = (chip: SavableChip) =>
  [
    ["fcf", chip.fcf],
    ["resets", chip.resets],
    ["ahbAp", chip.ahbAp],
    ["mdmAp", chip.mdmAp],
    ["peripherals", chip.peripherals],
    ["timeline", chip.timeline],
  ] as const;

function registersOf(chip: SavableChip): Saved {
  const parts = registerPartsOf(chip).map(([name, part]): [string, Json] => [name, part.save()]);
  return { powered: chip.isPowered, ...Object.fromEntries(parts) };
}

function partOf(parts: ChipParts, name: string, length?: number): Uint8Array {
  const bytes = parts.get(name);
  if (!bytes || (length !== undefined && bytes.length !== length)) {
    throw new RangeError(`the state's part "${name}" is missing or has the wrong length`);
  }
  return bytes;
}
