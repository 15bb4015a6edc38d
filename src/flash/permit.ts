import type { Need, Policy, ProtectionAct } from "../protection/effective-image.ts";

/**
 * Acts that are done only with a permit: those of the security byte, the loss of everything on the chip, and writes that
 * no plan stands behind, where they can do either.
 */
export type Act = ProtectionAct | "mass-erase" | "raw-write";

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

/** Consents in the words of `flash`: its flags on the command line, its options in the library. */
export interface FlashConsents {
  readonly security?: Policy | undefined;
  /** Tokens that a plan or an error printed. */
  readonly allowIrreversible?: readonly string[];
  readonly allowMassErase?: boolean | undefined;
}

/**
 * `security`, else `refuse`; a token of `allowIrreversible` without it stands for the one act that it was printed for,
 * as the image has it.
 */
export const policyFor = ({ security, allowIrreversible = [] }: FlashConsents): Policy =>
  security ?? (allowIrreversible.length > 0 ? "as-image" : "refuse");

/**
 * The permits of these consents. `security: "as-image"` allows a lock that a mass erase undoes; a token of
 * `allowIrreversible` allows the one act that it was printed for; `allowMassErase` allows the loss of everything.
 */
export const permitsOfConsents = ({ security, allowIrreversible, allowMassErase }: FlashConsents): readonly Permit[] =>
  permitsFor({
    lock: security === "as-image",
    massErase: allowMassErase ?? false,
    ...(allowIrreversible && { tokens: allowIrreversible }),
  });

/** The first need that no permit covers, or undefined when all are covered. */
export function missingPermit(needs: readonly Need[], permits: readonly Permit[]): Need | undefined {
  return needs.find(
    (need) => !permits.some((p) => p.allows === need.act && (need.token === undefined || p.token === need.token)),
  );
}
