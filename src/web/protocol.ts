import type { Json } from "../base/errors.ts";

// What the page and the one that works for it exchange, as messages: a worker in this browser today.

/** A file that a person dropped or chose. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is done with an image that would lock the chip, as on the command line. */
export type SecurityPolicy = "refuse" | "keep-open" | "as-image";

/** A flash job as the page asks for it. */
export interface JobOptions {
  readonly file: GivenFile;
  readonly chip: string;
  readonly security: SecurityPolicy;
}

/** A rehearsal on a simulated board. */
export interface RehearsalOptions extends JobOptions {
  /** The model of the simulated probe. */
  readonly probe: string;
  /** What goes wrong, in the fault grammar; empty for nothing. */
  readonly faults: string;
  /** Milliseconds of the board's time that the firmware runs afterwards. */
  readonly runMs: number;
}

/** What can be asked for, by kind. */
export interface Requests {
  readonly chips: { readonly asked: Record<never, never>; readonly answer: readonly ChipRow[] };
  readonly explain: {
    readonly asked: { readonly file: GivenFile; readonly chip: string | undefined };
    readonly answer: Explained;
  };
  readonly plan: { readonly asked: JobOptions; readonly answer: Planned };
  readonly rehearse: { readonly asked: RehearsalOptions; readonly answer: Rehearsed };
}

/** A kind of request. */
export type RequestKind = keyof Requests;

/** A request on its way. */
export type Request = {
  [Kind in RequestKind]: { readonly id: number; readonly kind: Kind; readonly asked: Requests[Kind]["asked"] };
}[RequestKind];

/** What comes back: any number of events, then an answer or an error. */
export type Reply =
  | { readonly id: number; readonly event: WorkEvent }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: WorkError };

/** Something that happens while a request is worked on. */
export type WorkEvent =
  | { readonly kind: "progress"; readonly phase: string; readonly done: number; readonly total: number }
  | { readonly kind: "uart"; readonly text: string };

/** An error with what to do, as the command line reports it. */
export interface WorkError {
  readonly code: string;
  readonly message: string;
  readonly hints: readonly string[];
}

/** A chip that can be named. */
export interface ChipRow {
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
}

/** Something that an image would do and that its maker may not have meant. */
export interface ShownFinding {
  readonly severity: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** What a file shows: its findings or its causes, then everything in lines, as the command line prints it. */
export interface Explained {
  readonly kind: "image" | "log";
  /** In a sentence or two each: what happened, the likely cause, what to do next. Of a log only. */
  readonly answer?: { readonly happened: string; readonly cause: string; readonly next: string };
  readonly findings: readonly ShownFinding[];
  readonly lines: readonly string[];
  /** What of it was guessed. */
  readonly guesses: readonly string[];
  readonly json: Json;
}

/** What one sector becomes. */
export interface PlannedSector {
  readonly address: number;
  readonly length: number;
  readonly action: "unchanged" | "program" | "erase" | "erase-program";
}

/** A plan; without a consent that it needs there is no job. */
export interface Planned {
  readonly digest: string;
  readonly sectors: readonly PlannedSector[];
  /** What of the file was guessed. */
  readonly guesses: readonly string[];
  /** Consents that are missing, in words. */
  readonly missing: readonly string[];
  readonly lines: readonly string[];
  readonly json: Json;
}

/** What a rehearsal came to. */
export interface Rehearsed {
  readonly digest: string;
  readonly verdict: string;
  /** What of the file was guessed. */
  readonly guesses: readonly string[];
  readonly lines: readonly string[];
  /** Milliseconds of the board's time in each phase. */
  readonly phases: { readonly [phase: string]: number };
  readonly totalMs: number;
  /** What the firmware sent by its UART. */
  readonly uart: string;
}
