import { type Permit, permit } from "../../flash/permit.ts";
import type { ConsentOptions, LossOptions } from "./sets.ts";
import type { Invocation } from "../verb.ts";

/**
 * The permits that the user's own flags make. `--security as-image` allows a lock that a mass erase undoes; a token of
 * `--allow-irreversible` allows the one act that it was printed for; `--allow-mass-erase` allows the loss of everything.
 */
export function permitsOf({ options }: Invocation<ConsentOptions & Partial<LossOptions>>): readonly Permit[] {
  const { security, allowIrreversible, allowMassErase = false } = options;
  return [
    ...(security === "as-image" ? [permit("lock")] : []),
    ...(allowMassErase ? [permit("mass-erase")] : []),
    ...allowIrreversible.flatMap((token) => [permit("lock-for-ever", token), permit("near-lock", token)]),
  ];
}
