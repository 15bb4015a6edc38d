import { flashSize } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import { genericCore } from "../chips/generic-core.ts";
import { CHIPS, findChip } from "../chips/list.ts";
import { openProbe, type OpenProbe } from "../node/probes.ts";
import { type ConnectOptions, connect } from "../session/connect.ts";
import { SessionError } from "../session/session-error.ts";
import type { OnMassErase, Session } from "../session/session.ts";
import type { TargetOptions } from "./options/sets.ts";
import { reportLeftovers } from "./serving/leftovers.ts";
import { type Invocation, note, warn } from "./verb.ts";

/** A target that a verb works on, with the probe it hangs from. */
export interface Target {
  readonly session: Session;
  readonly open: OpenProbe;
}

/** The chip of `--chip`, or undefined, as for a processor that is named in its place; throws `ChipError` for an unknown name. */
export const chipOption = ({
  options: { chip },
  packChip,
}: Invocation<Pick<TargetOptions, "chip">>): Chip | undefined =>
  packChip ?? (chip === undefined || genericCore(chip) ? undefined : findChip(chip));

/** Opens the probe that the options name, and closes it (a twin keeps its state then) whatever happens. */
async function withProbe<T>(
  { options, trace }: Invocation<Pick<TargetOptions, "probe">>,
  work: (open: OpenProbe) => Promise<T>,
): Promise<T> {
  const open = await openProbe(options.probe, trace);
  let result: T;
  try {
    result = await work(open);
  } catch (error) {
    // What went wrong is reported; that the probe can't be closed after it is not worth hiding it for.
    await open.close().catch(() => {});
    throw error;
  }
  await open.close();
  return result;
}

/** How a verb wants its target, where the user has not set it. */
export interface TargetRequest {
  /** `attach` for verbs that only look: running firmware continues. */
  readonly connect?: ConnectOptions["how"];
  /** A locked chip is opened on the way where the user allowed a mass erase; `leave`: the verb wants to see the lock. */
  readonly whenLocked?: "leave";
  /** The parts in the ROM table are read, too. */
  readonly components?: boolean;
}

/** Opens probe and target as the options and the verb say, does the work, and closes both. */
export function withTarget<T>(
  invocation: Invocation<TargetOptions>,
  work: (target: Target) => Promise<T>,
  request: TargetRequest = {},
): Promise<T> {
  const options = connectOptions(invocation, request);
  return withProbe(invocation, async (open) => {
    const { probe, clock, trace } = open;
    const onMassErase: OnMassErase = (chip, because) => warn(invocation, massEraseText(chip, because));
    const session = await connect(
      { ...options, probe, clock, onMassErase, ...(trace && { trace }) },
      { signal: invocation.signal },
    );
    try {
      await lookForLeftovers(invocation, { session, open });
      return await work({ session, open });
    } finally {
      await session.close();
    }
  });
}

/** Warns of breakpoints that a killed server has left in flash, or restores them where the user agrees to that. */
async function lookForLeftovers(invocation: Invocation<TargetOptions>, { session, open }: Target): Promise<void> {
  const { restoreBreakpoints, flashBreakpoints } = invocation.options;
  const restores = restoreBreakpoints || flashBreakpoints === "on";
  const print = (line: string) => warn(invocation, line);
  const { env } = invocation.terminal;
  const { isForgotten } = open;
  await reportLeftovers(session, { env, isForgotten, restores, warn: print, note: (line) => note(invocation, line) });
}

/** What a mass erase takes, in one line. */
export const massEraseText = (chip: Chip, because: "locked" | "protected" = "locked"): string =>
  `${chip.name} is ${because === "locked" ? "locked" : `write-protected by ${protecting(chip)}`}: a mass erase loses all ${flashSize(chip) / 1024} KB of flash`;

/** The fields whose bits protect regions, by their names. */
const protecting = ({ protection }: Chip): string =>
  (protection?.groups ?? [])
    .flatMap(({ fields }) => fields.flatMap(({ name, regions }) => (regions ? [name] : [])))
    .join(", ");

/** Read before a probe is opened, so that a wrong word costs nothing. */
function connectOptions(
  invocation: Invocation<TargetOptions>,
  request: TargetRequest,
): Omit<ConnectOptions, "probe" | "clock"> {
  const chip = chipOption(invocation);
  return {
    how: invocation.options.connect ?? request.connect ?? "halt",
    hz: invocation.options.speed,
    onLocked: async () => request.whenLocked ?? answerToLock(invocation),
    ...(request.components && { components: true }),
    ...wanted(chip, invocation.options.chip),
  };
}

/** What is looked for: a chip, a processor and no chip around it, or whatever chip it is. */
function wanted(chip: Chip | undefined, name = ""): Pick<ConnectOptions, "chip" | "candidates" | "namedCore"> {
  if (chip) return { chip };
  const core = genericCore(name);
  return core ? { candidates: [], ...(!core.isAny && { namedCore: core.name }) } : { candidates: CHIPS };
}

/** A locked chip is mass-erased only by a verb that may do so, with the user's consent. */
function answerToLock({ options }: Invocation<TargetOptions>): "unlock" | "leave" {
  // What is to be kept or saved can't be read on a locked chip, and a plan was made for an open one: the lock stays.
  const { allowMassErase = false, keep = [], save, plan } = options;
  return allowMassErase && keep.length === 0 && save === undefined && plan === undefined ? "unlock" : "leave";
}

/** The chip of `--chip`; throws `chip-required` when none was named, because nothing erases or programs a chip it doesn't know. */
export function chipNeeded(invocation: Invocation<Pick<TargetOptions, "chip">>): Chip {
  const chip = chipOption(invocation);
  if (chip) return chip;
  const core = genericCore(invocation.options.chip ?? "");
  const why = core ? `${core.name} names a processor, whose flash is unknown` : "No chip is named";
  throw new SessionError("chip-required", `${why}: planning, erasing and programming need --chip with a chip`, {
    ...(core && { details: { core: core.name } }),
  });
}
