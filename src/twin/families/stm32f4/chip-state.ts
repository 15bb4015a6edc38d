import type { Json } from "../../../base/errors.ts";
import { type Saved, type Stateful, savedFlag, savedNumber, savedPart } from "../../chip/saved.ts";
import type { ChipParts } from "../../chip/seam.ts";
import type { Cpu } from "../../cpu/seam.ts";
import type { FlashUnit } from "./flash/flash-unit.ts";
import type { Peripherals } from "./peripherals/list.ts";

/** What of a chip goes into a state file. */
export interface SavableChip {
  isPowered: boolean;
  readonly cpu: Cpu;
  readonly flash: FlashUnit;
  readonly sram: Uint8Array;
  readonly ccm: Uint8Array;
  readonly ahbAp: Stateful;
  readonly resets: Stateful;
  readonly peripherals: Peripherals;
  readonly timeline: Stateful;
}

/** The chip's memories by the name of their part in a state file. */
const memoriesOf = ({ flash, sram, ccm, peripherals }: SavableChip): readonly (readonly [string, Uint8Array])[] => [
  ["flash", flash.main.bytes],
  ["flashMarks", flash.main.marks],
  ["otp", flash.otp.bytes],
  ["otpMarks", flash.otp.marks],
  ["sram", sram],
  ["ccm", ccm],
  ["backupSram", peripherals.backupSram],
];

const registerPartsOf = (chip: SavableChip) =>
  [
    ["options", chip.flash.cells],
    ["resets", chip.resets],
    ["ahbAp", chip.ahbAp],
    ["peripherals", chip.peripherals],
    ["operations", chip.flash.operations],
    ["timeline", chip.timeline],
  ] as const;

/** All state of a chip, copied: memories, the core, and everything else as JSON in `periph`. */
export function saveParts(chip: SavableChip): ChipParts {
  const parts = new Map<string, Uint8Array>(memoriesOf(chip).map(([name, bytes]) => [name, bytes.slice()]));
  parts.set("core", chip.cpu.save());
  const { level, debuggerSeen, errors } = chip.flash;
  const own: Saved = { powered: chip.isPowered, level, debuggerSeen, errors };
  const saved = registerPartsOf(chip).map(([name, part]): [string, Json] => [name, part.save()]);
  parts.set("periph", new TextEncoder().encode(JSON.stringify({ ...own, ...Object.fromEntries(saved) })));
  return parts;
}

/** The counterpart of `saveParts`, onto a chip at its present time. Throws `RangeError` where a part doesn't fit. */
export function loadParts(chip: SavableChip, parts: ChipParts): void {
  for (const [name, bytes] of memoriesOf(chip)) bytes.set(partOf(parts, name, bytes.length));
  chip.cpu.restore(partOf(parts, "core"));
  const saved = JSON.parse(new TextDecoder().decode(partOf(parts, "periph"))) as Saved;
  chip.isPowered = savedFlag(saved, "powered");
  chip.flash.level = savedNumber(saved, "level") as FlashUnit["level"];
  chip.flash.debuggerSeen = savedFlag(saved, "debuggerSeen");
  chip.flash.errors = savedNumber(saved, "errors");
  for (const [name, part] of registerPartsOf(chip)) part.restore(savedPart(saved, name));
}

function partOf(parts: ChipParts, name: string, length?: number): Uint8Array {
  const bytes = parts.get(name);
  if (!bytes || (length !== undefined && bytes.length !== length)) {
    throw new RangeError(`the state's part "${name}" is missing or has the wrong length`);
  }
  return bytes;
}
