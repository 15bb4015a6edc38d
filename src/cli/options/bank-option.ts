import { HostError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";

/** The bank of a name; throws `usage` with the names that the chip has. */
export function bankOf(chip: Chip, name: string): FlashBank {
  const bank = chip.banks.find(({ id }) => id === name);
  if (bank) return bank;
  const known = chip.banks.map(({ id }) => id).join(", ");
  throw new HostError("usage", `The ${chip.name} has no bank "${name}"; it has ${known}`);
}

/** The names of `--bank`, each of which is one of the chip's; throws `usage` as `bankOf` does. */
export const banksOf = (chip: Chip, names: readonly string[]): readonly string[] =>
  names.map((name) => bankOf(chip, name).id);
