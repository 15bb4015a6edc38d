import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { FamilyGuess, ImageIdentity } from "../image/identity/identify.ts";
import type { ImagePart } from "../image/identity/part.ts";
import type { Image } from "../image/image.ts";

/** What a report of an image's own marks needs of its explanation. */
interface Identified {
  readonly image: Pick<Image, "symbols">;
  readonly identity: ImageIdentity;
  readonly isForeign: boolean;
  readonly chip?: { readonly name: string };
}

/** An image's family, parts and vector tables as `--json` prints them. */
export const identityJson = ({ image, identity, isForeign, chip }: Identified): { readonly [key: string]: Json } => ({
  ...(identity.family ? { family: familyJson(identity.family) } : {}),
  ...(chip ? { otherFamily: isForeign } : {}),
  parts: identity.parts.map(partJson),
  tables: identity.vectors.map(({ address, stack, reset }) => ({
    address: address32(address),
    stack: address32(stack),
    reset: address32(reset),
  })),
  ...(image.symbols.length > 0 ? { symbols: symbolCounts(image) } : {}),
});

const familyJson = ({ id, name, likelihood, for: reasons }: FamilyGuess): Json => ({
  id,
  name,
  likelihood,
  for: [...reasons],
});

const partJson = ({ name, address, length, text, security = [] }: ImagePart): Json => ({
  name,
  address: address32(address),
  length,
  text: [...text],
  security: [...security],
});

/** The same in lines for people. */
export const identityLines = ({ image, identity, isForeign, chip }: Identified): readonly string[] => [
  ...(isForeign && identity.family && chip
    ? [
        `another family: this image is for ${identity.family.name}, not for ${chip.name}; its security bytes are not read`,
      ]
    : []),
  ...familyLines(identity),
  ...tableLines(identity),
  ...identity.parts.flatMap(partLines),
  ...symbolLines(image),
];

const CERTAINTY: { readonly [L in FamilyGuess["likelihood"]]: string } = {
  stated: "the file says so",
  likely: "a guess, likely",
  possible: "a guess, possible",
};

const familyLines = ({ family }: ImageIdentity): readonly string[] =>
  family
    ? [`family: ${family.name} (${CERTAINTY[family.likelihood]})`, ...family.for.map((reason) => `  ${reason}`)]
    : [];

/** Vector tables that are listed; boot loader and program have two. */
const MOST_TABLES = 4;

const tableLines = ({ vectors }: ImageIdentity): readonly string[] =>
  vectors
    .slice(0, MOST_TABLES)
    .map(
      ({ address, stack, reset }) =>
        `vector table at ${address32(address)}: initial stack ${address32(stack)}, reset handler ${address32(reset)}`,
    );

const partLines = ({ name, address, text, security = [] }: ImagePart): readonly string[] => [
  `${name} at ${address32(address)}`,
  ...text.map((line) => `  ${line}`),
  ...security.map((line) => `  ${line}`),
];

function symbolCounts({ symbols }: Pick<Image, "symbols">): { readonly [kind: string]: number } {
  const count = (kind: string) => symbols.filter((symbol) => symbol.kind === kind).length;
  return { sections: count("section"), functions: count("function"), objects: count("object") };
}

function symbolLines(image: Pick<Image, "symbols">): readonly string[] {
  if (image.symbols.length === 0) return [];
  const { sections, functions, objects } = symbolCounts(image);
  return [`symbols: ${sections} sections, ${functions} functions, ${objects} objects`];
}
