import type { Log } from "../base/log.ts";
import { address32 } from "../base/u32.ts";
import type { BoardChip, ChipOptions } from "./chip/seam.ts";
import { TwinError } from "./twin-error.ts";

/** A chip that a twin can be built around, whatever its family. */
export interface TwinChip extends BoardChip {
  /** The unique ID as hex digits; part of the state. */
  readonly uid: string;
  /** Called for an encoding that the core model does not implement. */
  onUnimplemented: ((opcode: number, pc: number) => void) | undefined;
  /** Makes the debugger's accesses to the flash controller fault, to prove that a loader works from RAM. */
  closeFlashController: boolean;
}

/** Chip models by the name that boards are asked for. */
export interface ChipModels {
  readonly [name: string]: (options: ChipOptions) => TwinChip;
}

/** Makes a chip by name, without power; what it has no model of goes to the log. Throws `twin-unknown-chip`. */
export function createChip(models: ChipModels, name: string, options: ChipOptions, log: Log): TwinChip {
  const create = Object.hasOwn(models, name) ? models[name] : undefined;
  if (create === undefined) throw unknownChip(name, Object.keys(models));
  const chip = create(options);
  chip.onUnimplemented = (opcode, pc) =>
    log({ layer: "twin", text: `the core has no model of opcode ${address32(opcode)} at ${address32(pc)}` });
  return chip;
}

function unknownChip(chip: string, known: readonly string[]): TwinError {
  const text = `There is no model of the chip "${chip}"; there is ${known.join(", ")}`;
  return new TwinError("twin-unknown-chip", text, { details: { chip, known } });
}
