import { HostError } from "../../base/errors.ts";
import { deviceNamed } from "../../node/packs/device-chip.ts";
import type { PackDevice } from "../../packs/device.ts";
import { PackError } from "../../packs/pack-error.ts";
import { prepareSequences } from "../../packs/sequences/prepare.ts";
import { RecordingDriver } from "../../packs/sequences/recording-driver.ts";
import { runSequence } from "../../packs/sequences/run-sequence.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { refusal } from "../../report/error-report.ts";
import { type SequenceRun, sequenceJson, sequenceLines } from "../../report/sequence-report.ts";
import { EXIT, exitCodeFor } from "../exit-codes.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";
import { openNamed } from "./named-pack.ts";

/** Which sequence is run. */
interface Wanted {
  readonly file: string;
  readonly device: string | undefined;
  readonly sequence: string;
}

/**
 * `pack check FILE DEVICE --sequence NAME`: runs a debug sequence on no chip, and lists what it did until its end or the error
 * that it ends with. Throws `usage`, `PackError`, and the `HostError`s of files.
 */
export async function checkSequence(
  { terminal }: Pick<Invocation, "terminal">,
  { file, device, sequence }: Wanted,
): Promise<Answer> {
  if (device === undefined) throw new HostError("usage", "pack check --sequence needs a DEVICE behind the FILE");
  const open = await openNamed(file, terminal.env);
  try {
    return await runOn(open.pack.device(deviceNamed(open, device)), sequence);
  } finally {
    await open.close();
  }
}

async function runOn(device: PackDevice, name: string): Promise<Answer> {
  const { sequences, debugVars, accessPorts, processors, debug } = device;
  const core = coreOf(device, name);
  const prepared = prepareSequences(sequences, name, core);
  const driver = new RecordingDriver();
  const port = debug.find((one) => one.core === undefined || one.core === core) ?? debug[0];
  const job = {
    ...{ sequences, name, driver, usesApId: accessPorts.length > 0, variables: variablesOf(port) },
    ...(core !== undefined && { core }),
    ...(debugVars !== undefined && { debugVars }),
  };
  const run = {
    ...{ device: device.name, name, events: driver.events },
    ...(core !== undefined && processors.length > 1 && { core }),
    refused: [...new Set([...prepared.values()].flatMap(({ refused }) => refused))],
  };
  try {
    const result = await runSequence(job);
    return answerFor({ ...run, more: driver.more, result });
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    return answerFor({ ...run, more: driver.more }, error);
  }
}

/** The first processor, or the first that has a sequence of this name to itself where there is none for all. */
function coreOf({ sequences, processors }: PackDevice, name: string): string | undefined {
  const named = sequences.filter((one) => one.name === name);
  const own = named.some(({ core }) => core === undefined) ? undefined : named[0]?.core;
  return own ?? processors[0]?.name;
}

const variablesOf = (port: PackDevice["debug"][number] | undefined) => ({
  __dp: BigInt(port?.dp ?? 0),
  __ap: BigInt(port && "index" in port.ap ? port.ap.index : 0),
  __apid: BigInt(port && "id" in port.ap ? port.ap.id : 0),
});

const answerFor = (run: SequenceRun, problem?: PackError): Answer => ({
  result: { sequence: sequenceJson(run) },
  text: sequenceLines(run),
  exit: problem ? exitCodeFor(problem) : EXIT.ok,
  ...(problem && refusal(problem, inCliWords)),
});
