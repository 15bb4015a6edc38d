import type { Image } from "../../image/image.ts";
import type { KeepRange } from "../../flash/keep.ts";
import type { LoaderName } from "../../flash/loader.ts";
import type { Permit } from "../../flash/permit.ts";
import type { EraseBy } from "../../flash/plan/grouped-erase.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { OnPhase, OnProgress, PhaseTimes } from "../../flash/progress.ts";
import type { RunResult } from "../../flash/run.ts";
import type { VerifyResult } from "../../flash/verify.ts";
import type { Policy } from "../../protection/effective-image.ts";
import type { NotReset } from "../stand-still.ts";

/** The input of a flash job: from a verb, by the Commander, by whatever else programs. */
export interface FlashJob {
  readonly image: Image;
  readonly policy: Policy;
  readonly permits: readonly Permit[];
  /**
   * Whether bytes of a touched sector that the image does not name are kept; with `below`, those of an image with fewer
   * bytes. With `keep` they always are.
   */
  readonly keepRest: boolean | { readonly below: number };
  /** Whether the chip is reset before (default); else the core is only halted. */
  readonly reset?: boolean;
  /** Whether the chip is compared with the effective image afterwards (default). */
  readonly verify?: boolean;
  readonly onProgress?: OnProgress;
  readonly onPhase?: OnPhase;
  /** Ranges whose bytes on the chip win over the image's; the verdict declares what differs for that. */
  readonly keep?: readonly KeepRange[];
  /** Receives what will be lost, before anything is; undefined where nothing readable is. */
  readonly onLost?: (lost: Image | undefined) => void;
  /** `ram` (default) runs code of ours on the chip, `direct` needs no running core. */
  readonly loader?: LoaderName;
  /**
   * Whether work RAM and the core's registers are given back (default); a caller that resets the chip afterwards saves
   * the time of it, and firmware finds other bytes in that RAM.
   */
  readonly keepRam?: boolean;
  /**
   * How the chip is compared before and after: `hash` (default) has code of ours on the chip count two checks, and reads
   * what they do not prove; `read` reads every byte. Reading by the direct loader, in families whose core may see other
   * bytes than the cells hold, and where the chip is not reset before and a firmware could find a difference.
   */
  readonly verifyBy?: "hash" | "read";
  /**
   * How it erases: `sectors` (default) one after the other, `auto` several at once where that loses nothing more, `chip`
   * all flash for firmware first, of which only the image comes back.
   */
  readonly erase?: EraseBy;
  /** The banks beside the firmware's that the image may change (option bytes, one-time cells, user rows), by their ids. */
  readonly banks?: readonly string[];
  /** Called with the plan before anything is erased; the last moment to say what is going to happen. */
  readonly onPlan?: (plan: FlashPlan) => void;
  /** Called where the core was only halted, because a reset would have locked the chip. */
  readonly onNotReset?: (why: NotReset) => void;
}

/** What a flash job did. */
export interface FlashReport {
  /** What was planned, with the declared changes. */
  readonly plan: FlashPlan;
  /** What was erased and programmed. */
  readonly run: RunResult;
  /** Against the file: the chip is what was programmed, and what the plan declared stands between that and the file. */
  readonly verify: VerifyResult;
  /** Whether everything on the chip was erased on the way, because it was locked or protected and that was permitted. */
  readonly massErased: boolean;
  /** Milliseconds in each phase, on the session's clock. */
  readonly phases: PhaseTimes;
  /** Milliseconds in all phases, on the session's clock: a twin's are virtual. */
  readonly totalMs: number;
}

/** What of a flash job decides its plan. */
export type PlannedJob = Pick<
  FlashJob,
  "image" | "policy" | "keepRest" | "keep" | "banks" | "erase" | "onLost" | "onProgress"
>;
