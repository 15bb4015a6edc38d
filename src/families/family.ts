import type { Clock } from "../base/clock.ts";
import type { Chip } from "../chips/chip.ts";
import type { Core } from "../cortex/core.ts";
import type { Loader } from "../flash/loader.ts";

/** What a loader works with. */
export interface LoaderNeeds {
  readonly core: Core;
  readonly chip: Chip;
  readonly clock: Clock;
}

/** What Flashproof knows of one family of chips beside the chips' own data. */
export interface Family {
  /** The ways to erase and program its flash. */
  readonly loaders: { readonly [name in Loader["name"]]: (needs: LoaderNeeds) => Loader };
}
