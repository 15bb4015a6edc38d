import type { Io } from "../base/clock.ts";
import { andThen, forEach } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import { Breakpoints } from "../cortex/breakpoints.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { familyOf } from "../families/list.ts";
import { patchPlace } from "../flash/patches/patch.ts";
import { type SectorChange, setFlashBreakpoints } from "../session/patches/change.ts";
import type { PatchedSector } from "../session/patches/patched-flash.ts";
import type { Session } from "../session/session.ts";
import { type Assignment, assignPoints, type CodePoint } from "./assign-points.ts";
import type { FlashBreakpoints } from "./host.ts";
import { PointRefused } from "./point-refused.ts";

/** How a client wants a breakpoint in code. */
export interface CodeRequest {
  readonly kind: "hwbreak" | "swbreak";
  /** Whether a BKPT in flash may stand for it. */
  readonly mayPatch: boolean;
}

/** What breakpoints in code work on. */
export interface CodePointNeeds {
  readonly session: Session;
  readonly core: () => CortexCore;
  readonly mode: FlashBreakpoints;
  /** Whether the core runs for the client. */
  readonly isRunning: () => boolean;
  /** Called before a sector is erased. */
  readonly onChange: (change: SectorChange, disturbs: string | undefined) => void;
}

/**
 * The breakpoints of one client outside of RAM: in comparators, at once; where breakpoints in flash are on, in comparators
 * and as BKPTs in flash, both when the core is let run, because GDB takes all of them away and sets them again at each stop.
 */
export class CodePoints {
  private readonly needs: CodePointNeeds;
  private readonly wanted = new Map<number, CodeRequest>();
  /** Those of the last run, and when each was reached or set last. */
  private used = new Map<number, number>();
  private readonly comparators = new Set<number>();
  private tick = 0;
  mode: FlashBreakpoints;

  constructor(needs: CodePointNeeds) {
    this.needs = needs;
    this.mode = needs.mode;
  }

  /** Whether the client has a breakpoint at an address. */
  has(address: number): boolean {
    return this.wanted.has(address);
  }

  /** As what the client has set the breakpoint at an address. */
  kindAt(address: number): CodeRequest["kind"] | undefined {
    return this.wanted.get(address)?.kind;
  }

  /** The firmware's instruction where a BKPT of a debugger stands in flash; undefined where none does. */
  underBkpt(address: number): number | undefined {
    const standing = this.standingAt(address);
    if (!standing) return undefined;
    const { cell, sector, record } = standing;
    const offset = cell - sector.address;
    return record.original[offset] + record.original[offset + 1] * 0x100;
  }

  /** Whether a BKPT stands at an address that a killed debugger has left, and the client has set none there. */
  isLeftover(address: number): boolean {
    return !this.wants(address) && this.standingAt(address)?.isLeftover === true;
  }

  /** Sets a breakpoint, or notes it for the next run. Throws `PointRefused`. */
  async set(at: number, request: CodeRequest, io: Io): Promise<void> {
    if (this.wanted.has(at)) return;
    const isReached = Breakpoints.reaches(at);
    if (!this.isOn || this.needs.isRunning()) {
      if (!isReached)
        throw new PointRefused(
          `no breakpoint can be set at ${address32(at)}: it is no RAM, and beyond the comparators`,
        );
      if (this.free <= 0) throw new PointRefused(this.fullText(at));
      await this.compare(at, io);
    } else this.checkRoom(at, request, isReached);
    this.wanted.set(at, request);
  }

  /** Takes a breakpoint away, where it is in flash before the next run. */
  async clear(at: number, io: Io): Promise<void> {
    this.wanted.delete(at);
    if (!this.isOn || this.needs.isRunning()) await this.uncompare(at, io);
  }

  /**
   * Gives the sectors that this client has changed their own bytes back, and takes all comparators away, each whatever
   * becomes of the others. Throws the error of the first that failed.
   */
  async clearAll(io: Io): Promise<void> {
    this.wanted.clear();
    this.used.clear();
    await andThen(
      () => this.patch([], io),
      () => forEach([...this.comparators], (at) => this.uncompare(at, io)),
    );
  }

  /** Turns breakpoints in flash on or off; those that stand there go. Answers what no comparator was left for. */
  async switchTo(mode: FlashBreakpoints, io: Io = {}): Promise<readonly number[]> {
    this.mode = mode;
    if (mode === "on") return [];
    await this.patch([], io);
    const lost: number[] = [];
    for (const at of this.wanted.keys()) {
      if (this.comparators.has(at)) continue;
      if (this.free > 0 && Breakpoints.reaches(at)) await this.compare(at, io);
      else lost.push(at);
    }
    for (const at of lost) this.wanted.delete(at);
    return lost;
  }

  /** Has what the client wants stand before the core runs. Throws what changing flash throws. */
  async beforeRun(io: Io = {}): Promise<void> {
    if (!this.isOn) return;
    const tick = ++this.tick;
    this.used = new Map([...this.wanted.keys()].map((at) => [at, this.used.get(at) ?? tick]));
    await this.place(assignPoints(this.points(this.wanted.keys()), this.capacity), io);
  }

