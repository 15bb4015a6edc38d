import { walkRomTable } from "./rom-table.ts";
import type { MemAp } from "../../adi/mem-ap.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { CoreIdentity } from "../../cortex/core.ts";
import { IDENTITY_LOOKS, identityIn, readCoreIdentity } from "../../cortex/core-identity.ts";
import type { OwnReset } from "../../cortex/core-reset.ts";
import { findAmong } from "../detection/find-chip.ts";
import { chipLooks, matchByWords, matchChip, UNREADABLE } from "../detection/match-chip.ts";
import { hasForeignPort } from "../locks/lock-source.ts";
import { refuseOtherCore } from "../detection/other-chip.ts";
import { endHold, stopHeldCore } from "../locks/looping-core.ts";
import { hasResetStep } from "../procedure.ts";
import { openCoreBy, openMemory } from "../open-core.ts";
import { procedureFor, runUse } from "../procedure-uses.ts";
import { type Draft, of, scannedBy, sourceOf, wiredBy } from "./draft.ts";
import { releaseResetLine } from "./reset-line.ts";

/** Finds the core behind the port of its memory. */
export async function findCore(draft: Draft, io: Io): Promise<void> {
  const on = { ...draft, dp: of(draft.dp) };
  const { memory, ap } = await openMemory(on, io);
  draft.memory = memory;
  const resetPin = (level: 0 | 1, limits?: Io) => draft.probe.setPins({ nreset: level }, limits);
  const identity = await lookAtCore(draft, memory, io);
  draft.core = openCoreBy(on, memory, identity, { resetPin, ownReset: ownReset(draft) });
  refuseOtherCore(draft.core.identity, draft.namedCore);
  draft.emit({ event: "core-found", ap, romBase: draft.memory.romTable ?? 0 });
  draft.emit({ event: "core", identity: draft.core.identity });
}

/**
 * Reads who the core is. A named chip's registers come in the same batch where nothing is to be learned before they are
 * read; where that batch is refused, each is asked for by itself.
 */
async function lookAtCore(draft: Draft, memory: MemAp, io: Io): Promise<CoreIdentity> {
  const { chip, namedCore } = draft;
  draft.chipWords = undefined;
  const isAlone = !chip || namedCore !== undefined || hasForeignPort(scannedBy(draft));
  if (isAlone) return readCoreIdentity(memory, io);
  try {
    const words = await memory.run([...IDENTITY_LOOKS, ...chipLooks(chip)], io);
    draft.chipWords = words.subarray(IDENTITY_LOOKS.length);
    return identityIn(words);
  } catch (error) {
    if (!UNREADABLE.includes(codeOf(error) ?? "")) throw error;
    return readCoreIdentity(memory, io);
  }
}

/** What the chip does of its own at a reset; a reset among the steps of that is the architecture's. */
function ownReset(draft: Draft): () => OwnReset | undefined {
  let isRunning = false;
  const run = async (use: "before-reset" | "reset", io: Io) => {
    isRunning = true;
    await runUse(wiredBy(draft), draft.chip, use, io).finally(() => {
      isRunning = false;
    });
  };
  return () => {
    if (isRunning || draft.match !== "yes") return undefined;
    const own = procedureFor(draft.chip, "reset");
    const request = async (io: Io) => {
      await run("reset", io);
      return own && hasResetStep(own) ? "seen" : "requested";
    };
    return { before: (io: Io) => run("before-reset", io), ...(own && { request }) } as const;
  };
}

/** Reads which debug components the core's ROM table lists, where they are asked for or tell what the chip is. */
export async function readRomTable(draft: Draft, io: Io): Promise<void> {
  if (!draft.readsComponents) return;
  const memory = of(draft.memory);
  if (memory.romTable === undefined) return;
  const table = await walkRomTable(memory, memory.romTable, draft.clock, io);
  draft.romTable = table;
  draft.components = table.components;
  draft.emit({ event: "components", base: table.base, components: table.components });
}

/** A chip that was named is another one already where its access ports are others: no register of it is read then. */
export async function identifyChip(draft: Draft, io: Io): Promise<void> {
  if (draft.chip && hasForeignPort(scannedBy(draft))) {
    draft.match = "no";
    return;
  }
  const memory = of(draft.memory);
  const { chip, chipWords } = draft;
  if (chip) draft.match = await (chipWords ? matchByWords(chipWords, chip) : matchChip(memory, chip, io));
  else await recognise(draft, memory, io);
}

async function recognise(draft: Draft, memory: MemAp, io: Io): Promise<void> {
  const { candidates = [], romTable } = draft;
  if (candidates.length === 0) return;
  const signs = { core: of(draft.core).identity, ...(romTable && { romTable }) };
  const { match, chip, group } = await findAmong(candidates, signs, memory, io);
  draft.match = match;
  if (chip) draft.chip = chip;
  if (group) draft.group = group;
}

/** What the recognised chip does of its own once its core is reached. */
export async function afterConnect(draft: Draft, io: Io): Promise<void> {
  if (draft.match === "yes") await runUse(wiredBy(draft), draft.chip, "after-connect", io);
}

/** What the recognised chip does of its own once its core is halted. */
export async function afterHalt(draft: Draft, io: Io): Promise<void> {
  if (draft.match === "yes" && draft.how !== "attach") await runUse(wiredBy(draft), draft.chip, "after-halt", io);
}

/** Halts the core as the connection is to leave it. A core that does not halt may have been held in reset by its line. */
export async function stopCore(draft: Draft, io: Io): Promise<void> {
  const core = of(draft.core);
  if (draft.how === "under-reset") return stopHeldCore(core, () => draft.probe.setPins({ nreset: 1 }, io), io);
  if (draft.held) return stopHeldCore(core, () => endHold(sourceOf(draft), io), io);
  if (draft.how !== "halt") return;
  try {
    await core.halt(io);
  } catch (error) {
    if (codeOf(error) !== "core-halt-failed" || !(await releaseResetLine(draft, io))) throw error;
    await core.halt(io);
  }
}
