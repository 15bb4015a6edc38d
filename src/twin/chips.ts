import type { Log } from "../base/log.ts";
import { address32 } from "../base/u32.ts";
import { createMk24 } from "./families/kinetis-ftfe/mk24-chip.ts";
import type { Mk24, Mk24Options } from "./families/kinetis-ftfe/mk24-seam.ts";
import { TwinError } from "./twin-error.ts";

/** Chip models by the name that boards are asked for; a new chip is one line here. */
const CHIPS: { readonly [name: string]: (options: Mk24Options) => Mk24 } = { MK24FN1M0xxx12: createMk24 };

/** Makes a chip by name, without power; what it has no model of goes to the log. Throws `twin-unknown-chip`. */
export function createChip(name: string, options: Mk24Options, log: Log): Mk24 {
  const create = Object.hasOwn(CHIPS, name) ? CHIPS[name] : undefined;
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
