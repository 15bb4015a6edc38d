import type { Log } from "../base/log.ts";
import { address32 } from "../base/u32.ts";
import type { BoardChip, ChipOptions } from "./chip/seam.ts";
import { createMk24 } from "./families/kinetis-ftfe/mk24fn1m0xxx12.ts";
import { createMk64 } from "./families/kinetis-ftfe/mk64fn1m0xxx12.ts";
import { NRF52_MODELS } from "./families/nrf52/chips.ts";
import { createRp2040 } from "./families/rp2040/rp2040-chip.ts";
import { STM32F4_MODELS } from "./families/stm32f4/chips.ts";
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

/** Chip models by the name that boards are asked for; a new chip is one line here. */
const CHIPS: { readonly [name: string]: (options: ChipOptions) => TwinChip } = {
  MK24FN1M0xxx12: createMk24,
  MK64FN1M0xxx12: createMk64,
  ...NRF52_MODELS,
  RP2040: createRp2040,
  ...STM32F4_MODELS,
};

/** Whether there is a model of a chip. */
export const hasTwin = (name: string): boolean => Object.hasOwn(CHIPS, name);

/** Makes a chip by name, without power; what it has no model of goes to the log. Throws `twin-unknown-chip`. */
export function createChip(name: string, options: ChipOptions, log: Log): TwinChip {
  const create = hasTwin(name) ? CHIPS[name] : undefined;
  if (create === undefined) throw unknownChip(name);
  const chip = create(options);
  chip.onUnimplemented = (opcode, pc) =>
    log({ layer: "twin", text: `the core has no model of opcode ${address32(opcode)} at ${address32(pc)}` });
  return chip;
}

function unknownChip(chip: string): TwinError {
  const known = Object.keys(CHIPS);
  const text = `There is no model of the chip "${chip}"; there is ${known.join(", ")}`;
  return new TwinError("twin-unknown-chip", text, { details: { chip, known } });
}
