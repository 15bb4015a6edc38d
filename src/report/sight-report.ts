import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { CoreIdentity, CoreState } from "../cortex/core.ts";
import type { LockState } from "../protection/lock-state.ts";
import type { Health } from "../session/health.ts";
import type { Sight } from "../session/look.ts";
import type { Session } from "../session/session.ts";
import { originLine } from "./chip-report.ts";
import { groupLines, groupsJson } from "./field-report.ts";
import { unknownLocksJson, unknownLocksLines } from "./locks-report.ts";
import { nameOf, probeJson } from "./probe-report.ts";

/** What was seen of a target, as `--json` prints it. */
export const sightJson = ({
  session,
  millivolts,
  lock,
  state,
  fields,
  health,
}: Sight): { readonly [key: string]: Json } => ({
  probe: probeJson(session.probe.info),
  millivolts,
  ...targetJson(session, state),
  ...(health ? { health: { ...health } } : {}),
  ...lockJson(lock),
  ...(fields.length > 0 ? { field: groupsJson(fields) } : {}),
});

/** The same in lines. */
export const sightLines = ({ session, millivolts, lock, state, fields, health }: Sight): readonly string[] => [
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
