import type { Clock } from "../base/clock.ts";
import type { Trace, TraceSink } from "../base/trace.ts";
import { genericCore } from "../chips/generic-core.ts";
import type { Chip } from "../chips/chip.ts";
import { CHIPS, findChip } from "../chips/list.ts";
import type { KeepRange } from "../flash/keep.ts";
import { type FlashConsents, permitsOfConsents, policyFor } from "../flash/permit.ts";
import type { EraseBy } from "../flash/plan/grouped-erase.ts";
import { type FlashPlan, planFlash as planOf } from "../flash/plan/plan.ts";
import type { OnPhase, OnProgress } from "../flash/progress.ts";
import { checkComplete, type Image } from "../image/image.ts";
import type { Probe } from "../probe/probe.ts";
import type { Policy } from "../protection/effective-image.ts";
import { checkFamily } from "../protection/image-family.ts";
import { explainImage as explanationOf, type ImageExplanation } from "../report/image-report.ts";
import { type ConnectOptions as SessionOptions, connect as connectSession } from "../session/connect.ts";
import { checkJob, type FlashReport, flashImage as flashOn } from "../session/flash-job.ts";
import type { OnMassErase, Session } from "../session/session.ts";

// What the entries for Node and for browsers share: all but where probes and files come from.

/** A connected target. */
export interface Connection {
  /** The target: its core, its memory, its resets. */
  readonly session: Session;
  /** Closes session and probe; a twin with a state file stores its state. Throws `file-unwritable` for that file. */
  close(): Promise<void>;
}

/** How a target is connected, whatever its probe. */
export interface TargetOptions {
  /**
   * The chip's name or order code, or a device of a pack (`readPackChip`); without it the chip is detected, and cannot be
   * erased or programmed.
   */
  readonly chip?: string | Chip;
  /** The clock of SWD in Hz; 4 MHz unless given. */
  readonly speedHz?: number;
  /** `halt` (default) halts the core, `under-reset` holds nRESET while it connects, `attach` leaves the core running. */
  readonly connectMode?: "halt" | "under-reset" | "attach";
  /** Consents to a mass erase of a locked chip while it connects: everything on it is lost. */
  readonly allowMassErase?: boolean;
  /** Called right before each mass erase. */
  readonly onMassErase?: OnMassErase;
  /** Receives the trace records of all layers; without it none is built. */
  readonly trace?: TraceSink;
  /** Aborts connecting. */
  readonly signal?: AbortSignal;
}

/** Options of a flash job. */
export interface FlashOptions extends FlashConsents {
  /** What to do with an image that would lock the chip: `refuse` (default), `keep-open` or `as-image`. */
  readonly security?: Policy;
  /** Tokens of acts that cannot be undone, as a plan's `needs` have them. */
  readonly allowIrreversible?: readonly string[];
  /** Consents to a mass erase of a locked or protected chip: everything on it is lost. */
  readonly allowMassErase?: boolean;
  /** Consents to a file of which a part may be missing. */
  readonly allowIncomplete?: boolean;
  /** Ranges that keep the chip's bytes. */
  readonly keep?: readonly KeepRange[];
  /**
   * How it erases: `auto` (default) several sectors at once where that is quicker and loses nothing more, `sectors` one after
   * the other, `chip` all flash for firmware first, of which only the image comes back.
   */
  readonly erase?: EraseBy;
  /** `ram` (default) runs code in the chip's RAM, `direct` needs no running core. */
  readonly loader?: "ram" | "direct";
  /** Receives the plan before anything is erased. */
  readonly onPlan?: (plan: FlashPlan) => void;
  /** Receives the progress of each phase, in bytes (sectors while erasing). */
  readonly onProgress?: OnProgress;
  /** Receives each phase as it begins, and undefined as it ends. */
  readonly onPhase?: OnPhase;
  /** Aborts the job between two steps. */
  readonly signal?: AbortSignal;
}

/** What a plan without a probe is made for. */
export interface PlanOptions {
  /** The chip's name or order code, or a device of a pack (`readPackChip`). */
  readonly chip: string | Chip;
  /** What to do with an image that would lock the chip; `refuse` unless given. */
  readonly security?: Policy;
  /** How the job is to erase; `auto` unless given. */
  readonly erase?: EraseBy;
}

/** What an image is explained for. */
export interface ExplainOptions {
  /** The chip's name or order code, or a device of a pack (`readPackChip`); without it only the layout is explained. */
  readonly chip?: string | Chip;
}

