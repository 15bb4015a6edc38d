import { bankAt } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { explainDifferences } from "../../doctor/differences.ts";
import { placesOf } from "../../doctor/places.ts";
import type { Difference } from "../../flash/verify.ts";
import { placedFields } from "../../protection/field-value.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { causeLines } from "../../report/cause-report.ts";
import type { Compared, ComparedRange, Requests } from "../protocol.ts";
import { givenChip } from "./given-chip.ts";
import { givenImage } from "./given-image.ts";
import { differencesOf } from "./image-differences.ts";

/** Ranges that are shown, and how many bytes of each. */
const SHOWN = 128;
const BYTES_SHOWN = 256;

/** Compares two images byte by byte; what one of them has no byte for is unprogrammed there. Throws `ImageError`. */
export async function compare({ file, other, chip: name }: Requests["compare"]["asked"]): Promise<Compared> {
  const chip = name === undefined ? undefined : await givenChip(name);
  const [a, b] = [await givenImage(file, chip), await givenImage(other, chip)];
  const differences = differencesOf(a.image, b.image);
  const explained =
    chip && differences.length > 0 ? explainDifferences({ chip, image: a.image, differences }) : undefined;
  const places = placesOf(differences, a.image.symbols);
  return {
    summary: summaryOf(differences),
    ranges: differences.slice(0, SHOWN).map((difference, i) => shown(difference, places[i]?.text, chip)),
    more: Math.max(0, differences.length - SHOWN),
    lines: explained ? causeLines(explained, inCliWords) : [],
    guesses: [...a.guesses, ...b.guesses],
  };
}

function summaryOf(differences: readonly Difference[]): string {
  const bytes = differences.reduce((sum, { expected }) => sum + expected.length, 0);
  if (differences.length === 0) return "The images hold the same bytes.";
  const ranges = differences.length === 1 ? "1 range differs" : `${differences.length} ranges differ`;
  return `${ranges}, ${bytes} ${bytes === 1 ? "byte" : "bytes"} long in all.`;
}

const shown = (difference: Difference, place: string | undefined, chip: Chip | undefined): ComparedRange => ({
  address: difference.address,
  length: difference.expected.length,
  expected: difference.expected.slice(0, BYTES_SHOWN),
  actual: difference.actual?.slice(0, BYTES_SHOWN) ?? new Uint8Array(),
  region: regionOf(difference, place, chip),
});

/** The security fields, the bank or the memory that a range lies in, and its name of the ELF file. */
function regionOf({ address, expected }: Difference, place: string | undefined, chip: Chip | undefined): string {
  const end = address + expected.length;
  const fields = chip?.protection
    ? placedFields({ groups: chip.protection.groups.filter((group) => group.place === "flash") })
    : [];
  const touched = fields.filter(({ field }) => field.address < end && field.address + field.width > address);
  const memory = chip?.memories.find(({ start, length }) => address >= start && address < start + length);
  const bank = chip && bankAt(chip, address);
  const name = place?.split(" in ")[1];
  const words = [
    ...(bank ? [`bank ${bank.id}`] : memory ? [memory.kind] : []),
    ...touched.map(({ field }) => field.name),
    ...(name === undefined ? [] : [name]),
  ];
  return words.join(", ") || (chip ? "outside of the chip's memories" : "");
}
