import type { Json } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { CoreState } from "../../cortex/core.ts";
import { FIELD_LENGTH } from "../../protection/field.ts";
import type { LockState } from "../../protection/lock-state.ts";
import type { Session } from "../../session/session.ts";
import { fieldJson, fieldLines } from "../field-report.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import type { Invocation } from "../verb.ts";

/** `info`: everything that can be learned without changing anything but the core's halt; a locked chip is no error. */
export function info(invocation: Invocation): Promise<Answer> {
  return withTarget({ ...invocation, options: { connect: "attach", ...invocation.options } }, (target) => look(target));
}

async function look({ session, open }: Target): Promise<Answer> {
  const { found, probe } = session;
  const millivolts = (await probe.targetVoltage?.()) ?? null;
  const lock = await session.lock();
  const state = found.core && lock?.locked !== true ? await found.core.state() : undefined;
  const field = state === undefined ? undefined : await readField(session);
  const result = {
    probe: { ...probe.info, licenses: [...(probe.info.licenses ?? [])] },
    millivolts,
    ...targetJson(session, state),
    ...lockJson(lock),
    ...(field ? { field: fieldJson(field, session.chip) } : {}),
  };
  const text = [
    `probe:   ${probe.info.product} ${probe.info.serial}, ${probe.info.firmware}`,
    ...(millivolts === null ? [] : [`voltage: ${(millivolts / 1000).toFixed(3)} V`]),
    `DP:      ${address32(found.dpidr)}`,
    ...found.aps.map((ap) => `AP[${ap.index}]:   ${ap.name} (IDR ${address32(ap.idr)})`),
    ...coreLines(session, state),
    ...lockLines(lock),
    ...(field ? fieldLines(field, session.chip) : []),
  ];
  return { result: result as unknown as Answer["result"], text, exit: 0, clock: open.clockKind };
}

async function readField(session: Session): Promise<Uint8Array | undefined> {
  if (!session.found.chip) return undefined;
  return session.core.memory.read(session.chip.protection.field, FIELD_LENGTH, 32);
}

function targetJson(session: Session, state: CoreState | undefined): { readonly [key: string]: Json } {
  const { found } = session;
  return {
    dpidr: address32(found.dpidr),
    aps: found.aps.map((ap) => ({ index: ap.index, name: ap.name, idr: address32(ap.idr) })),
    ...(found.chip ? { chip: found.chip.name, match: found.match } : {}),
    ...(found.core
      ? { core: { name: found.core.identity.name, cpuid: address32(found.core.identity.cpuid), state: state ?? null } }
      : {}),
    components: found.components.map((c) => ({
      base: address32(c.base),
      cid: address32(c.cid),
      pid: address32(c.pid),
      part: c.name ?? null,
    })),
  };
}

function coreLines(session: Session, state: CoreState | undefined): readonly string[] {
  const { core, chip, match, components } = session.found;
  const named = chip ? [`chip:    ${chip.name}${match === "no" ? " (the chip on the wire is another one)" : ""}`] : [];
  if (!core || state === undefined) return named;
  const { identity } = core;
  return [
    ...named,
    `core:    ${identity.name} r${identity.revision}p${identity.patch}, ${STATE_WORDS[state]}`,
    ...components.map((c) => `         ${address32(c.base)} ${c.name ?? "unknown part"}`),
  ];
}

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
        massErase: lock.massEraseEnabled,
        backdoor: lock.backdoor,
        mdmStatus: address32(lock.status),
      };

function lockLines(lock: LockState | undefined): readonly string[] {
  if (!lock) return [];
  const way = lock.massEraseEnabled ? "a mass erase opens it" : "its mass erase is disabled";
  return [`locked: ${lock.locked ? "yes" : "no"}${lock.locked ? ` (${way})` : ""}`];
}
