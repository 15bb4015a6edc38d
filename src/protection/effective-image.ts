import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import { readAt, withBytes } from "../image/image-bytes.ts";
import { irreversibleToken } from "./consent-token.ts";
import { fsecAddress } from "./field.ts";
import { fsecText, hasDangerousNeighbour, isIrreversible, judgeFsec, keptOpen } from "./fsec.ts";

/**
 * What to do with an image that would lock the chip. `refuse`: nothing, and say so; `keep-open`: change its security
 * byte so that the chip stays open, and declare that; `as-image`: program what it says.
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
  /** The manual's name of the byte. */
  readonly field: "FSEC";
  /** One sentence. */
  readonly why: string;
}

/**
 * What an image's security byte would do to the chip. `lock`: secured, a mass erase opens it; `lock-for-ever`: no mass
 * erase opens it; `near-lock`: a power cut while the byte is programmed could leave one that no mass erase opens.
 */
export type ProtectionAct = "lock" | "lock-for-ever" | "near-lock";

/** A consent that programming the effective image needs. */
export interface Need {
  /** What would be done. */
  readonly act: ProtectionAct;
  /** Address and value of the byte that asks for it. */
  readonly address: number;
  /** The value of that byte, 0x00 to 0xFF. */
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

/**
 * Applies a policy to an image. Pure; the image itself is left alone.
 *
 * An image that does not name FSEC has neither changes nor needs: what will stand there then is `fillField`'s.
 */
export function effectiveImage(image: Image, chip: Chip, policy: Policy): EffectiveImage {
  const address = fsecAddress(chip);
  const from = readAt(image, address);
  if (from === undefined) return { image, changes: [], needs: [] };
  const to = policy === "keep-open" ? keptOpen(from) : from;
  if (to === from) return { image, changes: [], needs: needsOf(image, chip, address, from) };
  const effective = withBytes(image, address, Uint8Array.of(to));
  const change: DeclaredChange = { address, from, to, field: "FSEC", why: whyChanged(from, to) };
  return { image: effective, changes: [change], needs: needsOf(effective, chip, address, to) };
}

function whyChanged(from: number, to: number): string {
  const change = `FSEC ${fsecText(from)} becomes ${fsecText(to)}`;
  if (judgeFsec(from) !== "open") return `${change}: the policy keep-open leaves the chip open`;
  return `${change}: a power cut between the bits of the image's byte could lock the chip for ever`;
}

function needsOf(image: Image, chip: Chip, address: number, value: number): readonly Need[] {
  const need = (act: ProtectionAct, why: string): Need => ({ act, address, value, why });
  const irreversible = (act: ProtectionAct, why: string): Need => ({
    ...need(act, why),
    token: irreversibleToken(act, image, chip),
  });
  const byte = `FSEC ${fsecText(value)}`;
  if (isIrreversible(value)) return [irreversible("lock-for-ever", `${byte}: no mass erase opens the chip again`)];
  const lock = need("lock", `${byte}: after the next reset only a mass erase, which loses everything, opens the chip`);
  const near = "a power cut while it is programmed can lock the chip for ever";
  return [
    ...(judgeFsec(value) === "locked" ? [lock] : []),
    ...(hasDangerousNeighbour(value) ? [irreversible("near-lock", `${byte}: ${near}`)] : []),
  ];
}
