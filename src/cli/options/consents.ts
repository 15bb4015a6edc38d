import { HostError } from "../../base/errors.ts";
import { type Permit, permit } from "../../flash/permit.ts";
import type { Policy } from "../../protection/effective-image.ts";
import { flagOption, type Invocation, textOption } from "../verb.ts";

const POLICIES: readonly Policy[] = ["refuse", "keep-open", "as-image"];

/** `--security`; throws `usage` for a word that is none of the three policies. */
export function policyOption(invocation: Invocation): Policy {
  const text = textOption(invocation, "security") ?? "refuse";
  const policy = POLICIES.find((p) => p === text);
  if (!policy) throw new HostError("usage", `--security takes ${POLICIES.join(", ")}, not "${text}"`);
  return policy;
}

/**
 * The permits that the user's own flags make. `--security as-image` allows a lock that a mass erase undoes; a token of
 * `--allow-irreversible` allows the one act that it was printed for; `--allow-mass-erase` allows the loss of everything.
 */
export function permitsOf(invocation: Invocation): readonly Permit[] {
  const tokens = invocation.options["allowIrreversible"];
  return [
    ...(policyOption(invocation) === "as-image" ? [permit("lock")] : []),
    ...(flagOption(invocation, "allowMassErase") ? [permit("mass-erase")] : []),
    ...(Array.isArray(tokens) ? tokens : []).flatMap((token: string) => [
      permit("lock-for-ever", token),
      permit("near-lock", token),
    ]),
  ];
}
