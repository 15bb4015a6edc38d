import type { Json } from "../base/errors.ts";
import type { CodeBytes } from "./code-protocol.ts";

// What the page and the ones that work for it exchange, as messages: workers of this browser, or `fp ui` over a WebSocket.

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

/** A job on a connected board. */
export interface BoardJob {
  /** The chip that the page shows as named; the job is refused where the board was connected as another one. */
  readonly chip: string;
  readonly file: GivenFile;
  readonly security: SecurityPolicy;
}

/** What a person agrees to, and the plan that was shown: the job is refused where it would be another one now. */
export interface FlashConsent {
  readonly digest: string;
  /** Tokens of acts that can't be undone, as the plan has them. */
  readonly tokens: readonly string[];
}

/** What can be asked about files; it needs no probe. */
export interface FileRequests {
  readonly chips: { readonly asked: Record<never, never>; readonly answer: readonly ChipRow[] };
  readonly explain: {
    /** `device`: which of a pack's devices is shown as a whole. */
    readonly asked: { readonly file: GivenFile; readonly chip: string | undefined; readonly device?: string };
    readonly answer: Explained;
  };
  /** Two images: the one that is meant, and the other one, which a chip holds perhaps. */
  readonly compare: {
    readonly asked: { readonly file: GivenFile; readonly other: GivenFile; readonly chip: string | undefined };
    readonly answer: Compared;
  };
  readonly plan: { readonly asked: JobOptions; readonly answer: Planned };
  readonly rehearse: { readonly asked: RehearsalOptions; readonly answer: Rehearsed };
}

/** What can be asked of a board; one that owns its connection answers. */
export interface BoardRequests {
  readonly probes: { readonly asked: Record<never, never>; readonly answer: readonly ProbeRow[] };
  /** Attaches: nothing is reset. The probe `twin` is a simulated board's, in a browser. With `takeOver` another page that has the probe and no job gives it up. */
  readonly attach: {
    readonly asked: { readonly probe: string; readonly chip: string | undefined; readonly takeOver: boolean };
    readonly answer: Attached;
  };
  readonly detach: { readonly asked: Record<never, never>; readonly answer: null };
  readonly planOnBoard: { readonly asked: BoardJob; readonly answer: Planned };
  readonly flash: { readonly asked: BoardJob & FlashConsent; readonly answer: Flashed };
  readonly verify: { readonly asked: BoardJob; readonly answer: Verified };
  readonly read: {
    readonly asked: { readonly start: number; readonly length: number };
    readonly answer: { readonly bytes: Uint8Array; readonly readings: number };
  };
  /** What the target does now: it is neither halted nor reset for it. */
  readonly live: { readonly asked: LiveOptions; readonly answer: LiveSight };
  /** Halts, resumes or steps the core, or resets the chip and lets it run. */
  readonly control: { readonly asked: { readonly act: ControlAct }; readonly answer: null };
  /** Serves the board to a debugger and to clients of RTT on 127.0.0.1; `fp ui` alone can. */
  readonly serve: { readonly asked: ServerPorts; readonly answer: Serving };
  readonly endServing: { readonly asked: Record<never, never>; readonly answer: null };
  readonly unlock: {
    readonly asked: Pick<BoardJob, "chip"> & { readonly allowMassErase: boolean };
    readonly answer: Unlocked;
  };
}

/** What can be asked for, by kind. */
export interface Requests extends FileRequests, BoardRequests {}

/** A kind of request. */
export type RequestKind = keyof Requests;

/** A request on its way. */
export type Request = {
  [Kind in RequestKind]: { readonly id: number; readonly kind: Kind; readonly asked: Requests[Kind]["asked"] };
}[RequestKind];

/** TCP ports of 127.0.0.1; 0 takes a free one. */
export interface ServerPorts {
  readonly gdb: number;
  readonly rtt: number;
}

/** What is served, and how many debuggers are connected. */
export interface Serving extends ServerPorts {
  readonly gdbClients: number;
}

/** What is done to the core by hand. */
export type ControlAct = "halt" | "resume" | "step" | "reset";

/** What of the target is looked at. */
export interface LiveOptions {
  /** Channel 0 of RTT is read, and `input` sent down it. */
  readonly isRttWanted: boolean;
  /** The instructions around PC are read, while the core is halted. */
  readonly isCodeWanted: boolean;
  readonly input: string;
  readonly ranges: readonly { readonly start: number; readonly length: number }[];
}

/** A register and its value. */
export interface ShownRegister {
  readonly name: string;
  readonly value: number;
  /** Its fields in words; empty where it has none. */
  readonly words: string;
}

