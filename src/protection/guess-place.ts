import type { Chip } from "../chips/chip.ts";
import { placeQuery } from "../chips/place-query.ts";
import { guessBase } from "../image/identity/guess-base.ts";
import { rawPlaces } from "../image/raw-place.ts";

/** Where a raw file that was given without an address seems to belong, and what makes it seem so. */
export interface GuessedPlace {
  readonly place: number;
  readonly how: string;
}

/** The place of a raw file, by its vectors: on a chip where one is given, 0 where nothing shows it. Pure. */
export function guessPlace(raw: Uint8Array, chip: Chip | undefined): GuessedPlace {
  return chip ? placeOnChip(raw, chip) : placeByItself(raw);
}

function placeOnChip(raw: Uint8Array, chip: Chip): GuessedPlace {
  const [place = 0, ...more] = rawPlaces(raw, placeQuery(chip));
  return { place, how: more.length === 0 ? "a guess by its vectors, where it has any" : "a guess" };
}

function placeByItself(raw: Uint8Array): GuessedPlace {
  const guess = guessBase(raw);
  return guess ? { place: guess.base, how: `a guess: ${guess.why}` } : { place: 0, how: "a guess" };
}
