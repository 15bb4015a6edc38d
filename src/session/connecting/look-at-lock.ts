import { type Io, MILLISECOND } from "../../base/clock.ts";
import { OPENING_LOOKS } from "../../adi/mem-ap.ts";
import { codeOf } from "../../base/errors.ts";
import { hasOnlyPortsOf, matchChip } from "../detection/match-chip.ts";
import { type RunOnPort, settledLooks } from "../locks/lock.ts";
import { lockSource } from "../locks/lock-source.ts";
import { endHold, endLeftHold, holdCore } from "../locks/looping-core.ts";
import { massErase, refuseStillLocked } from "../locks/mass-erase.ts";
import { corePort } from "../open-core.ts";
import { type Draft, of, scannedBy, wiredBy } from "./draft.ts";
import { releaseResetLine } from "./reset-line.ts";

/** Looks at the lock before anything touches memory, and opens it with the user's consent. */
export async function initTarget(draft: Draft, io: Io): Promise<void> {
  const { chip, dp, clock, emit } = draft;
  if (chip) await lookAtLock(draft, io);
  if (chip && dp && draft.lock?.locked) {
    emit({ event: "locked", lock: draft.lock });
    const mayUnlock = draft.lock.exit !== undefined && (await draft.onLocked?.(draft.lock)) === "unlock";
    // Nothing is undone after this, so the lock is looked at once more.
    if (mayUnlock) await lookAtLock(draft, io);
    const unlock = mayUnlock && draft.lock.locked;
    emit({ event: "unlock-decided", unlock });
    if (unlock) {
      draft.onMassErase?.(chip, "locked");
      await massErase(wiredBy(draft), chip, draft.lock, io);
      draft.massErased = true;
      await lookAtLock(draft, io);
      refuseStillLocked(chip, draft.lock);
      emit({ event: "unlocked" });
    }
  }
  emit({ event: "init-target-end", tookMs: (clock.now() - (draft.started ?? 0)) / MILLISECOND });
}

/**
 * Chips that were not named but whose ports are known: what the port of their family shows of the lock holds for all. Where
 * it shows in memory, the chip is recognised first.
 */
export async function recogniseFamily(draft: Draft, io: Io): Promise<void> {
  if (draft.chip) return;
  const dp = of(draft.dp);
  draft.candidates = (draft.candidates ?? []).filter((chip) => hasOnlyPortsOf(chip, dp.id, draft.aps));
  if (draft.candidates.length > 0) await lookAtLock(draft, io);
}

/** The lock of a chip that was not named, once it is recognised, where its port has not shown it. */
export async function lookOnceRecognised(draft: Draft, io: Io): Promise<void> {
  if (draft.chip && draft.match === "yes" && !draft.lock) await lookAtLock(draft, io);
}

/**
 * Whether a named chip whose lock shows in memory is another one by its registers, which are read first: the same address
 * is another register elsewhere. An answer that is refused says nothing, because the chip may be closed.
 */
async function isAnotherChip(draft: Draft, io: Io): Promise<boolean> {
  const { chip } = draft;
  const memory = chip && lockSource(scannedBy(draft))?.memory;
  if (memory && draft.match === "unknown") draft.match = await matchChip(await memory(io), chip, io);
  return draft.match === "no";
}

/** Runs looks at the lock, and in the same batch opens the memory of a named chip's core. */
function openingBeside(draft: Draft, io: Io): RunOnPort | undefined {
  const { aps, chip } = draft;
  const dp = of(draft.dp);
  const own = chip && corePort(aps, chip);
  draft.opened = undefined;
  if (!own) return undefined;
  return async (port, ops) => {
    const batches = [port, own].map(({ index }, i) => ({ index, ops: i === 0 ? ops : OPENING_LOOKS }));
    try {
      const [words, opened] = await dp.runEach(batches, io);
      draft.opened = { ap: own.index, words: opened };
      return words;
    } catch (error) {
      // The port of the memory may be what did not answer: that is found out where it is needed.
      if (!["dp-sticky-error", "dap-wait"].includes(codeOf(error) ?? "")) throw error;
      return port.run(ops, io);
    }
  };
}

/**
 * An open chip that is in reset still, after it had time to get out, resets over and over: its core is held. Where that
 * does not catch it, its reset line is low.
 */
async function lookAtLock(draft: Draft, io: Io): Promise<void> {
  const { clock } = draft;
  if (await isAnotherChip(draft, io)) return;
  const scanned = scannedBy(draft);
  const found = lockSource(scanned);
  const looks = await settledLooks({ ...scanned, clock }, io, { run: openingBeside(draft, io), seesHold: true });
  draft.lock = looks?.lock;
  if (!found || (draft.lock?.certain && draft.lock.locked)) return;
  if (!draft.lock?.inReset || draft.how === "under-reset") return endLeftHold(found, looks?.hold, io);
  draft.held = true;
  draft.lock = await holdCore({ found, clock }, draft.lock, io);
  draft.held = !draft.lock.locked;
  if (!draft.lock.inReset || !(await releaseResetLine(draft, io))) return;
  draft.held = false;
  await endHold(found, io);
  await lookAtLock(draft, io);
}
