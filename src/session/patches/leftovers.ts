import { type Io, within } from "../../base/clock.ts";
import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { patchPlace } from "../../flash/patches/patch.ts";
import { type PatchJournal, type PatchRecord, sectorOfRecord, standingOf } from "../../flash/patches/record.ts";
import { contentOf } from "../flash-job.ts";
import type { Session } from "../session.ts";
import { boardOf, type OnSectorChange, restoreSector } from "./change.ts";
import type { PatchedSector } from "./patched-flash.ts";

/** What a look for leftovers of killed debuggers has found. */
export interface Leftovers {
  /** The sectors that still equal their records; the session knows them from now on. */
  readonly sectors: readonly PatchedSector[];
  /** Why records for this chip could not be compared with it. */
  readonly notLooked?: string;
}

/**
 * Compares a chip with the records that a journal has for chips of its name, and keeps the journal for breakpoints of this
 * session's own. A whole sector that equals a record is this record's; one that is neither whole only on the board that it
 * was made for. A record whose sector has its own bytes again, on its own board, is dropped. Nothing is read of a chip for
 * which there are no records. Throws what the journal and the probe throw.
 */
export async function findLeftovers(session: Session, journal: PatchJournal, io: Io = {}): Promise<Leftovers> {
  const { chip, group = [], core, match, lock } = session.found;
  session.patched.journal = journal;
  if (!chip || !core || match === "no") return { sectors: [] };
  const names = new Set([chip, ...group].map(({ name }) => name));
  const records = [...names].flatMap((name) => journal.list(name));
  if (records.length === 0) return { sectors: [] };
  if (lock?.locked) return { sectors: [], notLooked: "the chip is locked" };
  try {
    for (const record of records) await compare(session, chip, record, io);
  } catch (error) {
    if (!(error instanceof FlashproofError) || !/^(?:memory-|core-|unsteady-read|flash-)/.test(error.code)) throw error;
    return { sectors: session.patched.all, notLooked: error.message };
  }
  return { sectors: session.patched.all };
}

async function compare(session: Session, chip: Chip, record: PatchRecord, io: Io): Promise<void> {
  const sector = sectorOfRecord(chip, record);
  if (!sector || typeof patchPlace(chip, sector.address) === "string") return;
  const content = await contentOf(session, { sectors: [sector], proven: () => false }, () => {}, io);
  const now = content.get(sector.address);
  if (!now) return;
  const standing = standingOf(record, sector, now);
  if (standing.is === "patched")
    session.patched.note(chip, { sector, record, breakpoints: standing.breakpoints, isLeftover: true, isTorn: false });
  else if (standing.is !== "other" && (await boardOf(session, io)) === record.board) {
    if (standing.is === "torn")
      session.patched.note(chip, { sector, record, breakpoints: [], isLeftover: true, isTorn: true });
    else session.patched.journal?.drop(record);
  }
}

/** How long a core takes to halt for it, in milliseconds. */
const HALT_MS = 2_000;

/**
 * Gives all sectors that killed debuggers have left their own bytes back, each only where it still equals its record; a
 * core that runs is halted for it, and runs on after it. Answers the sectors that got them back. Throws what a flash job throws.
 */
export async function restoreLeftovers(
  session: Session,
  onChange: OnSectorChange = () => {},
  io: Io = {},
): Promise<readonly PatchedSector[]> {
  const left = session.patched.all;
  if (left.length === 0) return [];
  const isHalted = (await session.core.state(io)) === "halted";
  if (!isHalted) await session.core.halt(within(session.clock, HALT_MS, io));
  const restored: PatchedSector[] = [];
  try {
    for (const sector of left) if (await restoreSector(session, sector, onChange, io)) restored.push(sector);
  } finally {
    if (!isHalted) await session.core.resume(io);
  }
  return restored;
}
