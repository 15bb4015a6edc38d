import type { Need, ProtectionAct } from "../protection/effective-image.ts";

/** Acts that are done only with a permit: those of the security byte, and the loss of everything on the chip. */
export type Act = ProtectionAct | "mass-erase";

declare const permitBrand: unique symbol;

/** Proof that the user named the act. Made only by a host (`cli`, `commander`'s host, a page), after he did. */
export interface Permit {
  readonly [permitBrand]: true;
  readonly allows: Act;
  /** The token of the need, or `any` for acts that can be undone by erasing. */
  readonly token: string;
}

/** Makes a permit; the caller vouches that the user named this act (and gave this token, if the act has one). */
export const permit = (allows: Act, token = "any"): Permit => ({ allows, token }) as unknown as Permit;

/** What a user has agreed to, in whichever words his host takes it. */
export interface Consents {
  /** The chip may be locked, as long as a mass erase opens it again. */
  readonly lock?: boolean;
  /** Everything on the chip may be erased to open it. */
  readonly massErase?: boolean;
  /** Tokens, each for one act that can't be undone on one image and chip. */
  readonly tokens?: readonly string[];
}

/** The permits of a user's consents; the host that calls this vouches for them. */
export const permitsFor = ({ lock, massErase, tokens = [] }: Consents): readonly Permit[] => [
  ...(lock ? [permit("lock")] : []),
  ...(massErase ? [permit("mass-erase")] : []),
  ...tokens.flatMap((token) => [permit("lock-for-ever", token), permit("near-lock", token)]),
];

/** The first need that no permit covers, or undefined when all are covered. */
export function missingPermit(needs: readonly Need[], permits: readonly Permit[]): Need | undefined {
  return needs.find(
    (need) => !permits.some((p) => p.allows === need.act && (need.token === undefined || p.token === need.token)),
  );
}
