import type { Chip } from "../chips/chip.ts";
import { findChip } from "../chips/list.ts";
import { HostError } from "../base/errors.ts";
import { openProbe, type OpenProbe } from "../node/probes.ts";
import { type ConnectOptions, connect } from "../session/connect.ts";
import type { Session } from "../session/session.ts";
import { parseSpeed } from "./numbers.ts";
import { type Invocation, textOption } from "./verb.ts";

/** A target that a verb works on, with the probe it hangs from. */
export interface Target {
  readonly session: Session;
  readonly open: OpenProbe;
}

/** 4 MHz, as J-Link Commander's prompt proposes. */
const DEFAULT_SPEED_HZ = 4_000_000;

const CONNECT_WAYS = ["halt", "under-reset", "attach"] as const;

/** The chip of `--chip`, or undefined; throws `ChipError` for a name nobody knows. */
export function chipOption(invocation: Invocation): Chip | undefined {
  const name = textOption(invocation, "chip");
  return name === undefined ? undefined : findChip(name);
}

/** Opens the probe that the options name, and closes it (a twin keeps its state then) whatever happens. */
export async function withProbe<T>(invocation: Invocation, work: (open: OpenProbe) => Promise<T>): Promise<T> {
  const open = await openProbe(textOption(invocation, "probe"));
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/**
 * Opens probe and target as the options say, does the work, and closes both. A locked chip is opened on the way where
 * the user allowed a mass erase; a verb that wants to see the lock first passes "leave".
 */
export function withTarget<T>(
  invocation: Invocation,
  work: (target: Target) => Promise<T>,
  whenLocked: "leave" | "ask the options" = "ask the options",
): Promise<T> {
  return withProbe(invocation, async (open) => {
    const chip = chipOption(invocation);
    const how = connectWay(invocation);
    const hz = parseSpeed(textOption(invocation, "speed") ?? String(DEFAULT_SPEED_HZ / 1_000));
    const options: ConnectOptions = {
      probe: open.probe,
      clock: open.clock,
      hz,
      how,
      onLocked: async () => (whenLocked === "leave" ? "leave" : answerToLock(invocation)),
      ...(chip ? { chip } : {}),
    };
    const session = await connect(options, { signal: invocation.signal });
    try {
      return await work({ session, open });
    } finally {
      await session.close();
    }
  });
}

/** A locked chip is mass-erased only by a verb that may do so and was told to. */
const answerToLock = (invocation: Invocation): "unlock" | "leave" =>
  invocation.options["allowMassErase"] === true ? "unlock" : "leave";

function connectWay(invocation: Invocation): (typeof CONNECT_WAYS)[number] {
  const text = textOption(invocation, "connect") ?? "halt";
  const way = CONNECT_WAYS.find((w) => w === text);
  if (!way) throw new HostError("usage", `--connect takes ${CONNECT_WAYS.join(", ")}, not "${text}"`);
  return way;
}

/** The chip of `--chip`; throws `usage` when none was named, because nothing erases or programs a chip it doesn't know. */
export function chipNeeded(invocation: Invocation): Chip {
  const chip = chipOption(invocation);
  if (!chip) throw new HostError("usage", "Which chip is it? Name it with --chip (the verb chips lists them)");
  return chip;
}
