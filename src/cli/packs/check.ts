import { checkCalledOff } from "../../base/deadlines.ts";
import { HostError } from "../../base/errors.ts";
import type { CoreType, WorkRam } from "../../chips/chip.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { type AlgorithmCheck, checkAlgorithm } from "../../node/packs/check-algorithm.ts";
import { deviceChip, deviceNamed, twinOf } from "../../node/packs/device-chip.ts";
import type { OpenPack } from "../../node/packs/open-pack.ts";
import { type Rehearsal, rehearse } from "../../node/packs/rehearse.ts";
import { keepRehearsal } from "../../node/packs/rehearsals.ts";
import { PackError } from "../../packs/pack-error.ts";
import { yieldToEventLoop } from "../../node/event-loop.ts";
import { readFlm } from "../../packs/flm/read-flm.ts";
import { coreTypeOf, workRamOf } from "../../packs/pack-chip.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { refusal } from "../../report/error-report.ts";
import { EXIT, exitCodeFor } from "../exit-codes.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";
import { version } from "../version.ts";
import { checkSequence } from "./check-sequence.ts";
import { openNamed } from "./named-pack.ts";
import {
  type Checked,
  checkedJson,
  checkedLines,
  type Refused,
  refusedJson,
  refusedLine,
  rehearsalJson,
  rehearsalLines,
} from "./check-report.ts";

type Given = Pick<Invocation<OptionsOf<"pack">>, "readFile" | "terminal" | "signal" | "options">;

/** RAM for an algorithm whose device is not known. */
const SOME_RAM: readonly WorkRam[] = [{ start: 0x20000000, length: 0x80000 }];
/** The core with the most instructions, where no device names one. */
const SOME_CORE: CoreType = "M33";

/**
 * `pack check FILE [DEVICE]`: runs flash algorithms on a core with RAM and nothing else, and where a twin of the device
 * exists, programs that. Ends with `failed` where one writes to memory that is not its own, or loses R9 or SP. With
 * `--sequence NAME`, it runs that debug sequence instead.
 *
 * Throws `PackError`, the `HostError`s of files, and what a flash job on the twin throws.
 */
export async function checkPack(given: Given, args: readonly string[]): Promise<Answer> {
  const [file, device] = args;
  if (file === undefined) throw new HostError("usage", "pack check needs a FILE");
  const { sequence } = given.options;
  if (sequence !== undefined) return checkSequence(given, { file, device, sequence });
  if (/\.(flm|axf)$/i.test(file)) {
    const algorithm = readFlm(given.readFile(file), file);
    return answerFor({
      checked: [{ algorithm, check: await checkAlgorithm(algorithm, SOME_CORE, SOME_RAM, given) }],
      refused: [],
    });
  }
  const open = await openNamed(file, given.terminal.env);
  try {
    const checks = await checkDevice(open, device, given);
    return answerFor(checks, device === undefined ? undefined : await rehearsalOf(open, device, checks, given));
  } finally {
    await open.close();
  }
}

/** The checks of a device's algorithms, and those that could not be read or placed. */
interface Checks {
  readonly checked: readonly Checked[];
  readonly refused: readonly Refused[];
}

/** All algorithms of a device, or each of a pack's with the first device that has it. Throws `aborted`. */
async function checkDevice(
  open: OpenPack,
  wanted: string | undefined,
  { signal }: Pick<Given, "signal">,
): Promise<Checks> {
  const { pack } = open;
  const devices = wanted === undefined ? pack.devices : [deviceNamed(open, wanted)];
  const seen = new Set<string>();
  const checked: Checked[] = [];
  const refused: Refused[] = [];
  for (const named of devices) {
    await yieldToEventLoop();
    checkCalledOff(signal, "the check of a device");
    const { name, memories, processors, algorithms } = pack.device(named);
    const core = coreTypeOf(processors[0]?.core ?? "");
    for (const { path, ram, style } of algorithms) {
      // Those in the style of IAR are for its debugger; no chip of a pack uses them.
      if (seen.has(path) || core === undefined || style === "IAR") continue;
      seen.add(path);
      try {
        const algorithm = await open.algorithm(path);
        const used = ram ? { ...algorithm, ram } : algorithm;
        const check = await checkAlgorithm(used, core, workRamOf(memories, algorithms), { signal });
        checked.push({ algorithm, device: name, check });
      } catch (error) {
        // One that can't be read or placed does not keep the others from being checked.
        if (!(error instanceof PackError)) throw error;
        refused.push({ algorithm: path, device: name, error });
      }
    }
  }
  return { checked, refused };
}

/**
 * Programs the twin of a device; the chip's name where there is no twin of it. That it went well is kept where the checks
 * found nothing either.
 */
async function rehearsalOf(
  open: OpenPack,
  wanted: string,
  { checked }: Checks,
  { terminal, signal }: Given,
): Promise<Rehearsal | string> {
  const chip = await deviceChip(open, wanted);
  const twin = twinOf(deviceNamed(open, wanted));
  if (twin === undefined) return chip.name;
  const rehearsed = await rehearse(chip, twin, { signal });
  if (checked.some((one) => problemOf(one) !== undefined)) return rehearsed;
  const names = new Set(rehearsed.parts.map(({ bank }) => bank));
  for (const bank of chip.banks.filter(({ id }) => names.has(id))) {
    const { algorithm } = bank;
    if (algorithm) keepRehearsal(terminal.env, { chip, bank, algorithm, version: version() });
  }
  return rehearsed;
}

function answerFor({ checked, refused }: Checks, rehearsal?: Rehearsal | string): Answer {
  const problem = checked.map(problemOf).find((found) => found !== undefined) ?? refused[0]?.error;
  const none = checked.length + refused.length === 0 ? ["no flash algorithm was checked"] : [];
  return {
    result: {
      checks: checked.map(checkedJson),
      ...(refused.length > 0 && { refused: refused.map(refusedJson) }),
      ...(rehearsal !== undefined && { rehearsal: rehearsalJson(rehearsal) }),
    },
    text: [
      ...none,
      ...checked.flatMap(checkedLines),
      ...refused.map(refusedLine),
      ...(rehearsal === undefined ? [] : rehearsalLines(rehearsal)),
    ],
    exit: problem ? exitCodeFor(problem) : EXIT.ok,
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
