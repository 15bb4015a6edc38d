import { equalBytes } from "../../base/bytes.ts";
import type { Chip } from "../../chips/chip.ts";
import { overlap, type Sector } from "../../chips/sectors.ts";
import type { ChipContent } from "../../flash/content.ts";
import { addressesOf, BKPT, unpatched } from "../../flash/patches/patch.ts";
import type { PatchJournal, PatchRecord } from "../../flash/patches/record.ts";
import type { SectorPlan } from "../../flash/plan/sector-plan.ts";
import type { Image, Segment } from "../../image/image.ts";

/** A sector in which breakpoints stand, and its own bytes. */
export interface PatchedSector {
  readonly sector: Sector;
  readonly record: PatchRecord;
  /** The addresses of the cells that have a BKPT; none where the sector is torn. */
  readonly breakpoints: readonly number[];
  /** A debugger before this session has left it. */
  readonly isLeftover: boolean;
  /** A change of the sector was cut off: neither its own bytes nor those with breakpoints stand there whole. */
  readonly isTorn: boolean;
}

/** What a job did to a sector. */
type Planned = Pick<SectorPlan, "address" | "action" | "content">;

/** The breakpoints in flash that are known on a session's chip: those of a debugger here, and what a killed one has left. */
export class PatchedFlash {
  private readonly sectors = new Map<number, PatchedSector>();
  private readonly erases = new Map<number, number>();
  private chip: Chip | undefined;
  /** Whether reads of those who debug show the firmware's bytes. */
  private hides = false;
  /** Where records are kept; without it nothing is patched. */
  journal: PatchJournal | undefined;

  /** The patched sectors, ascending. */
  get all(): readonly PatchedSector[] {
    return [...this.sectors.values()].sort((a, b) => a.sector.address - b.sector.address);
  }

  /** Whether reads have anything to hide. */
  get isHidden(): boolean {
    return this.hides && this.sectors.size > 0;
  }

  /** The patched sector that begins at an address. */
  at(address: number): PatchedSector | undefined {
    return this.sectors.get(address);
  }

  /** Every cell that has a BKPT of a debugger. */
  get breakpoints(): readonly number[] {
    return this.all.flatMap(({ breakpoints }) => breakpoints);
  }

  /** From now on a debugger's reads show the firmware's bytes. */
  hide(): void {
    this.hides = true;
  }

  /** Notes what stands in a sector. */
  note(chip: Chip, patchedSector: PatchedSector): void {
    this.chip = chip;
    this.sectors.set(patchedSector.sector.address, patchedSector);
  }

  /** Counts an erase of a sector, and answers how many there were in this session. */
  countErase({ address }: Sector): number {
    const count = (this.erases.get(address) ?? 0) + 1;
    this.erases.set(address, count);
    return count;
  }

  /** Erases of this session by sector, ascending. */
  get erasesBySector(): readonly (readonly [number, number])[] {
    return [...this.erases].sort(([a], [b]) => a - b);
  }

  /** Sectors have other bytes now, all of them: their records are dropped. Throws what the journal throws. */
  forget(sectors: readonly Pick<Sector, "address">[]): void {
    const known = sectors.flatMap(({ address }) => this.sectors.get(address) ?? []);
    for (const { sector } of known) this.sectors.delete(sector.address);
    for (const { record } of known) this.journal?.drop(record);
  }

  /**
   * A job's plan stands in its sectors: the records of those are dropped that were written, or had their own bytes. In one
   * that the plan left as it was breakpoints may stand that the job's image has, too. Throws what the journal throws.
   */
  forgetPlanned(sectors: readonly Planned[]): void {
    this.forget(sectors.filter((planned) => this.hasGone(planned)));
  }

  /** A job wrote sectors in which something else stands now: no breakpoint does, and the records are kept. */
  noteDifferent(sectors: readonly Planned[]): void {
    for (const planned of sectors) {
      const known = this.sectors.get(planned.address);
      if (known && this.hasGone(planned))
        this.sectors.set(planned.address, { ...known, breakpoints: [], isTorn: false });
    }
  }

  private hasGone({ address, action, content }: Planned): boolean {
    const known = this.sectors.get(address);
    return known !== undefined && (action !== "unchanged" || equalBytes(content, known.record.original));
  }

  /** Everything was erased. */
  forgetAll(): void {
    this.forget(this.all.map(({ sector }) => sector));
  }

  /** Puts the firmware's bytes in place of each BKPT in memory that was read. */
  conceal(address: number, bytes: Uint8Array): void {
    const { chip } = this;
    if (!chip || !this.isHidden) return;
    for (const { sector, record, breakpoints } of this.sectors.values())
      for (const cell of breakpoints)
        for (const at of addressesOf(chip, cell))
          concealOne(address, bytes, at, record.original, cell - sector.address);
  }

  /** What was read of sectors, with the firmware's bytes in place of breakpoints and torn sectors. */
  originals(content: ChipContent): ChipContent {
    if (this.sectors.size === 0) return content;
    return new Map(
      [...content].map(([address, now]) => {
        const known = this.sectors.get(address);
        if (!known) return [address, now] as const;
        const { original } = known.record;
        const bytes = known.isTorn ? original : unpatched(now, original, known.breakpoints);
        return [address, { address, bytes, unreadable: known.isTorn ? [] : now.unreadable }] as const;
      }),
    );
  }

  /**
   * The image with the firmware's bytes for what breakpoints stand over in the sectors that it touches, and for all of a
   * torn one: a job that keeps the rest of a sector keeps the firmware's.
   */
  withOriginals(image: Image): Image {
    const touched = this.all.filter(({ sector: { address, size } }) =>
      image.segments.some((one) =>
        overlap({ start: one.address, length: one.bytes.length }, { start: address, length: size }),
      ),
    );
    const more = touched.flatMap(ownSegments).flatMap((segment) => unnamed(segment, image));
    return more.length === 0 ? image : { ...image, segments: joined([...image.segments, ...more]) };
  }
}

/** What a patched sector does not show of the firmware's bytes. */
function ownSegments({ sector: { address }, record, breakpoints, isTorn }: PatchedSector): readonly Segment[] {
  const { original } = record;
  if (isTorn) return [{ name: "patched", address, bytes: original }];
  return breakpoints.map((at) => {
    return { name: "patched", address: at, bytes: original.slice(at - address, at - address + BKPT.length) };
  });
}

/** The parts of a segment that an image doesn't name. */
function unnamed(segment: Segment, image: Image): readonly Segment[] {
  const parts: Segment[] = [];
  const isNamed = (at: number) =>
    image.segments.some((one) => at >= one.address && at < one.address + one.bytes.length);
  for (let at = 0; at < segment.bytes.length; ) {
    const from = at;
    while (at < segment.bytes.length && !isNamed(segment.address + at)) at++;
    if (at > from) parts.push({ ...segment, address: segment.address + from, bytes: segment.bytes.slice(from, at) });
    else at++;
  }
  return parts;
}

const joined = (segments: readonly Segment[]): readonly Segment[] =>
  [...segments].sort((one, other) => one.address - other.address);

/** One BKPT, of which any part may have been read; where a part is something else, firmware has written over it. */
function concealOne(address: number, bytes: Uint8Array, at: number, original: Uint8Array, offset: number): void {
  const read = [...BKPT].map((byte, i) => ({ byte, index: at + i - address, own: original[offset + i] }));
  const parts = read.filter(({ index }) => index >= 0 && index < bytes.length);
  if (parts.every(({ byte, index }) => bytes[index] === byte)) for (const { index, own } of parts) bytes[index] = own;
}
