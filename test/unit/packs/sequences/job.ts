import type { Json } from "../../../../src/base/errors.ts";
import { PackError } from "../../../../src/packs/pack-error.ts";
import { RecordingDriver, type SequenceEvent } from "../../../../src/packs/sequences/recording-driver.ts";
import { runSequence, type SequenceJob } from "../../../../src/packs/sequences/run-sequence.ts";
import type {
  PackSequence,
  SequenceBlock,
  SequenceControl,
  SequenceStep,
} from "../../../../src/packs/sequences/sequence.ts";

export const block = (text: string): SequenceBlock => ({ kind: "block", text, line: 10 });

export const control = (
  attributes: Pick<SequenceControl, "if" | "while" | "timeout">,
  ...steps: readonly SequenceStep[]
): SequenceControl => ({ kind: "control", ...attributes, steps, line: 20 });

export const sequence = (name: string, ...steps: readonly SequenceStep[]): PackSequence => ({
  name,
  disabled: false,
  steps,
});

/** Runs the sequence S of these, or the only block of one; answers what it did on no chip. */
export async function run(
  given: string | readonly PackSequence[],
  more: Partial<SequenceJob> = {},
): Promise<{ readonly result: bigint; readonly events: readonly SequenceEvent[]; readonly time: number }> {
  const driver = new RecordingDriver();
  const sequences = typeof given === "string" ? [sequence("S", block(given))] : given;
  const result = await runSequence({ sequences, name: "S", usesApId: false, driver, ...more });
  return { result, events: driver.events, time: driver.now() };
}

/** The code and the reason that a sequence ends with; its error's place, where it has one. */
export async function ending(
  given: string | readonly PackSequence[],
  more: Partial<SequenceJob> = {},
): Promise<string> {
  try {
    const { result } = await run(given, more);
    return `ended ${result}`;
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    const { reason = null, function: name = null, line = null, column = null } = error.details;
    const words = [error.code, reason ?? name, line === null ? null : [line, column].map(plain).join(":")];
    return words
      .filter((word) => word !== null)
      .map(plain)
      .join(" ");
  }
}

const plain = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The value of an expression in a sequence. */
export const resultOf = async (expression: string): Promise<bigint> => (await run(`__Result = ${expression};`)).result;
