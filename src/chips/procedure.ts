/** One step of a procedure on the debug port, as data; its caller supplies time and wires. */
export type ProcedureStep =
  | { readonly step: "pin"; readonly name: string; readonly pin: "nreset"; readonly level: 0 | 1 }
  | {
      readonly step: "write";
      readonly name: string;
      readonly ap: number;
      readonly register: number;
      readonly value: number;
    }
  | (RegisterTest & { readonly step: "until"; readonly deadlineMs: number })
  | (RegisterTest & { readonly step: "expect" })
  | { readonly step: "delay"; readonly name: string; readonly ms: number };

/** A condition on an access port's register: `(read & mask) === value`. */
export interface RegisterTest {
  /** What is waited for or expected: `flash ready, chip in reset`. */
  readonly name: string;
  readonly ap: number;
  readonly register: number;
  readonly mask: number;
  readonly value: number;
  /** What it means when it does not come true, in one sentence. */
  readonly otherwise: string;
}

/** A named way from one lock state to another. */
export interface Procedure {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly what: string;
  /** What is lost, in one sentence; printed before anything is done. */
  readonly loses: string;
  readonly steps: readonly ProcedureStep[];
  /** Undoes what the steps hold (reset line, control bits); run also when a step failed. */
  readonly cleanup: readonly ProcedureStep[];
  /** Document and section. */
  readonly source: string;
}
