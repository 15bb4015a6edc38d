import type { Chip } from "../chips/chip.ts";
import type { Difference } from "../flash/verify.ts";
import type { Image } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import type { DeclaredChange } from "../protection/effective-image.ts";
import { lockingFields } from "../protection/chip-fields.ts";
import { fieldBytes, type PlacedField, valueIn } from "../protection/field-value.ts";

/** What is known of how the chip came to hold what it holds; every answer may be unknown. */
export interface History {
  /** Whether the chip was mass-erased right before it was programmed. */
  readonly massErased?: boolean;
  /** Whether the sector of the security bytes was erased after that and before it was programmed. */
  readonly sectorErased?: boolean;
  /** Whether the tool that programmed compared the chip with its own data, and found it right. */
  readonly toolVerified?: boolean;
  /** The device name that J-Link was given. */
  readonly device?: string;
  /** Whether the job was cut off or called off. */
  readonly interrupted?: boolean;
  /** Whether the debug port says that the chip is locked now. */
  readonly locked?: boolean;
}

/** What a verify found, and everything that helps to explain it. */
export interface DifferenceInput {
  readonly chip: Chip;
  /** The image that was asked for; with the symbols of an ELF file, differences are named by them. */
  readonly image: Pick<Image, "segments"> & Partial<Pick<Image, "symbols">>;
  /** What Flashproof's policy changed in it. */
  readonly changes?: readonly DeclaredChange[];
  readonly differences: readonly Difference[];
  readonly history?: History;
}

/** A byte that differs; `actual` is undefined where it could not be read. */
export interface DifferingByte {
  readonly address: number;
  readonly expected: number;
  readonly actual: number | undefined;
}

/** A field whose value differs. */
export interface FieldEvidence extends PlacedField {
  readonly image: number;
  readonly chip: number;
}

/** An input with its bytes laid out for the causes to look at. */
export interface Evidence {
  readonly chip: Chip;
  readonly image: Pick<Image, "segments">;
  readonly changes: readonly DeclaredChange[];
  readonly history: History;
  /** How many bytes differ. */
  readonly count: number;
  /** The bytes that differ; where they are very many, a part of them, evenly spread. */
  readonly bytes: readonly DifferingByte[];
  /** The fields that can close the chip, where they differ and could be read. */
  readonly fields: readonly FieldEvidence[];
  /** What the chip holds at an address of the image; undefined for an unreadable byte or an address outside. */
  chipByte(address: number): number | undefined;
}

/** Bytes looked at, at most: a wrong image differs in a million places that all say the same. */
const SAMPLE = 4096;

/** Lays out the bytes of an input. */
export function evidenceOf(input: DifferenceInput): Evidence {
  const { chip, image, changes = [], history = {}, differences } = input;
  const count = differences.reduce((sum, difference) => sum + differing(difference), 0);
  const important = lockingFields(chip).flatMap(({ field }) => addressesOf(field));
  const chipByte = (address: number) => {
    const found = differenceAt(differences, address);
    return found ? found.actual?.[address - found.address] : readAt(image, address);
  };
  return {
    chip,
    image,
    changes,
    history,
    count,
    bytes: sample(differences, Math.ceil(count / SAMPLE) | 1, new Set(important)),
    fields: lockingFields(chip).flatMap((placed) => fieldEvidence(placed, differences, image, chipByte) ?? []),
    chipByte,
  };
}

/** The addresses of a field's bytes. */
export const addressesOf = ({ address, width }: { readonly address: number; readonly width: number }) =>
  Array.from({ length: width }, (_, i) => address + i);

function fieldEvidence(
  placed: PlacedField,
  differences: readonly Difference[],
  image: DifferenceInput["image"],
  chipByte: (address: number) => number | undefined,
): FieldEvidence | undefined {
  const { field } = placed;
  const differing = addressesOf(field).flatMap((address) => byteAt(differences, address) ?? []);
  if (differing.length === 0 || differing.some(({ actual }) => actual === undefined)) return undefined;
  const wanted = fieldBytes(placed, (at) => byteAt(differences, at)?.expected ?? readAt(image, at));
  const found = fieldBytes(placed, (at) => byteAt(differences, at)?.actual ?? chipByte(at));
  return wanted && found ? { ...placed, image: valueIn(field, wanted), chip: valueIn(field, found) } : undefined;
}

/** The differing byte at an address, if that byte differs. */
export function byteAt(differences: readonly Difference[], address: number): DifferingByte | undefined {
  const found = differenceAt(differences, address);
  if (!found) return undefined;
  const [expected, actual] = [found.expected[address - found.address], found.actual?.[address - found.address]];
  return expected === actual ? undefined : { address, expected, actual };
}

/** The difference that covers an address; they are in the order of their addresses, so halving finds it. */
function differenceAt(differences: readonly Difference[], address: number): Difference | undefined {
  let [low, high] = [0, differences.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (differences[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  const last = differences[low - 1];
  return last && address < last.address + last.expected.length ? last : undefined;
}

const differing = ({ expected, actual }: Difference): number =>
  expected.filter((byte, i) => byte !== actual?.[i]).length;

/** Every `step`-th differing byte (odd, so that both bytes of a word are met), and always those at `important`. */
function sample(
  differences: readonly Difference[],
  step: number,
  important: ReadonlySet<number>,
): readonly DifferingByte[] {
  const bytes: DifferingByte[] = [];
  let index = 0;
  for (const { address, expected, actual } of differences) {
    for (const [i, byte] of expected.entries()) {
      if (byte === actual?.[i]) continue;
      const chosen = index++ % step === 0 || important.has(address + i);
      if (chosen) bytes.push({ address: address + i, expected: byte, actual: actual?.[i] });
    }
  }
  return bytes;
}
