import { HostError } from "../../base/errors.ts";
import type { CoreType, WorkRam } from "../../chips/chip.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { type AlgorithmCheck, checkAlgorithm } from "../../node/packs/check-algorithm.ts";
import { deviceChip, deviceNamed, twinOf } from "../../node/packs/device-chip.ts";
import type { OpenPack } from "../../node/packs/open-pack.ts";
import { type Rehearsal, rehearse } from "../../node/packs/rehearse.ts";
import { keepRehearsal } from "../../node/packs/rehearsals.ts";
import { readFlm } from "../../packs/flm/read-flm.ts";
import { coreTypeOf, workRamOf } from "../../packs/pack-chip.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { refusal } from "../../report/error-report.ts";
import { EXIT } from "../exit-codes.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";
import { version } from "../version.ts";
import { openNamed } from "./named-pack.ts";
import { type Checked, checkedJson, checkedLines, rehearsalJson, rehearsalLines } from "./check-report.ts";

type Given = Pick<Invocation, "readFile" | "terminal" | "signal">;

/** RAM for an algorithm whose device is not known. */
const SOME_RAM: readonly WorkRam[] = [{ start: 0x20000000, length: 0x80000 }];
/** The core with the most instructions, where no device names one. */
const SOME_CORE: CoreType = "M33";

/**
 * `pack check FILE [DEVICE]`: runs flash algorithms on a core with RAM and nothing else, and where a twin of the device
 * exists, programs that. Ends with `failed` where one writes to memory that is not its own, or loses R9 or SP.
 *
 * Throws `PackError`, the `HostError`s of files, and what a flash job on the twin throws.
 */
export async function checkPack(given: Given, args: readonly string[]): Promise<Answer> {
  const [file, device] = args;
  if (file === undefined) throw new HostError("usage", "pack check needs a FILE");
  if (/\.(flm|axf)$/i.test(file)) {
    const algorithm = readFlm(given.readFile(file), file);
    return answerFor([{ algorithm, check: checkAlgorithm(algorithm, SOME_CORE, SOME_RAM) }]);
  }
  const open = await openNamed(file, given.terminal.env);
  try {
    const checked = await checkDevice(open, device);
    return answerFor(checked, device === undefined ? undefined : await rehearsalOf(open, device, given));
  } finally {
    await open.close();
  }
}

/** All algorithms of a device, or each of a pack's with the first device that has it. */
async function checkDevice(open: OpenPack, wanted: string | undefined): Promise<readonly Checked[]> {
  const { pack } = open;
  const devices = wanted === undefined ? pack.devices : [deviceNamed(open, wanted)];
  const seen = new Set<string>();
  const checked: Checked[] = [];
  for (const { name, memories, processors, algorithms } of devices.map((device) => pack.device(device))) {
    const core = coreTypeOf(processors[0]?.core ?? "");
    for (const { path, ram } of algorithms) {
      if (seen.has(path) || core === undefined) continue;
      seen.add(path);
      const algorithm = await open.algorithm(path);
      const used = ram ? { ...algorithm, ram } : algorithm;
      checked.push({ algorithm, device: name, check: checkAlgorithm(used, core, workRamOf(memories)) });
    }
  }
  return checked;
}

/** Programs the twin of a device, and keeps that it went well; the chip's name where there is no twin of it. */
async function rehearsalOf(open: OpenPack, wanted: string, { terminal, signal }: Given): Promise<Rehearsal | string> {
  const chip = await deviceChip(open, wanted);
  const twin = twinOf(deviceNamed(open, wanted));
  if (twin === undefined) return chip.name;
  const rehearsed = await rehearse(chip, twin, { signal });
  for (const { bank } of rehearsed.parts) {
    const algorithm = chip.banks.find(({ id }) => id === bank)?.algorithm;
    if (algorithm) keepRehearsal(terminal.env, algorithm, chip.name, version());
  }
  return rehearsed;
}

function answerFor(checked: readonly Checked[], rehearsal?: Rehearsal | string): Answer {
  const problem = checked.map(problemOf).find((found) => found !== undefined);
  return {
    result: {
      checks: checked.map(checkedJson),
      ...(rehearsal !== undefined && { rehearsal: rehearsalJson(rehearsal) }),
    },
    text: [...checked.flatMap(checkedLines), ...(rehearsal === undefined ? [] : rehearsalLines(rehearsal))],
    exit: problem ? EXIT.failed : EXIT.ok,
    ...(problem && refusal(problem, inCliWords)),
  };
}

/** What no algorithm has reason to do, as the error that a flash job would end with. */
function problemOf({ algorithm, check }: { algorithm: FlashAlgorithm; check: AlgorithmCheck }): FlashError | undefined {
  const { stray, registersLost } = check;
  const what = stray ? stray.what : registersLost.length > 0 ? "R9 or SP" : undefined;
  if (what === undefined) return undefined;
  const after = stray?.after ?? registersLost[0];
  return new FlashError(
    "algorithm-stray-write",
    `The flash algorithm ${algorithm.name} changed what is not its own: ${what}, after ${after}`,
    { details: { algorithm: algorithm.name, what, function: after } },
  );
}
