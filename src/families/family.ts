import type { MemoryOp } from "../adi/memory.ts";
import type { Suspicion } from "../doctor/cause.ts";
import type { Register } from "../registers/register.ts";
import type { Clock, Io } from "../base/clock.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank } from "../chips/flash-bank.ts";
import type { Core } from "../cortex/core.ts";
import type { HashPreparation } from "../flash/hash/preparation.ts";
import type { Loader, LoaderName } from "../flash/loader.ts";

/** A chip with a halted core. */
export interface HaltedChip {
  readonly core: Core;
  readonly chip: Chip;
  readonly clock: Clock;
}

/** A watchdog that bites while code of ours runs in its firmware's place, and what writes to RAM by itself. */
export type Bystander = "watchdog" | "bus-master";

/** How a family sees what is at work beside a halted core: by accesses that change nothing, and by their words. */
export interface Bystanders {
  readonly looks: readonly MemoryOp[];
  in(words: Uint32Array): readonly Bystander[];
}

/** What a loader works with. */
export interface LoaderNeeds extends HaltedChip {
  /** The first bank that it works on; others of the same controller may follow. */
  readonly bank: FlashBank;
}

/** What OpenOCD 0.12 calls a family's chips and its commands for them (its target/*.cfg, and its user's guide, chapter 12). */
export interface OpenocdWords {
  /** Its configuration of the chip. */
  readonly config: string;
  /** Commands after `init` on a chip that is blank, before it can be halted. */
  readonly whereBlank?: readonly string[];
  /** Erases the chip in one go, on a halted core. */
  readonly massErase?: string;
  /** Its drivers of probes by which it does not reach the chip, each with the reason as a sentence. */
  readonly unreached?: { readonly [driver: string]: string };
}

/** What Flashproof knows of one family of chips beside the chips' own data. */
export interface Family {
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
  readonly switchWatchdogOff?: (halted: HaltedChip, io: Io) => Promise<void>;
  /**
   * Makes the core see what the cells hold, and keeps a watchdog from biting while code reads them; absent where that is
   * not known: flash is read by the debug port there.
   */
  readonly beforeHash?: (halted: HaltedChip) => HashPreparation;
  /**
   * What is at work beside a core that was halted amid its firmware: with nothing there, code of ours that gives RAM and
   * registers back is noticed by none of it; absent where that is not known.
   */
  readonly bystanders?: Bystanders;
  /** What its direct loader does to firmware that goes on after it, as a sentence; absent where firmware notices nothing. */
  readonly disturbs?: string;
  /** Why the family's own fields differ from an image. */
  readonly causes?: readonly Suspicion[];
  /** How many bytes of work RAM its loader in RAM uses, from the start of it. */
  readonly ramUsed: number;
  /** The same where a whole bank is erased and the RAM is not given back; as ever where it is absent. */
  readonly ramUsedByBankErase?: number;
  /** The ways to erase and program its flash. */
  readonly loaders: { readonly [name in LoaderName]: (needs: LoaderNeeds) => Loader };
}
