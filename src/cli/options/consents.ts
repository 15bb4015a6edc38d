import { type Permit, permitsFor } from "../../flash/permit.ts";
import type { Policy } from "../../protection/effective-image.ts";
import type { Invocation } from "../verb.ts";
import type { ConsentOptions, LossOptions } from "./sets.ts";

/**
 * `--security`, else `refuse`; a token of `--allow-irreversible` without it stands for the one act that it was printed
 * for, as the image has it.
 */
export const policyOf = ({ options }: Invocation<ConsentOptions>): Policy =>
  options.security ?? (options.allowIrreversible.length > 0 ? "as-image" : "refuse");

/**
 * The permits that the user's own flags make. `--security as-image` allows a lock that a mass erase undoes; a token of
 * `--allow-irreversible` allows the one act that it was printed for; `--allow-mass-erase` allows the loss of everything.
 */
export const permitsOf = ({ options }: Invocation<ConsentOptions & Partial<LossOptions>>): readonly Permit[] =>
  permitsFor({
    lock: options.security === "as-image",
    massErase: options.allowMassErase ?? false,
    tokens: options.allowIrreversible,
  });