  /**
   * Has the instruction at PC executed by a step, unless the client wants to stop there: its comparator is switched off, its
   * BKPT in flash makes way for a comparator, so that the next stop there costs nothing. Throws what changing flash throws.
   */
  async beforeStep(pc: number, io: Io = {}): Promise<void> {
    if (this.wanted.has(pc)) return;
    await this.uncompare(pc, io);
    const standing = this.standingAt(pc);
    if (!this.isOn || !standing || standing.isLeftover || this.wants(pc)) return;
    // At a step the client has taken all of them away, and sets most of them again for the next run.
    const others = [...this.used.keys(), ...this.wanted.keys()].filter((at) => this.cellOf(at) !== standing.cell);
    const kept = new Set([...others, pc]);
    this.used.set(pc, ++this.tick);
    await this.patch(assignPoints(this.points(kept), this.capacity, pc).flash, io);
  }

  /** Notes that the core has stopped at a breakpoint. */
  reached(pc: number): void {
    if (this.wanted.has(pc)) this.used.set(pc, ++this.tick);
  }

  /** Whether the core stands at a BKPT in flash that the client has taken away while the core ran. */
  isUnwanted(pc: number): boolean {
    return this.isOn && !this.wants(pc) && this.standingAt(pc)?.isLeftover === false;
  }

  /** The cell behind an address in flash; the address where there is none. */
  private cellOf(address: number): number {
    const { chip } = this.needs.session.found;
    const place = chip && patchPlace(chip, address);
    return !place || typeof place === "string" ? address : place.address;
  }

  /** Whether the client has a breakpoint at an address, or at an alias of it. */
  private wants(address: number): boolean {
    if (this.wanted.has(address)) return true;
    const cell = this.cellOf(address);
    return [...this.wanted.keys()].some((at) => this.cellOf(at) === cell);
  }

  /** The patched sector of a BKPT that stands in flash at an address, or at an alias of it. */
  private standingAt(address: number): (PatchedSector & { readonly cell: number }) | undefined {
    const cell = this.cellOf(address);
    const found = this.needs.session.patched.all.find(({ breakpoints }) => breakpoints.includes(cell));
    return found && { ...found, cell };
  }

  private get isOn(): boolean {
    return this.mode === "on";
  }

  /** Comparators that this client can have. */
  private get capacity(): number {
    const { breakpoints } = this.needs.core();
    const others = breakpoints.addresses.filter((at) => !this.comparators.has(at));
    return breakpoints.capacity - others.length;
  }

  private get free(): number {
    return this.capacity - this.comparators.size;
  }

  private points(addresses: Iterable<number>): readonly CodePoint[] {
    return [...addresses].map((address) => {
      const place = this.placeOf(address);
      return {
        address,
        isInFlash: this.underBkpt(address) !== undefined,
        isReached: Breakpoints.reaches(address),
        sector: typeof place === "string" ? undefined : place.sector.address,
        used: this.used.get(address) ?? 0,
      };
    });
  }

  /** Where a BKPT would go; a text says why none may. */
  private placeOf(address: number, request = this.wanted.get(address)): ReturnType<typeof patchPlace> {
    const { chip } = this.needs.session.found;
    if (request && !request.mayPatch) return "the client asks for a comparator";
    return chip ? patchPlace(chip, address) : "no chip is named";
  }

  private checkRoom(at: number, request: CodeRequest, isReached: boolean): void {
    const place = this.placeOf(at, request);
    if (typeof place !== "string") return;
    const fixed = this.points(this.wanted.keys()).filter(({ sector }) => sector === undefined);
    if (isReached && fixed.length < this.capacity) return;
    throw new PointRefused(
      `no breakpoint at ${address32(at)}: all ${this.capacity} comparators are taken, and none may stand in flash there: ${place}`,
    );
  }

  private fullText(at: number): string {
    const { capacity } = this.needs.core().breakpoints;
    const full = `no breakpoint at ${address32(at)}: all ${capacity} comparators are taken`;
    if (this.isOn) return `${full}, and flash is not written while the core runs`;
    if (this.mode === "off") return `${full}, and breakpoints in flash are off: --flash-breakpoints on`;
    const place = this.placeOf(at, { kind: "swbreak", mayPatch: true });
    if (typeof place === "string") return `${full}, and none may stand in flash there: ${place}`;
    const size = `${place.sector.size / 1024} KB`;
    return `${full}; monitor flash breakpoints = 1 lets them stand in flash, and each change of one erases its sector (${size} here)`;
  }

  private async place({ comparators, flash }: Assignment, io: Io): Promise<void> {
    await this.patch(flash, io);
    for (const at of [...this.comparators]) if (!comparators.includes(at)) await this.uncompare(at, io);
    for (const at of comparators) await this.compare(at, io);
  }

  private async patch(flash: readonly number[], io: Io): Promise<void> {
    const { session, onChange } = this.needs;
    if (flash.length === 0 && session.patched.all.length === 0) return;
    const disturbs = session.found.chip && familyOf(session.found.chip)?.disturbs;
    await setFlashBreakpoints(session, flash, (change) => onChange(change, disturbs), io);
  }

  private async compare(at: number, io: Io): Promise<void> {
    if (this.comparators.has(at)) return;
    await this.needs.core().breakpoints.set(at, io);
    this.comparators.add(at);
  }

  private async uncompare(at: number, io: Io): Promise<void> {
    if (this.comparators.delete(at)) await this.needs.core().breakpoints.clear(at, io);
  }
}
