import type { Json } from "../../../base/errors.ts";
import { type Saved, type Stateful, savedFlag, savedPart } from "../../chip/saved.ts";
import type { ChipParts } from "../../chip/seam.ts";
import type { Cpu } from "../../cpu/seam.ts";
import type { FlashMemory } from "./flash/flash-memory.ts";

/** What of a chip goes into a state file. */
export interface SavableChip {
  isPowered: boolean;
  /** A debugger has touched an access port since the last power-on or pin reset. */
  isDebugged: boolean;
  readonly cpu: Cpu;
  readonly flash: FlashMemory;
  readonly ram: Uint8Array;
  /** Everything that is kept as JSON, by name. */
  readonly stateful: { readonly [name: string]: Stateful };
}

/** The chip's memories by the name of their part in a state file. */
const memoriesOf = ({ flash, ram }: SavableChip): readonly (readonly [string, Uint8Array])[] => [
  ["flash", flash.code.cells.bytes],
  ["flashMarks", flash.code.cells.marks],
  ["uicr", flash.uicr.cells.bytes],
  ["uicrMarks", flash.uicr.cells.marks],
  ["sram", ram],
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
  chip.isDebugged = savedFlag(saved, "debugged");
  for (const [name, part] of Object.entries(chip.stateful)) part.restore(savedPart(saved, name));
}

function registersOf(chip: SavableChip): Saved {
  const parts = Object.entries(chip.stateful).map(([name, part]): [string, Json] => [name, part.save()]);
  return { powered: chip.isPowered, debugged: chip.isDebugged, ...Object.fromEntries(parts) };
}

function partOf(parts: ChipParts, name: string, length?: number): Uint8Array {
  const bytes = parts.get(name);
  if (!bytes || (length !== undefined && bytes.length !== length)) {
    throw new RangeError(`the state's part "${name}" is missing or has the wrong length`);
  }
  return bytes;
}
