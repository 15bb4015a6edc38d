import type { Log } from "../base/log.ts";
import { address32 } from "../base/u32.ts";
import { createMk24 } from "./chip/mk24-chip.ts";
import type { Mk24, Mk24Identity, Mk24Options } from "./chip/mk24-seam.ts";
import { MK24FN1M0xxx12 } from "./chips/mk24fn1m0xxx12.ts";
import { MK64FN1M0xxx12 } from "./chips/mk64fn1m0xxx12.ts";
import { TwinError } from "./twin-error.ts";

/** Chips that have a model, by the name that boards are asked for; a new chip is one line here. */
const CHIPS: readonly Mk24Identity[] = [MK24FN1M0xxx12, MK64FN1M0xxx12];

/** Makes a chip by name, without power; what it has no model of goes to the log. Throws `twin-unknown-chip`. */
export function createChip(name: string, options: Mk24Options, log: Log): Mk24 {
  const identity = CHIPS.find((each) => each.name === name);
  if (identity === undefined) throw unknownChip(name);
  const chip = createMk24(identity, options);
  chip.onUnimplemented = (opcode, pc) =>
    log({ layer: "twin", text: `the core has no model of opcode ${address32(opcode)} at ${address32(pc)}` });
  return chip;
}

function unknownChip(chip: string): TwinError {
  const known = CHIPS.map(({ name }) => name);
  const text = `There is no model of the chip "${chip}"; there is ${known.join(", ")}`;
  return new TwinError("twin-unknown-chip", text, { details: { chip, known } });
}
