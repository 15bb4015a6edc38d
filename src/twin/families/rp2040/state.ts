import type { ChipCore } from "../../chip/chip-core.ts";
import { type Saved, type Stateful, savedFlag, savedPart } from "../../chip/saved.ts";
import type { ChipParts } from "../../chip/seam.ts";
import type { FlashCells } from "../../chip/flash-cells.ts";

/** What of a chip goes into a state file. */
export interface SavableChip {
  isPowered: boolean;
  isHeld: boolean;
  readonly sram: Uint8Array;
  readonly xipSram: Uint8Array;
  readonly cores: readonly ChipCore[];
  readonly aps: readonly Stateful[];
  readonly timeline: Stateful;
  readonly peripherals: Stateful & { readonly flash: { readonly cells: FlashCells } };
}

const memoriesOf = (chip: SavableChip): readonly (readonly [string, Uint8Array])[] => [
  ["flash", chip.peripherals.flash.cells.bytes],
  ["marks", chip.peripherals.flash.cells.marks],
  ["sram", chip.sram],
  ["xipSram", chip.xipSram],
];

/** All state of a chip, copied: memories, the cores, and everything else as JSON in `periph`. */
export function saveParts(chip: SavableChip): ChipParts {
  const parts = new Map<string, Uint8Array>(memoriesOf(chip).map(([name, bytes]) => [name, bytes.slice()]));
  chip.cores.forEach(({ cpu }, n) => void parts.set(`core${n}`, cpu.save()));
  const [ap0, ap1] = chip.aps.map((ap) => ap.save());
  const { isPowered: powered, isHeld: held } = chip;
  const saved = { powered, held, ap0, ap1, timeline: chip.timeline.save(), peripherals: chip.peripherals.save() };
  return parts.set("periph", new TextEncoder().encode(JSON.stringify(saved)));
}

/** The counterpart of `saveParts`, onto a chip at its present time. Throws `RangeError` where a part doesn't fit. */
export function loadParts(chip: SavableChip, parts: ChipParts): void {
  for (const [name, bytes] of memoriesOf(chip)) bytes.set(partOf(parts, name, bytes.length));
  const saved = JSON.parse(new TextDecoder().decode(partOf(parts, "periph"))) as Saved;
  chip.isPowered = savedFlag(saved, "powered");
  chip.isHeld = savedFlag(saved, "held");
  chip.peripherals.restore(savedPart(saved, "peripherals"));
  chip.cores.forEach(({ cpu }, n) => void cpu.restore(partOf(parts, `core${n}`)));
  chip.aps.forEach((ap, n) => void ap.restore(savedPart(saved, `ap${n}`)));
  chip.timeline.restore(savedPart(saved, "timeline"));
}

function partOf(parts: ChipParts, name: string, length?: number): Uint8Array {
  const bytes = parts.get(name);
  if (!bytes || (length !== undefined && bytes.length !== length)) {
    throw new RangeError(`the state's part "${name}" is missing or has the wrong length`);
  }
  return bytes;
}
