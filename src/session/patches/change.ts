import { readTwice } from "../../adi/read-twice.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { randomWords } from "../../base/random.ts";
import { address32, hex8 } from "../../base/u32.ts";
import type { Sector } from "../../chips/sectors.ts";
import type { SectorContent } from "../../flash/content.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { isBkpt, patched, patchPlace, unpatched } from "../../flash/patches/patch.ts";
import { type PatchRecord, standingOf } from "../../flash/patches/record.ts";
import { estimate } from "../../flash/plan/estimate.ts";
import { planRewrite } from "../../flash/plan/rewrite.ts";
import { Stopwatch } from "../../flash/stopwatch.ts";
import { executePlan } from "../flashing/execute-plan.ts";
import { contentOf } from "../flashing/look-and-plan.ts";
import type { Session } from "../session.ts";
import { standStill } from "../stand-still.ts";
import type { PatchedSector } from "./patched-flash.ts";

/** What a change of one sector is going to be. */
export interface SectorChange {
  readonly sector: Sector;
  /** Breakpoints that will stand there. */
  readonly breakpoints: number;
  /** Erases of this sector in this session, this one among them. */
  readonly erases: number;
  /** How long it takes, in milliseconds, where the flash is as its data sheet has it. */
  readonly estimateMs: number;
}

/** Called before each erase. */
export type OnSectorChange = (change: SectorChange) => void;

/**
 * Has breakpoints in flash stand at exactly these addresses of cells, and gives every other sector its own bytes back. A
 * sector whose breakpoints stay as they are is left alone, and so is one that a killed debugger has left and that gets none. The core has to be halted, and is left so, its RAM and
 * registers as they were. Before a sector is erased all of its bytes are in the journal.
 *
 * Throws `RangeError` for an address without a place, `flash-keep` for a sector that can't be read, what the journal
 * throws, and what a flash job throws.
 */
export async function setFlashBreakpoints(
  session: Session,
  addresses: readonly number[],
  onChange: OnSectorChange = () => {},
  io: Io = {},
): Promise<void> {
  const wanted = bySector(session, addresses);
  const known = session.patched.all.filter(({ isTorn, isLeftover }) => !isTorn && !isLeftover);
  for (const { sector } of known) if (!wanted.has(sector.address)) wanted.set(sector.address, { sector, at: [] });
  const changes = [...wanted.values()].filter(({ sector, at }) => {
    const before = session.patched.at(sector.address);
    return at.join() !== (before?.breakpoints ?? []).join() || before?.isLeftover === true;
  });
  for (const { sector, at } of changes) await rewrite(session, sector, at, onChange, io);
}

/** Gives a sector that a killed debugger has left its own bytes back; answers whether it still was as recorded. */
export async function restoreSector(
  session: Session,
  { sector, record }: PatchedSector,
  onChange: OnSectorChange = () => {},
  io: Io = {},
): Promise<boolean> {
  return session.hold("flash", async (held) => {
    await standStill(held, { reset: false }, io);
    const now = await sectorNow(held, sector, io);
    const standing = standingOf(record, sector, now);
    if (standing.is === "other") return false;
    // In parts of a torn sector any of the states may stand, and does so after this change is cut off, too.
    const before = standing.is === "patched" ? [standing.breakpoints] : record.states.filter((one) => one.length > 0);
    if (standing.is !== "original") await program(held, sector, { ...record, states: [...before, []] }, onChange);
    held.patched.forget([sector]);
    return true;
  });
}

interface Wanted {
  readonly sector: Sector;
  readonly at: readonly number[];
}

function bySector({ chip }: Session, addresses: readonly number[]): Map<number, Wanted> {
  const sectors = new Map<number, Wanted>();
  for (const address of [...new Set(addresses)].sort((a, b) => a - b)) {
    const place = patchPlace(chip, address);
    if (typeof place === "string") throw new RangeError(place);
    const { sector } = place;
    sectors.set(sector.address, { sector, at: [...(sectors.get(sector.address)?.at ?? []), place.address] });
  }
  return sectors;
}

