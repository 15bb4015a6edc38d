import { address32 } from "../../base/u32.ts";
import type { Image } from "../image.ts";
import { type ImageFamily, type ImageFamilyId, familyName, IMAGE_FAMILIES } from "./families.ts";
import { PAGE, peripheralPages } from "./constants.ts";
import type { ImagePart } from "./part.ts";
import { imxrtParts } from "./parts/imxrt.ts";
import { kinetisParts } from "./parts/kinetis.ts";
import { lpcParts } from "./parts/lpc.ts";
import { mcubootParts } from "./parts/mcuboot.ts";
import { nordicParts } from "./parts/nordic.ts";

import { rp2Parts } from "./parts/rp2.ts";
import { settingsParts } from "./parts/settings.ts";
import { UF2_FAMILIES } from "./uf2-families.ts";
import { type VectorTable, vectorTables } from "./vectors.ts";

/** The family that an image is for, as far as its bytes tell. */
export interface FamilyGuess {
  readonly id: ImageFamilyId;
  readonly name: string;
  /** `stated` where the file names it or holds a part that only this family has; else a guess. */
  readonly likelihood: "stated" | "likely" | "possible";
  /** What speaks for it, one line each. */
  readonly for: readonly string[];
}

/** What an image shows of itself, whatever chip is meant. */
export interface ImageIdentity {
  readonly vectors: readonly VectorTable[];
  readonly parts: readonly ImagePart[];
  readonly family?: FamilyGuess;
}

/** Looks at an image's vectors, named parts and constants, and says what it is for. Pure. */
export function identifyImage(image: Pick<Image, "segments" | "families">): ImageIdentity {
  const vectors = vectorTables(image);
  const own = [
    ...mcubootParts(image),
    ...rp2Parts(image),
    ...imxrtParts(image),
    ...nordicParts(image),
    ...settingsParts(image),
  ];
  const first = guessOf(image, vectors, [...own, ...lpcParts(image, { vectors })]);
  const context = { vectors, ...(first ? { family: first.id } : {}) };
  const parts = [...own, ...lpcParts(image, context), ...kinetisParts(image, context)];
  const family = guessOf(image, vectors, parts);
  return { vectors, parts: parts.map((part) => forFamily(part, family)), ...(family ? { family } : {}) };
}

/** A part without what it says of security, unless the image is for the family that has such a part. */
function forFamily(part: ImagePart, family: FamilyGuess | undefined): ImagePart {
  const known = family !== undefined && family.likelihood !== "possible" && (part.family ?? family.id) === family.id;
  if (known) return part;
  const { security: _, ...rest } = part;
  return rest;
}

interface Score {
  readonly family: ImageFamily | { readonly id: ImageFamilyId };
  readonly points: number;
  readonly stated: boolean;
  readonly reasons: readonly string[];
}

/** So many points make a family possible, and likely; and so many more it has to have than any other. */
const POINTS = { possible: 4, likely: 6, ahead: 2 } as const;

function guessOf(
  image: Pick<Image, "segments" | "families">,
  vectors: readonly VectorTable[],
  parts: readonly ImagePart[],
): FamilyGuess | undefined {
  const pages = peripheralPages(image);
  const named = namedByFile(image);
  const scores = IMAGE_FAMILIES.map((family) => scoreOf({ family, image, vectors, parts, pages, named })).sort(
    (a, b) => b.points - a.points,
  );
  const [best, second] = scores;
  if (named.length === 1 && !scores.some(({ stated }) => stated)) return unlisted(named[0]);
  if (best.points < POINTS.possible || best.points < second.points + POINTS.ahead) return undefined;
  return {
    id: best.family.id,
    name: familyName(best.family.id),
    likelihood: best.stated ? "stated" : best.points >= POINTS.likely ? "likely" : "possible",
    for: best.reasons,
  };
}

/** The families that a UF2 file's blocks name; several mean that it is for each of them. */
const namedByFile = ({ families = [] }: Pick<Image, "families">): readonly ImageFamilyId[] => [
  ...new Set(families.flatMap((id) => UF2_FAMILIES[id]?.[1] ?? [])),
];

