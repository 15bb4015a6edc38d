import type { Suspicion } from "../doctor/cause.ts";
import type { Register } from "../registers/register.ts";
import type { Clock, Io } from "../base/clock.ts";
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
  /** A register that shows whether a flash command is under way: idle where the bits are as they say. */
  readonly flashIdle?: {
    readonly address: number;
    readonly width: 8 | 16 | 32;
    readonly mask: number;
    readonly value: number;
  };
  /** Registers whose bits say why the chip was reset last. */
  readonly resetCauses?: readonly Register[];
  /** Switches the watchdog off by the halted core; registers and RAM are as before. Throws `core-call-failed`. */
  readonly switchWatchdogOff?: (needs: LoaderNeeds, io: Io) => Promise<void>;
  /** Why the family's own fields differ from an image. */
  readonly causes?: readonly Suspicion[];
  readonly loaders: { readonly [name in Loader["name"]]: (needs: LoaderNeeds) => Loader };
}
