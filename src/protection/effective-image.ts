import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import { readAt, withBytes } from "../image/image-bytes.ts";
import { irreversibleToken } from "./consent-token.ts";
import {
  canEndForEver,
  type FieldReading,
  fieldBytes,
  isForEver,
  keptOpen,
  placedFields,
  readField,
  valueText,
  withValue,
} from "./field-value.ts";

/**
 * What to do with an image that would lock the chip. `refuse`: nothing, and say so; `keep-open`: change its security
 * fields so that the chip stays open, and declare that; `as-image`: program what it says.
 */
export type Policy = "refuse" | "keep-open" | "as-image";

/** A byte that will be programmed differently from what the file says. */
export interface DeclaredChange {
  /** The address of the byte. */
  readonly address: number;
  /** The value in the file, 0x00 to 0xFF. */
  readonly from: number;
  /** The value that is programmed, 0x00 to 0xFF. */
  readonly to: number;
  /** The manual's name of the field. */
  readonly field: string;
  /** One sentence. */
  readonly why: string;
}

/**
 * What an image's security fields would do to the chip. `lock`: closed, a way out that loses everything opens it;
 * `lock-for-ever`: no tool opens it; `near-lock`: a power cut while a field is programmed could leave one that no tool
 * opens.
 */
export type ProtectionAct = "lock" | "lock-for-ever" | "near-lock";

/** A consent that programming the effective image needs. */
export interface Need {
  /** What would be done. */
  readonly act: ProtectionAct;
  /** Address and value of the field that asks for it. */
  readonly address: number;
  /** The field's value. */
  readonly value: number;
  /** What would happen, in one sentence. */
  readonly why: string;
  /** Only where the act cannot be undone: the token that the user must give. */
  readonly token?: string;
}

/** An image as it will be programmed, what was changed for that, and what must be consented to. */
export interface EffectiveImage {
  readonly image: Image;
  readonly changes: readonly DeclaredChange[];
  readonly needs: readonly Need[];
}

/** What of a chip decides about an image's security fields; without a scheme, its locks are unknown to Flashproof. */
export type Protected = Pick<Chip, "name" | "protection">;

/**
 * Applies a policy to an image. Pure; the image itself is left alone.
 *
 * An image that does not name a field has neither changes nor needs for it: what will stand there then is `openBytes`'.
 * Where the chip's locks are unknown nothing is changed and nothing asked: `unknownLocks` says so.
 */
export function effectiveImage(image: Image, chip: Protected, policy: Policy): EffectiveImage {
  const fields = placedFields(chip.protection ?? { groups: [] }).filter(({ group }) => group.place !== "fuse");
  const named = fields.flatMap((placed) => readField(placed, (address) => readAt(image, address)) ?? []);
  const changed = policy === "keep-open" ? named.flatMap((reading) => opened(reading, image)) : [];
  const effective = changed.reduce((all, { at, bytes }) => withBytes(all, at, bytes), image);
  const after = named.flatMap((placed) => readField(placed, (address) => readAt(effective, address)) ?? []);
  return {
    image: effective,
    changes: changed.flatMap((change) => declared(change, image)),
    needs: after.flatMap((reading) => needsOf(reading, effective, chip)),
  };
}

/** Bytes of a field, or of its complement, that are programmed differently. */
interface FieldChange {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly field: string;
  readonly why: string;
}

/** The changes that keep a chip open; none where the image's value does. */
function opened(reading: FieldReading, image: Image): readonly FieldChange[] {
  const { field, value, state } = reading;
  const to = keptOpen(reading, value);
  const own = fieldBytes(reading, (address) => readAt(image, address));
  if (!own || (to === value && state.debug === "open")) return [];
  const bytes = withValue(field, own, to);
  const change = { bytes, field: field.name, why: whyChanged(reading, to) };
  const { complement } = field;
  return [
    { ...change, at: field.address },
    ...(complement ? [{ ...change, at: complement.address, bytes: bytes.map((byte) => ~byte & 0xff) }] : []),
  ];
}

/** Each byte of a change that really differs from the file's; one that the file does not name is no change of it. */
const declared = ({ at, bytes, field, why }: FieldChange, image: Image): readonly DeclaredChange[] =>
  [...bytes].flatMap((to, i) => {
    const from = readAt(image, at + i);
    return from === undefined || from === to ? [] : [{ address: at + i, from, to, field, why }];
  });

function whyChanged({ field, value, state }: FieldReading, to: number): string {
  const change = `${field.name} ${valueText(field, value)} becomes ${valueText(field, to)}`;
  if (state.debug !== "open") return `${change}: the policy keep-open leaves the chip open`;
  return `${change}: a power cut between the bits of the image's byte could lock the chip for ever`;
}

/** The consents that one field's value needs. */
function needsOf(reading: FieldReading, image: Image, chip: Protected): readonly Need[] {
  const { field, value, state } = reading;
  const text = `${field.name} ${valueText(field, value)}`;
  const need = (act: ProtectionAct, why: string): Need => ({
    act,
    address: field.address,
    value,
    why: `${text}: ${why}`,
  });
  const irreversible = (act: ProtectionAct, why: string): Need => ({
    ...need(act, why),
    token: irreversibleToken(act, image, chip),
  });
  if (state.act === "refuse" && isForEver(state)) return [irreversible("lock-for-ever", state.need)];
  return [
    ...(state.act === "refuse" ? [need("lock", state.need)] : []),
    ...(canEndForEver(reading, value) ? [irreversible("near-lock", NEAR)] : []),
  ];
}

const NEAR = "a power cut while it is programmed can lock the chip for ever";
