import { bootBank, joinedBanks } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import { placeQuery } from "../chips/place-query.ts";
import { atOwnAddresses, checkNamedBanks, usableBanks } from "../flash/plan/named-banks.ts";
import { type ElfFile, readElf } from "../image/elf.ts";
import { joinImages } from "../image/build-image.ts";
import { checkComplete, type Image, ImageError } from "../image/image.ts";
import { checkInside } from "../image/image-bytes.ts";
import { rawPlaces } from "../image/raw-place.ts";
import { detectFormat } from "../image/formats/file-format.ts";
import { readImage } from "../image/read-image.ts";
import { guessPlace } from "../protection/guess-place.ts";
import { checkFamily } from "../protection/image-family.ts";
import { banksOf } from "./options/bank-option.ts";
import { parseFileAt } from "./options/numbers.ts";
import type { TargetOptions } from "./options/sets.ts";
import { chipNeeded } from "./target.ts";
import { type Invocation, note } from "./verb.ts";

/** Where the files that a verb names go. */
interface Placed {
  readonly base: number | undefined;
}

/** What reading an image for a chip takes. */
interface ForChip extends Placed, Pick<TargetOptions, "chip"> {
  readonly allowIncomplete: boolean;
  /** Banks beside the firmware's that the image may change. */
  readonly bank?: readonly string[];
}

/** A file that a verb names, with its address where one was given. */
interface NamedFile {
  readonly path: string;
  readonly address?: number;
  readonly bytes: Uint8Array;
}

/** Where a raw file goes that was given without an address. */
type PlaceRaw = (file: NamedFile) => number;

/**
 * Reads the files that a verb names (`FILE[@ADDR]`) as the image for its chip. A raw file without an address is taken
 * for the start of the flash where its vectors fit there, which is noted.
 *
 * Throws what readers throw, `image-address` where a raw file belongs elsewhere or may belong anywhere,
 * `image-incomplete` without `--allow-incomplete`, `image-overlap`, `image-outside-chip`, `uf2-family`.
 */
export function readImagesForChip(invocation: Invocation<ForChip>): ImagesForChip {
  const files = namedFiles(invocation);
  const chip = chipNeeded(invocation);
  const banks = banksOf(chip, invocation.options.bank ?? []);
  const image = readAll(files, (file) => placeByVectors(file, chip, invocation));
  if (!invocation.options.allowIncomplete) checkComplete(image);
  checkFamily(image, chip);
  checkOnChip(image, chip, banks);
  return { image, chip, banks };
}

/** What the files of a verb hold for its chip. */
export interface ImagesForChip {
  readonly image: Image;
  readonly chip: Chip;
  /** The banks beside the firmware's that were named, by their ids. */
  readonly banks: readonly string[];
}

/**
 * Reads the files to look at them only, or takes the `bytes` of the first that were read already: where the place of a
 * raw one is a guess, `guesses` says so.
 */
export function readImagesToExplain(
  invocation: Invocation<Placed>,
  chip: Chip | undefined,
  bytes?: Uint8Array,
): { readonly image: Image; readonly guesses: readonly string[] } {
  const guesses: string[] = [];
  const image = readAll(namedFiles(invocation, bytes), ({ path, bytes: raw }) => {
    const { place, how } = guessPlace(raw, chip);
    guesses.push(`${path} was given without an address: explained at ${shortAddress(place)}, ${how}`);
    return place;
  });
  return { image, guesses };
}

/**
 * Reads the files that a verb names as a program for RAM. Throws what readers throw, `image-address` for a raw file without
 * an address, `image-incomplete` without `--allow-incomplete`, and `image-overlap`.
 */
export function readImagesForRam(invocation: Invocation<Placed & Pick<ForChip, "allowIncomplete">>): Image {
  const image = readAll(namedFiles(invocation), ({ path }) => {
    throw noPlace(path, []);
  });
  if (!invocation.options.allowIncomplete) checkComplete(image);
  return image;
}

/** Throws `image-outside-chip` where the image leaves the chip's flash, `bank-not-named` for option bytes and the like. */
function checkOnChip(image: Image, chip: Chip, banks: readonly string[]): void {
  const own = atOwnAddresses(image, chip);
  checkNamedBanks(own, chip, banks);
  checkInside(own, joinedBanks(usableBanks(chip, banks)));
}

function namedFiles(invocation: Invocation<Placed>, first?: Uint8Array): readonly NamedFile[] {
  const { base } = invocation.options;
  return invocation.args.map((text, at) => {
    const { path, address = base } = parseFileAt(text);
    return {
      path,
      bytes: (at === 0 ? first : undefined) ?? invocation.readFile(path),
      ...(address === undefined ? {} : { address }),
    };
  });
}

/** The ELF files that a verb names; throws what `readElf` throws. */
export const namedElfs = (invocation: Invocation<Placed>): readonly ElfFile[] =>
  namedFiles(invocation)
    .filter(({ path, bytes }) => bytes.length > 0 && detectFormat(bytes, { name: path }) === "elf")
    .map(({ bytes }) => readElf(bytes));

function readAll(files: readonly NamedFile[], placeRaw: PlaceRaw): Image {
  const images = files.map((file) => {
    const address = file.address ?? (isRaw(file) ? placeRaw(file) : undefined);
    // Where an address was given for raw bytes, the reader refuses another format; a place that was found is for raw.
    const format = file.address === undefined && address !== undefined ? { format: "raw" as const } : {};
    return readImage(file.bytes, { name: file.path, ...format, ...(address === undefined ? {} : { address }) });
  });
  return images.length === 1 ? images[0] : joinImages(images);
}

const isRaw = ({ path, bytes }: NamedFile): boolean =>
  bytes.length > 0 && detectFormat(bytes, { name: path }) === "raw";

function placeByVectors(file: NamedFile, chip: Chip, invocation: Invocation): number {
  const { start, length } = bootBank(chip);
  // Nothing that is larger than the flash fits anywhere, and that is what has to be reported.
  if (file.bytes.length > length) return start;
  const places = rawPlaces(file.bytes, placeQuery(chip));
  if (!places.includes(start)) throw noPlace(file.path, places);
  const others = places.filter((place) => place !== start).map(shortAddress);
  const beside = others.length > 0 ? ` (they fit ${others.join(", ")} as well)` : "";
  note(invocation, `${file.path} was given without an address: its vectors fit ${shortAddress(start)}${beside}`);
  return start;
}

function noPlace(path: string, places: readonly number[]): ImageError {
  const named = places.map((place) => `${path}@${shortAddress(place)}`);
  const why = {
    none: `has no vectors that show where it belongs: ${path}@ADDRESS`,
    one: `its vectors fit one other place than the start of the flash: ${named[0]}`,
    several: `its vectors fit several places, but not the start of the flash: ${named.join(", ")}`,
  }[places.length === 0 ? "none" : places.length === 1 ? "one" : "several"];
  return new ImageError("image-address", `${path} was given without an address, and ${why}`, {
    details: { file: path, places: places.map(shortAddress) },
  });
}

const shortAddress = (address: number): string => `0x${address.toString(16).toUpperCase()}`;
