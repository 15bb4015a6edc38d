import { HostError } from "../../base/errors.ts";
import { type Permit, permitsFor } from "../../flash/permit.ts";
import type { Policy } from "../../protection/effective-image.ts";
import { flagOption, type Invocation, listOption, textOption } from "../verb.ts";

const POLICIES: readonly Policy[] = ["refuse", "keep-open", "as-image"];

/**
 * `--security`, else `refuse`; a token of `--allow-irreversible` without it stands for the one act that it was printed
 * for, as the image has it. Throws `usage` for a word that is none of the three policies.
 */
export function policyOption(invocation: Invocation): Policy {
  const hasToken = listOption(invocation, "allowIrreversible").length > 0;
  const text = textOption(invocation, "security") ?? (hasToken ? "as-image" : "refuse");
  const policy = POLICIES.find((p) => p === text);
  if (!policy) throw new HostError("usage", `--security takes ${POLICIES.join(", ")}, not "${text}"`);
  return policy;
}

/**
 * The permits that the user's own flags make. `--security as-image` allows a lock that a mass erase undoes; a token of
 * `--allow-irreversible` allows the one act that it was printed for; `--allow-mass-erase` allows the loss of everything.
 */
export const permitsOf = (invocation: Invocation): readonly Permit[] =>
  permitsFor({
    lock: textOption(invocation, "security") === "as-image",
    massErase: flagOption(invocation, "allowMassErase"),
    tokens: listOption(invocation, "allowIrreversible"),
  });