/** The sector is read anew: firmware may have written it since its breakpoints were set. */
async function rewrite(
  session: Session,
  sector: Sector,
  next: readonly number[],
  onChange: OnSectorChange,
  io: Io,
): Promise<void> {
  await session.hold("flash", async (held) => {
    await standStill(held, { reset: false }, io);
    const now = await sectorNow(held, sector, io);
    const known = held.patched.at(sector.address);
    if (now.unreadable.length > 0 || known?.isTorn) throw unreadable(sector);
    const standing = (known?.breakpoints ?? []).filter((at) => isBkpt(now.bytes, at - sector.address));
    const original = known ? unpatched(now, known.record.original, standing) : now.bytes;
    // A leftover's record may be one of another name in the chip's group, by which it is listed.
    const chip = known?.record.chip ?? held.chip.name;
    const id = known?.record.id ?? newId(chip, sector.address);
    const base = { id, chip, board: await boardOf(held, io), sector: sector.address, original };
    await program(held, sector, { ...base, states: [standing, next] }, onChange);
  });
}

/** Brings a sector from a record's first state to its last. */
async function program(held: Session, sector: Sector, record: PatchRecord, onChange: OnSectorChange): Promise<void> {
  const { chip, patched: flash } = held;
  const { original, states } = record;
  const next = states[states.length - 1];
  const plan = planRewrite(chip, [{ sector, content: patched(original, sector.address, next) }]);
  if (!flash.journal) throw new FlashError("flash-keep", "There is no journal, so no breakpoint is written to flash");
  flash.journal.put(record);
  const estimateMs = estimate(plan).totalMs;
  onChange({ sector, breakpoints: next.length, erases: flash.countErase(sector), estimateMs });
  try {
    // Nothing runs on the chip and no RAM is used: firmware goes on where it was.
    const job = { permits: [], loader: "direct" } as const;
    await executePlan(held, plan, job, new Stopwatch(held.clock));
  } catch (error) {
    await lookAgain(held, sector, record);
    throw error;
  }
  settle(held, sector, record, next);
}

/**
 * Notes what stands there after a change that has come to its end; the journal gets the same behind it. Where that fails, it
 * has the record of the change still, of which this is one state.
 */
function settle({ chip, patched: flash }: Session, sector: Sector, record: PatchRecord, now: readonly number[]): void {
  if (now.length === 0) {
    flash.forget([sector]);
    flash.journal?.drop(record);
    return;
  }
  const settled = { ...record, states: [now] };
  flash.note(chip, { sector, record: settled, breakpoints: now, isLeftover: false, isTorn: false });
  flash.journal?.put(settled);
}

/**
 * After a change that failed: the flash may have refused it, or have done a part. A sector that can't be looked at counts as
 * torn. Throws nothing: what failed first is the error.
 */
async function lookAgain(held: Session, sector: Sector, record: PatchRecord): Promise<void> {
  const now = await sectorNow(held, sector).catch(() => undefined);
  const standing = now && standingOf(record, sector, now);
  try {
    if (standing?.is === "original") settle(held, sector, record, []);
    else if (standing?.is === "patched") settle(held, sector, record, standing.breakpoints);
    else held.patched.note(held.chip, { sector, record, breakpoints: [], isLeftover: true, isTorn: true });
  } catch {
    // The journal has the record of the change still.
  }
}

async function sectorNow(session: Session, sector: Sector, io: Io = {}): Promise<SectorContent> {
  const content = await contentOf(session, { sectors: [sector], proven: () => true }, () => {}, io);
  const now = content.get(sector.address);
  if (!now) throw new RangeError(`nothing has read ${address32(sector.address)}`);
  return now;
}

/** Which board this is: the chip's unique number where it has one, else the probe. */
export async function boardOf({ found, core }: Session, io: Io = {}): Promise<string> {
  const place = found.chip?.uniqueId;
  const probe = `probe ${found.probe.info.serial}`;
  if (!place) return probe;
  try {
    const bytes = await readTwice(core.memory, place.start, place.length, io);
    return `chip ${[...bytes].map(hex8).join("")}`;
  } catch (error) {
    if (codeOf(error) !== "memory-fault") throw error;
    return probe;
  }
}

/** A name for a record that no other has, whichever process makes one at the same time. */
export function newId(chip: string, sector: number): string {
  const suffix = [...randomWords(2)].map((word) => word.toString(16).padStart(8, "0")).join("");
  return `${chip}-${sector.toString(16)}-${suffix}`;
}

const unreadable = ({ address }: Sector): FlashError =>
  new FlashError(
    "flash-keep",
    `The sector at ${address32(address)} can't be read whole, so no breakpoint is written to it`,
    {
      details: { address: address32(address) },
    },
  );
