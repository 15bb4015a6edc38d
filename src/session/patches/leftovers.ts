import { type Io, within } from "../../base/clock.ts";
import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { patchPlace } from "../../flash/patches/patch.ts";
import { type PatchJournal, type PatchRecord, sectorOfRecord, standingOf } from "../../flash/patches/record.ts";
import { contentOf } from "../flashing/look-and-plan.ts";
import type { Session } from "../session.ts";
import { boardOf, newId, type OnSectorChange, restoreSector } from "./change.ts";
import type { PatchedSector } from "./patched-flash.ts";

/** What a look for leftovers of killed debuggers has found. */
export interface Leftovers {
  /** The sectors that still equal their records; the session knows them from now on. */
  readonly sectors: readonly PatchedSector[];
  /** Records of this board whose sectors hold something else now: neither state of theirs, nor a part of one. */
  readonly stale: readonly PatchRecord[];
  /** Why records for this chip could not be compared with it. */
  readonly notLooked?: string;
}

/**
 * Compares a chip with the records that a journal has for chips of its name, and keeps the journal for breakpoints of this
 * session's own. A record of this board goes before all others; a whole sector that equals another board's record is this
 * record's, too, of which the session takes a copy, as the other board may need its own; one that is neither whole only on
 * the board that it was made for. A record whose sector has its own bytes again, on its own board, is dropped. Nothing is
 * read of a chip for which there are no records. Throws what the journal and the probe throw.
 */
export async function findLeftovers(session: Session, journal: PatchJournal, io: Io = {}): Promise<Leftovers> {
  const { chip, group = [], core, match, lock } = session.found;
  session.patched.journal = journal;
  if (!chip || !core || match === "no") return { sectors: [], stale: [] };
  const names = new Set([chip, ...group].map(({ name }) => name));
  const records = [...names].flatMap((name) => journal.list(name));
  if (records.length === 0) return { sectors: [], stale: [] };
  if (lock?.locked) return { sectors: [], stale: [], notLooked: "the chip is locked" };
  const stale: PatchRecord[] = [];
  try {
    const board = await boardOf(session, io);
    for (const own of bySector(records)) stale.push(...(await compare(session, { chip, board, journal }, own, io)));
  } catch (error) {
    if (!(error instanceof FlashproofError) || !/^(?:memory-|core-|unsteady-read|flash-)/.test(error.code)) throw error;
    return { sectors: session.patched.all, stale, notLooked: error.message };
  }
  return { sectors: session.patched.all, stale };
}

/** What records are compared for. */
interface Looking {
  readonly chip: Chip;
  readonly board: string;
  readonly journal: PatchJournal;
}

const bySector = (records: readonly PatchRecord[]): readonly (readonly PatchRecord[])[] =>
  [...new Set(records.map(({ sector }) => sector))].map((at) => records.filter(({ sector }) => sector === at));

/** Compares one sector with all its records; answers those of this board that have nothing to do with what stands there. */
async function compare(
  session: Session,
  { chip, board, journal }: Looking,
  records: readonly PatchRecord[],
  io: Io,
): Promise<readonly PatchRecord[]> {
  const found = records.map((record) => ({ record, sector: sectorOfRecord(chip, record) }));
  const sector = found.find((one) => one.sector)?.sector;
  if (!sector || typeof patchPlace(chip, sector.address) === "string") return [];
  const content = await contentOf(session, { sectors: [sector], proven: () => false }, () => {}, io);
  const now = content.get(sector.address);
  if (!now) return [];
  const standings = found
    .filter((one) => one.sector)
    .map(({ record }) => ({ record, isOwn: record.board === board, standing: standingOf(record, sector, now) }));
  const own = standings.filter(({ isOwn }) => isOwn);
  for (const { record, standing } of own) if (standing.is === "original") journal.drop(record);
  // Where its own bytes stand, a record of another board that has them as a state with breakpoints is none of this board's.
  if (own.some(({ standing }) => standing.is === "original")) return [];
  const left =
    own.find(({ standing }) => standing.is === "patched") ??
    own.find(({ standing }) => standing.is === "torn") ??
    standings.find(({ standing }) => standing.is === "patched");
  if (!left) return own.map(({ record }) => record);
  const { standing } = left;
  const record = left.isOwn ? left.record : { ...left.record, id: newId(left.record.chip, sector.address), board };
  const breakpoints = standing.is === "patched" ? standing.breakpoints : [];
  session.patched.note(chip, { sector, record, breakpoints, isLeftover: true, isTorn: standing.is === "torn" });
  return [];
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