/** A probe that is open. */
export interface OpenedProbe {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly trace?: Trace;
  close(): Promise<void>;
}

/** SWD's clock where none is given. */
const USUAL_HZ = 4_000_000;

/** Connects through a probe that `open` opens; closes the probe where that fails. Throws what `open` and `connect` throw. */
export async function connectThrough(open: () => Promise<OpenedProbe>, options: TargetOptions): Promise<Connection> {
  const target = targetOf(options);
  const opened = await open();
  try {
    const { probe, clock, trace } = opened;
    const given: SessionOptions = { ...target, probe, clock, ...(trace && { trace }) };
    const session = await connectSession(given, options.signal ? { signal: options.signal } : {});
    return { session, close: () => session.close().then(() => opened.close()) };
  } catch (error) {
    await opened.close().catch(() => {});
    throw error;
  }
}

/** Read before a probe is opened: throws `chip-unknown`. */
function targetOf(options: TargetOptions): Omit<SessionOptions, "probe" | "clock"> {
  const { chip, speedHz = USUAL_HZ, connectMode = "halt", allowMassErase = false, onMassErase } = options;
  return {
    how: connectMode,
    hz: speedHz,
    onLocked: async () => (allowMassErase ? "unlock" : "leave"),
    ...(onMassErase && { onMassErase }),
    ...wantedOf(chip),
  };
}

/** A chip, any chip, or a processor in the place of one (`Cortex-M4`): nothing is erased or programmed on that. */
function wantedOf(name: string | Chip | undefined): Pick<SessionOptions, "chip" | "candidates" | "namedCore"> {
  if (name === undefined) return { candidates: CHIPS };
  if (typeof name === "object") return { chip: name };
  const core = genericCore(name);
  return core ? { candidates: [], ...(!core.isAny && { namedCore: core.name }) } : { chip: findChip(name) };
}

/**
 * Flashes an image: plans, checks the consents, programs and compares. `verify.verdict` of the report is `equal`,
 * `equal-but-declared` (`plan.changes` and `plan.keptRanges` say which bytes) or `different`; the core stays halted.
 *
 * Throws `consent-missing` before anything is erased, `image-incomplete`, `image-outside-chip`, `chip-mismatch`, and
 * what the loader and the probe throw. A chip that differs from the image is no error, but the verdict `different`.
 *
 * @example
 * const report = await flashImage(connection, readImage("app.hex"), { security: "keep-open" });
 * if (report.verify.verdict === "different") process.exitCode = 1;
 * await connection.session.reset("system", "run");
 */
export async function flashImage(
  { session }: Connection,
  image: Image,
  options: FlashOptions = {},
): Promise<FlashReport> {
  const { allowIncomplete, keep, erase = "auto", loader, onPlan, onProgress, onPhase, signal } = options;
  if (!allowIncomplete) checkComplete(image);
  checkFamily(image, session.chip);
  const job = {
    image,
    policy: policyFor(options),
    permits: permitsOfConsents(options),
    keepRest: true,
    erase,
    ...(keep && { keep }),
    ...(loader && { loader }),
    ...(onPlan && { onPlan }),
    ...(onProgress && { onProgress }),
    ...(onPhase && { onPhase }),
  };
  return flashOn(session, job, signal ? { signal } : {});
}

/**
 * Plans what a flash of a chip would do whose content is not known: every touched sector is erased. Pure.
 *
 * Throws `chip-unknown` and `image-outside-chip`.
 *
 * @example
 * const { changes, needs } = planFlash(readImage("app.hex"), { chip: "MK24FN1M0xxx12", security: "keep-open" });
 */
export function planFlash(image: Image, options: PlanOptions): FlashPlan {
  const { chip: name, security = "refuse", erase = "auto" } = options;
  const chip = chipOf(name);
  checkJob({ image }, chip);
  return planOf({ chip, image, policy: security, keepRest: true, erase });
}

/**
 * Explains what an image holds, and with a chip what its vectors and security bytes would do. Pure.
 *
 * Throws `chip-unknown` and `image-outside-chip`.
 *
 * @example
 * for (const { severity, what } of explainImage(image, { chip: "MK24FN1M0xxx12" }).findings) console.log(severity, what);
 */
export const explainImage = (image: Image, { chip }: ExplainOptions = {}): ImageExplanation =>
  explanationOf(image, chip === undefined ? undefined : chipOf(chip));

const chipOf = (chip: string | Chip): Chip => (typeof chip === "string" ? findChip(chip) : chip);
