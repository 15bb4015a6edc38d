/** The phases of a flash job, in order; `setup` ends when the loader is ready. */
export const PHASES = ["setup", "compare", "erase", "program", "verify", "restore"] as const;

/** One phase of a flash job. */
export type Phase = (typeof PHASES)[number];

/** How far a phase is: `done` of `total`, in bytes (in sectors while erasing). */
export interface Progress {
  /** The phase that is under way. */
  readonly phase: Phase;
  /** What is done: bytes, or sectors while erasing. */
  readonly done: number;
  /** What there is to do, in the same unit. */
  readonly total: number;
}

/** Receives progress; called at least at the start and the end of each phase that happens. */
export type OnProgress = (progress: Progress) => void;

/** Receives a phase as it begins, and undefined as it ends. */
export type OnPhase = (phase: Phase | undefined) => void;

/** Milliseconds spent in each phase, on the session's clock. */
export type PhaseTimes = Readonly<Record<Phase, number>>;
