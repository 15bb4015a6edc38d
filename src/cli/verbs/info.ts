import { readTwice } from "../../adi/read-twice.ts";
import type { Json } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { CoreIdentity, CoreState } from "../../cortex/core.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FieldGroup } from "../../chips/protection-scheme.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { type Health, healthOf } from "../../session/health.ts";
import type { Session } from "../../session/session.ts";
import { originLine } from "../../report/chip-report.ts";
import { type GroupBytes, groupLines, groupsJson } from "../../report/field-report.ts";
import { unknownLocksJson, unknownLocksLines } from "../../report/locks-report.ts";
import { nameOf, probeJson } from "../../report/probe-report.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/** `info`: everything that can be learned without changing anything; a locked chip is no error. */
export const info = (invocation: Invocation<OptionsOf<"info">>): Promise<Answer> =>
  withTarget(invocation, look, { connect: "attach", whenLocked: "leave", components: true });

/** What was seen, once; both outputs are made from it. */
interface View {
  readonly session: Session;
  readonly millivolts: number | null;
  readonly lock: LockState | undefined;
  readonly state: CoreState | undefined;
  readonly fields: readonly GroupBytes[];
  readonly health: Health | undefined;
}

async function look({ session, open }: Target): Promise<Answer> {
  const { found, probe } = session;
  const millivolts = (await probe.targetVoltage?.()) ?? null;
  const lock = found.chip && !found.looping ? await session.lock() : found.lock;
  const state = found.core && lock?.debug !== "closed" ? await found.core.state() : undefined;
  const fields = state === undefined ? [] : await readFields(session);
  const health = state === undefined || !found.chip ? undefined : await healthOf(session);
  const view = { session, millivolts, lock, state, fields, health };
  return { result: jsonOf(view), text: linesOf(view), exit: 0, clock: open.clockKind };
}

const jsonOf = ({ session, millivolts, lock, state, fields, health }: View): Answer["result"] => ({
  probe: probeJson(session.probe.info),
  millivolts,
  ...targetJson(session, state),
  ...(health ? { health: { ...health } } : {}),
  ...lockJson(lock),
  ...(fields.length > 0 ? { field: groupsJson(fields) } : {}),
});

const linesOf = ({ session, millivolts, lock, state, fields, health }: View): readonly string[] => [
  `probe:   ${nameOf(session.probe.info)}`,
  ...(millivolts === null ? [] : [`voltage: ${(millivolts / 1000).toFixed(3)} V`]),
  `DP:      ${address32(session.found.dpidr)}`,
  ...session.found.aps.map((ap) => `AP[${ap.index}]:   ${ap.name} (IDR ${address32(ap.idr)})`),
  ...coreLines(session, state),
  ...(health ? healthLines(health) : []),
  ...lockLines(lock),
  ...(session.found.chip ? unknownLocksLines(session.found.chip) : []),
  ...fields.flatMap(groupLines),
  ...(session.found.chip ? [] : [UNKNOWN_CHIP]),
];

/** How the firmware fares: what it is in the middle of, which faults it met, why the chip was reset last. */
const healthLines = (health: Health): readonly string[] => [
  ...(health.exception ? [`         in its handler of ${health.exception}`] : []),
  ...health.faults.map((fault) => `         met ${fault}`),
  ...(health.faultAddress ? [`         at address ${health.faultAddress}`] : []),
  ...(health.resetCauses.length > 0 ? [`reset:   last by ${health.resetCauses.join(", ")}`] : []),
];

async function readFields({ core, found }: Session): Promise<readonly GroupBytes[]> {
  const groups: GroupBytes[] = [];
  for (const group of found.chip ? shownGroups(found.chip, found.lock) : [])
    groups.push({ group, bytes: await readTwice(core.memory, group.start, group.length) });
  return groups;
}

/** The groups whose cells can be read: those in flash not on a chip whose flash is closed. */
const shownGroups = ({ protection }: Chip, lock: LockState | undefined): readonly FieldGroup[] =>
  (protection?.groups ?? []).filter(({ place }) => place === "register" || (place === "flash" && !lock?.locked));

function targetJson(session: Session, state: CoreState | undefined): { readonly [key: string]: Json } {
  const { found } = session;
  return {
    dpidr: address32(found.dpidr),
    aps: found.aps.map((ap) => ({ index: ap.index, name: ap.name, idr: address32(ap.idr) })),
    ...(found.chip
      ? {
          chip: found.chip.name,
          ...groupJson(found.group),
          origin: found.chip.origin,
          match: found.match,
          ...unknownLocksJson(found.chip),
        }
      : {}),
    ...(found.core ? { core: coreJson(found.core.identity, state), looping: found.looping } : {}),
    components: found.components.map((c) => ({
      base: address32(c.base),
      cid: address32(c.cid),
      pid: address32(c.pid),
      part: c.name ?? null,
    })),
  };
}

const groupJson = (group: readonly Chip[] | undefined): { readonly [key: string]: Json } =>
  group ? { group: group.map(({ name }) => name) } : {};

const coreJson = ({ name, cpuid }: CoreIdentity, state: CoreState | undefined): Json => ({
  name,
  cpuid: address32(cpuid),
  state: state ?? null,
});

function coreLines(session: Session, state: CoreState | undefined): readonly string[] {
  const { core, chip, group, match, components, looping } = session.found;
  const named = chip
    ? [
        `chip:    ${chip.name}${match === "no" ? " (the chip on the wire is another one)" : ""}`,
        ...(group ? [`         ${NOT_APART}`] : []),
        `         ${originLine(chip)}`,
      ]
    : [];
  if (!core || state === undefined) return named;
  const { identity } = core;
  return [
    ...named,
    `core:    ${identity.name} r${identity.revision}p${identity.patch}, ${STATE_WORDS[state]}`,
    ...(looping ? [`         ${LOOPING}`] : []),
    ...components.map((c) => `         ${address32(c.base)} ${c.name ?? "unknown part"}`),
  ];
}

const UNKNOWN_CHIP = "The chip can't be identified; with --chip its security bytes are shown too.";

const NOT_APART = "nothing on the wire tells these apart; --chip with the name that is printed on the chip says which";

const LOOPING = "it was resetting over and over until it was caught: its vectors are blank or broken";

const STATE_WORDS: { readonly [state in CoreState]: string } = {
  halted: "halted",
  running: "running",
  sleeping: "asleep (it fetches nothing until an event wakes it)",
  lockup: "locked up: it met a fault while handling one; blank or broken vectors do this",
  "in-reset": "held in reset",
};

const lockJson = (lock: LockState | undefined): { readonly [key: string]: Json } =>
  lock === undefined
    ? {}
    : {
        locked: lock.locked,
        debug: lock.debug,
        massErase: lock.exit !== undefined,
        backdoor: lock.byFirmware,
        ...(lock.status ? { lockStatus: address32(lock.status.value) } : {}),
      };

function lockLines(lock: LockState | undefined): readonly string[] {
  if (!lock) return [];
  const way = lock.exit ? "a mass erase opens it" : "its mass erase is disabled";
  const open = lock.debug === "partial" ? `${lock.words}: its flash is closed, core and RAM are open; ` : "";
  return [`locked: ${lock.locked ? `yes (${open}${way})` : "no"}`];
}
