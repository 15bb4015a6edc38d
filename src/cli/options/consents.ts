import { type Permit, permitsOfConsents, policyFor } from "../../flash/permit.ts";
import type { Policy } from "../../protection/effective-image.ts";
import type { Invocation } from "../verb.ts";
import type { ConsentOptions, LossOptions } from "./sets.ts";

/** What the user's own flags say about security bytes: `policyFor`. */
export const policyOf = ({ options }: Invocation<ConsentOptions>): Policy => policyFor(options);

/** The permits that the user's own flags make: `permitsOfConsents`. */
export const permitsOf = ({ options }: Invocation<ConsentOptions & Partial<LossOptions>>): readonly Permit[] =>
  permitsOfConsents(options);