/** A family that a UF2 file names and of which nothing more is known. */
const unlisted = (id: ImageFamilyId): FamilyGuess => ({
  id,
  name: familyName(id),
  likelihood: "stated",
  for: ["the UF2 file names it"],
});

/** Telling peripherals that the code has to name, where no part of the image speaks for the family. */
const ENOUGH_DISTINCT = 2;

/** Pages in a family's empty space that chance and data put into any image. */
const CHANCE = 3;

const namesEmptySpace = ({ empty }: ImageFamily, pages: Evidence["pages"]): boolean =>
  empty !== undefined &&
  [...pages].filter(([page, isBase]) => isBase && page >= empty[0] && page < empty[1]).length > CHANCE;

interface Evidence {
  readonly family: ImageFamily;
  readonly image: Pick<Image, "segments" | "families">;
  readonly vectors: readonly VectorTable[];
  readonly parts: readonly ImagePart[];
  readonly pages: ReadonlyMap<number, boolean>;
  readonly named: readonly ImageFamilyId[];
}

function scoreOf({ family, image, vectors, parts, pages, named }: Evidence): Score {
  const isNamed = named.length === 1 && named[0] === family.id;
  const own = parts.filter((part) => part.family === family.id);
  const place = placeOf(family, image, vectors);
  const isNamedInCode = (base: number) => pages.has((base & ~(PAGE - 1)) >>> 0);
  const distinct = (family.distinctive ?? family.peripherals).filter(isNamedInCode).length;
  const isDistinct = (own.length > 0 || distinct >= ENOUGH_DISTINCT) && !namesEmptySpace(family, pages);
  const hits = isDistinct ? family.peripherals.filter(isNamedInCode) : [];
  // An image that lies where the family has no flash is not for it, however many of its addresses fit.
  if (!place && !isNamed && own.length === 0) return { family, points: 0, stated: false, reasons: [] };
  const points =
    (isNamed ? 10 : 0) +
    own.reduce((sum, { weight = 0 }) => sum + weight, 0) +
    (place?.points ?? 0) +
    shareOf(hits, family) +
    (isDistinct && family.distinctive ? distinct : 0);
  const reasons = [
    ...(isNamed ? ["the UF2 file names it"] : []),
    ...own.map(({ name, address }) => `${name} at ${address32(address)}`),
    ...(place ? [place.reason] : []),
    ...(hits.length > 0 ? [peripheralWords(hits)] : []),
  ];
  return { family, points, stated: isNamed || own.some(({ weight = 0 }) => weight >= 6), reasons };
}

/** Points for peripherals: their number counts, and what share of the family's usual ones it is. */
const shareOf = (hits: readonly number[], { peripherals }: ImageFamily): number =>
  Math.min(8, hits.length / 2 + (4 * hits.length) / peripherals.length);

const peripheralWords = (hits: readonly number[]): string =>
  `its code names ${hits.length} of that family's peripherals (${hits.slice(0, 4).map(address32).join(", ")}${hits.length > 4 ? ", ..." : ""})`;

/** Flash addresses that one family has and hardly any other. */
const DISTINCTIVE: readonly number[] = [0x0800_0000, 0x6000_0000, 0x3000_0000, 0x7000_0000, 0x1a00_0000, 0x0040_0000];

/** Whether the image lies where the family has its flash, and what that weighs: nothing at 0, where many have theirs. */
function placeOf(
  { flash, flashLength }: ImageFamily,
  { segments }: Pick<Image, "segments">,
  vectors: readonly VectorTable[],
): { readonly points: number; readonly reason: string } | undefined {
  const places = vectors.length > 0 ? vectors.map(({ address }) => address) : segments.map(({ address }) => address);
  const start = flash.find((base) => places.some((place) => place >= base && place < base + flashLength));
  // Where a file without vectors lies at 0 says nothing: raw files that have no address lie there, too.
  if (start === undefined || (start === 0 && vectors.length === 0)) return undefined;
  return {
    points: DISTINCTIVE.includes(start) ? 3 : 0,
    reason: `it lies at ${address32(start)}, where that family has its flash`,
  };
}
