import { readTwice } from "../adi/read-twice.ts";
import type { Chip } from "../chips/chip.ts";
import type { FieldGroup } from "../chips/protection-scheme.ts";
import type { CoreState } from "../cortex/core.ts";
import type { LockState } from "../protection/lock-state.ts";
import { type Health, healthOf } from "./health.ts";
import type { Session } from "./session.ts";

/** Everything that can be learned of a target without changing anything, seen once. */
export interface Sight {
  readonly session: Session;
  /** The target's supply, where the probe measures it. */
  readonly millivolts: number | null;
  readonly lock: LockState | undefined;
  readonly state: CoreState | undefined;
  /** The security fields that can be read, with their bytes. */
  readonly fields: readonly { readonly group: FieldGroup; readonly bytes: Uint8Array }[];
  readonly health: Health | undefined;
}

/** Looks at a target; a locked chip is no error. Throws what the probe and the debug port throw. */
export async function lookAt(session: Session): Promise<Sight> {
  const { found, probe } = session;
  await probe.readDetails?.();
  const millivolts = (await probe.targetVoltage?.()) ?? null;
  const lock = found.chip && !found.looping ? await session.lock() : found.lock;
  const state = found.core && lock?.debug !== "closed" ? await found.core.state() : undefined;
  const fields = state === undefined ? [] : await readFields(session);
  const health = state === undefined || !found.chip ? undefined : await healthOf(session);
  return { session, millivolts, lock, state, fields, health };
}

async function readFields({ core, found }: Session): Promise<Sight["fields"]> {
  const groups: { group: FieldGroup; bytes: Uint8Array }[] = [];
  for (const group of found.chip ? shownGroups(found.chip, found.lock) : [])
    groups.push({ group, bytes: await readTwice(core.memory, group.start, group.length) });
  return groups;
}

/** The groups whose cells can be read: those in flash not on a chip whose flash is closed. */
const shownGroups = ({ protection }: Chip, lock: LockState | undefined): readonly FieldGroup[] =>
  (protection?.groups ?? []).filter(({ place }) => place === "register" || (place === "flash" && !lock?.locked));
