import type { Clock } from "../base/clock.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank } from "../chips/flash-bank.ts";
import type { Core } from "../cortex/core.ts";
import type { Loader, LoaderName } from "../flash/loader.ts";

/** What a loader works with. */
export interface LoaderNeeds {
  readonly core: Core;
  readonly chip: Chip;
  /** The first bank that it works on; others of the same controller may follow. */
  readonly bank: FlashBank;
  readonly clock: Clock;
}

/** What Flashproof knows of one family of chips beside the chips' own data. */
export interface Family {
  /** The ways to erase and program its flash. */
  readonly loaders: { readonly [name in LoaderName]: (needs: LoaderNeeds) => Loader };
}