/** What the target does, seen once. */
export interface LiveSight {
  readonly state: string;
  /** Milliseconds of the board's clock. */
  readonly atMs: number;
  /** Of the core: only while it is halted. */
  readonly registers: readonly ShownRegister[];
  /** What lies around PC: where it was asked for, the core is halted and it can be read. */
  readonly code?: CodeBytes;
  /** Of the processor's system control space, which answers while it runs. */
  readonly system: readonly ShownRegister[];
  /** The ranges that were asked for; undefined where one can't be read, and why stands in `unreadable`. */
  readonly memory: readonly (Uint8Array | undefined)[];
  readonly unreadable: readonly string[];
  /** Where RTT's control block is; undefined while none was found. */
  readonly rttAt?: number;
  readonly rtt: string;
  /** What a simulated board has sent by its UART since it was looked at last. */
  readonly uart: string;
}

/** What a page sends: a request, or that one is called off. */
export type Message = Request | { readonly id: number; readonly cancel: true };

/** What comes back: any number of events, then an answer or an error. */
export type Reply =
  | { readonly id: number; readonly event: WorkEvent }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: WorkError }
  /** The connection to the board has ended by itself, and why. */
  | { readonly lost: WorkError }
  /** What is served to other programs has changed; null where nothing is any more. */
  | { readonly serving: Serving | null };

/** Something that happens while a request is worked on. */
export type WorkEvent =
  | { readonly kind: "progress"; readonly phase: string; readonly done: number; readonly total: number }
  | { readonly kind: "uart"; readonly text: string };

/** An error with what to do, as the command line reports it. */
export interface WorkError {
  readonly code: string;
  readonly message: string;
  readonly hints: readonly string[];
  /** All of it, as `--json` has it. */
  readonly report?: Json;
  /** Another page has the probe: it can be asked to give it up. */
  readonly canTakeOver?: boolean;
  /** The connection to the board has ended by this. */
  readonly isLost?: boolean;
}

/** A probe that may be opened. */
export interface ProbeRow {
  /** What `attach` names it by. */
  readonly id: string;
  readonly name: string;
}

/** A connected board. */
export interface Attached {
  readonly probe: string;
  readonly chip?: string;
  readonly isLocked: boolean;
  /** What was seen, in lines, as `flashproof info` prints it. */
  readonly lines: readonly string[];
  readonly json: Json;
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
  /** A `document` is what the command line has printed by `--json`, or written as its trace or events. */
  readonly kind: "image" | "log" | "pack" | "document";
  /** In a sentence or two each: what happened, the likely cause, what to do next. Of a log only. */
  readonly answer?: { readonly happened: string; readonly cause: string; readonly next: string };
  readonly findings: readonly ShownFinding[];
  readonly lines: readonly string[];
  /** What of it was guessed. */
  readonly guesses: readonly string[];
  /** The names of a pack's devices, of which one can be asked for. */
  readonly devices?: readonly string[];
  /** Where its program begins; of an image whose bytes there are known. */
  readonly entry?: CodeBytes;
  readonly json: Json;
}

/** A consent that a plan needs. */
export interface NeededConsent {
  readonly why: string;
  /** What has to be named for an act that can't be undone; undefined where a choice of the security policy is enough. */
  readonly token?: string;
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
  /** Consents that are missing under the chosen policy. */
  readonly missing: readonly NeededConsent[];
  readonly lines: readonly string[];
  readonly json: Json;
}

/** One phase of a job until the next one, and what went over the probe's wire in it. */
export interface TimeSlice {
  readonly phase: string;
  /** Milliseconds from the start of the job. */
  readonly startMs: number;
  readonly ms: number;
  /** Answers of the probe that were waited for. */
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** A range in which two images differ. */
export interface ComparedRange extends ShownDifference {
  /** All of its bytes; `expected` and `actual` are the first ones. */
  readonly length: number;
  /** Where it lies: a bank or memory of the chip, a security field, a name of the ELF file. */
  readonly region: string;
}

/** Two images against each other. */
export interface Compared {
  readonly summary: string;
  readonly ranges: readonly ComparedRange[];
  /** Ranges beyond those that are shown. */
  readonly more: number;
  readonly lines: readonly string[];
  readonly guesses: readonly string[];
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
  readonly timeline: readonly TimeSlice[];
  readonly json: Json;
  /** What the firmware sent by its UART. */
  readonly uart: string;
}

/** A difference between chip and image. */
export interface ShownDifference {
  readonly address: number;
  readonly expected: Uint8Array;
  readonly actual: Uint8Array;
}

/** A comparison. */
export interface Verified {
  readonly verdict: string;
  readonly lines: readonly string[];
  readonly differences: readonly ShownDifference[];
  readonly json: Json;
}

/** What a flash job came to. */
export interface Flashed extends Verified {
  readonly digest: string;
  readonly phases: { readonly [phase: string]: number };
  readonly totalMs: number;
  /** What was done when; empty where the probe's wire is not counted. */
  readonly timeline: readonly TimeSlice[];
  /** Whether the times are the board's own, of a simulated one. */
  readonly isVirtual: boolean;
  readonly isLocked: boolean;
}

/** What an unlock came to. */
export interface Unlocked {
  readonly massErased: boolean;
  /** As it was seen after that. */
  readonly isLocked: boolean;
  readonly lines: readonly string[];
  readonly json: Json;
}
