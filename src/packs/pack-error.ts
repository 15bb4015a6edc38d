import { FlashproofError, type Json } from "../base/errors.ts";

/** Codes of packs and of the flash algorithms in them; they are part of the `--json` contract. */
export type PackErrorCode =
  | "pack-invalid"
  | "pack-too-large"
  | "pack-not-found"
  | "pack-device-unknown"
  | "pack-device-ambiguous"
  | "pack-not-installed"
  | "pack-not-in-index"
  | "pack-store-busy"
  | "pack-license"
  | "pack-download"
  | "algorithm-invalid"
  | "algorithm-unsupported"
  | "sequence-invalid"
  | "sequence-unsupported"
  | "sequence-limit"
  | "sequence-failed";

/** A pack, a target file or a flash algorithm that can't be used; `reason` in the details names why. */
export class PackError extends FlashproofError<PackErrorCode> {}

/** A part of a pack that is not as its format wants it: `reason` stays the same when the sentence is improved. */
export const invalidPack = (reason: string, text: string, details: { readonly [key: string]: Json } = {}): PackError =>
  new PackError("pack-invalid", text, { details: { reason, ...details } });

/** Something in a pack that is larger than any real one has it. */
export const tooLarge = (what: string, found: number, limit: number): PackError =>
  new PackError("pack-too-large", `The pack has ${found} ${what}; ${limit} are allowed`, {
    details: { what, found, limit },
  });

/** A flash algorithm that is not as its format wants it. */
export const invalidAlgorithm = (
  reason: string,
  text: string,
  details: { readonly [key: string]: Json } = {},
  cause?: unknown,
): PackError => new PackError("algorithm-invalid", text, { details: { reason, ...details }, cause });

/** A flash algorithm of a kind that Flashproof does not run. */
export const unsupportedAlgorithm = (
  reason: string,
  text: string,
  details: { readonly [key: string]: Json } = {},
  cause?: unknown,
): PackError => new PackError("algorithm-unsupported", text, { details: { reason, ...details }, cause });
