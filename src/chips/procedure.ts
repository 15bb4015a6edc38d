/** An access port: by its number (ADIv5, APSEL), or by its address (ADIv6). */
export type ApAddress = { readonly v: 1; readonly index: number } | { readonly v: 2; readonly address: number };

/** Where a step reads or writes. A width is meaning: some registers take one width only. */
export type ProcedurePlace =
  | { readonly in: "ap"; readonly ap: ApAddress; readonly register: number }
  | { readonly in: "memory"; readonly address: number; readonly width: 8 | 16 | 32 }
  | { readonly in: "dp"; readonly register: 0x0 | 0x4 | 0x8 | 0xc };

/** A condition on a place: `(read & mask) === value`. */
export interface RegisterTest {
  /** What is waited for or expected: `flash ready, chip in reset`. */
  readonly name: string;
  readonly at: ProcedurePlace;
  readonly mask: number;
  readonly value: number;
  /** What it means when it does not come true, in one sentence. */
  readonly otherwise: string;
}

/** One step of a procedure, as data; its caller supplies time and wires. */
export type ProcedureStep =
  | { readonly step: "pin"; readonly name: string; readonly pin: "nreset"; readonly level: 0 | 1 }
  | { readonly step: "write"; readonly name: string; readonly at: ProcedurePlace; readonly value: number }
  /** Reads, and writes back with the bits of `mask` as in `value`. */
  | {
      readonly step: "update";
      readonly name: string;
      readonly at: ProcedurePlace;
      readonly mask: number;
      readonly value: number;
    }
  /** Looks until the test holds, after the steps of `each` every time; one that never does fails, or has `orElse` done and is looked at once more. */
  | (RegisterTest & {
      readonly step: "until";
      readonly deadlineMs: number;
      readonly each?: readonly ProcedureStep[];
      readonly orElse?: readonly ProcedureStep[];
    })
  | (RegisterTest & { readonly step: "expect" })
  | { readonly step: "delay"; readonly name: string; readonly ms: number }
  /** Resets the chip or the core by the core's registers; the core runs on, or halts at its first instruction. */
  | { readonly step: "reset"; readonly name: string; readonly kind: "system" | "core"; readonly leaves: "run" | "halt" }
  | { readonly step: "halt"; readonly name: string }
  /** The step before drops the link, so that it may fail on the wire; the wire is selected and the port powered up anew. */
  | { readonly step: "reconnect"; readonly name: string; readonly deadlineMs: number }
  /** The steps, a fixed number of times. */
  | { readonly step: "loop"; readonly name: string; readonly times: number; readonly steps: readonly ProcedureStep[] };

/** Points of a session at which a chip does something of its own; where it has none, the architecture's way is gone. */
export type ProcedureUse =
  /** The debug port is powered up and its access ports are known, and no memory was touched: steps on DP and AP. */
  | "before-connect"
  /** The core is reached and the chip recognised, before the core is halted. */
  | "after-connect"
  /** Before a reset of any kind that is asked of the core. */
  | "before-reset"
  /** In place of SYSRESETREQ. Of a core that is to halt, VC_CORERESET is set before, and it is waited for after. */
  | "reset"
  /** After the core was halted by connecting, or for a job; not at a debugger's halts. */
  | "after-halt"
  /** Before SWO is listened to: connects the pin, and gives it its clock. */
  | "trace"
  /** After a job has changed a bank of options, and compared it: makes them count. The connection is made anew after. */
  | "launch-options";

/** What a chip does of its own at the points of a session. */
export type Procedures = { readonly [use in ProcedureUse]?: Procedure };

/** A named run of steps, from one state to another. */
export interface Procedure {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly what: string;
  /** What is lost, in one sentence; printed before anything is done. Absent where nothing is. */
  readonly loses?: string;
  /** Conditions, looked at in their order: where all hold there is nothing to do, and the steps are left out. */
  readonly unless?: readonly RegisterTest[];
  readonly steps: readonly ProcedureStep[];
  /** Undoes what the steps hold (reset line, control bits) where one of them failed; a run that succeeds has undone it. */
  readonly cleanup: readonly ProcedureStep[];
  /** Document and section. */
  readonly source: string;
}
