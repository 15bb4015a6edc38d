import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { PatchJournal, PatchRecord } from "../../flash/patches/record.ts";
import { noPatchJournal, patchFolder, patchJournal } from "../../node/files/patch-journal.ts";
import type { SectorChange } from "../../session/patches/change.ts";
import { findLeftovers, type Leftovers, restoreLeftovers } from "../../session/patches/leftovers.ts";
import type { PatchedSector } from "../../session/patches/patched-flash.ts";
import type { Session } from "../../session/session.ts";

/** What is done about breakpoints that a killed server has left in flash, and where it is printed. */
export interface LeftoverOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Whether the board is gone with this process, so that no record of it is kept. */
  readonly isForgotten?: boolean | undefined;
  /** Whether the user has agreed to have them restored. */
  readonly restores: boolean;
  readonly warn: (line: string) => void;
  readonly note: (line: string) => void;
}

/**
 * Looks for breakpoints that a killed server has left in a chip's flash, and says so in one line, or gives the sectors
 * their own bytes back. From then on the session keeps records of its own in the user's journal. Throws what the probe and a
 * flash job throw, and where leftovers are to be restored what files throw: elsewhere that is a line, too.
 */
export async function reportLeftovers(session: Session, options: LeftoverOptions): Promise<void> {
  const { env, restores, warn, note } = options;
  const broken = (path: string) =>
    warn(`${path} is no whole record of breakpoints in flash: whether a killed server has left any there is not known`);
  const journal = options.isForgotten ? noPatchJournal : patchJournal(patchFolder(env), broken);
  const { sectors, stale, notLooked } = await look(session, journal, restores);
  for (const record of stale) warn(staleText(record, journal.placeOf(record)));
  if (notLooked !== undefined)
    warn(`a killed server may have left breakpoints in flash, and that could not be looked at: ${notLooked}`);
  if (sectors.length === 0) return;
  if (!restores) return warn(leftText(sectors));
  const restored = await restoreLeftovers(session, (change) => note(restoreText(change)));
  note(`breakpoints in flash: ${countOf(restored.length, "sector")} of a killed server restored, every byte compared`);
}

/** A verb that does something else is not stopped by a folder of records that can't be read. */
async function look(session: Session, journal: PatchJournal, restores: boolean): Promise<Leftovers> {
  try {
    return await findLeftovers(session, journal);
  } catch (error) {
    if (restores || !(error instanceof HostError)) throw error;
    return { sectors: session.patched.all, stale: [], notLooked: error.message };
  }
}

const staleText = ({ sector }: PatchRecord, place: string): string =>
  `${place} has the own bytes of the sector at ${address32(sector)} from before breakpoints were written to it, and something else stands there now: it is left alone, and the file can be removed where that is what is wanted`;

function leftText(sectors: readonly PatchedSector[]): string {
  const count = sectors.reduce((sum, { breakpoints }) => sum + breakpoints.length, 0);
  const torn = sectors.filter(({ isTorn }) => isTorn);
  const places = (some: readonly PatchedSector[]) => some.map(({ sector }) => address32(sector.address)).join(", ");
  const what = [
    ...(count === 0
      ? []
      : [`has left ${countOf(count, "breakpoint")} in flash (${places(sectors.filter((one) => !one.isTorn))})`]),
    ...(torn.length === 0 ? [] : [`was cut off while it changed flash (${places(torn)} not whole)`]),
  ];
  return `a GDB server that was ended by force ${what.join(", and ")}: what is there is not the firmware alone; --restore-breakpoints gives it its own bytes back, and so does programming the firmware`;
}

const restoreText = ({ sector }: SectorChange): string =>
  `breakpoints in flash: the sector at ${address32(sector.address)} (${sector.size / 1024} KB) gets its own bytes back`;

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
