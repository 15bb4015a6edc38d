import type { Io } from "../base/clock.ts";
import { andThen, forEach } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { Breakpoints } from "../cortex/breakpoints.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import type { Watch } from "../cortex/watchpoints.ts";
import { BKPT } from "../flash/patches/patch.ts";
import { CodePoints, type CodePointNeeds } from "./code-points.ts";
import { PointRefused } from "./point-refused.ts";
import { RamBreakpoints } from "./ram-breakpoints.ts";

/** A comparator masks at most so many address bits: larger ranges take several (unsure of larger masks). */
const MOST_MASK = 15;

/** Breakpoints in RAM at most: every read looks at all of them. */
const MOST_SOFTWARE = 1024;

/** Where a core stopped at a point of the client's. */
export type PointHit =
  | { readonly kind: "hwbreak" | "swbreak" }
  | { readonly kind: "watch" | "rwatch" | "awatch"; readonly address: number };

const WATCH_KINDS = { write: "watch", read: "rwatch", any: "awatch" } as const;

/** The breakpoints and watchpoints of one client: in the FPB, as BKPT in RAM and in flash, and in the DWT. */
export class Points {
  /** Those outside of RAM. */
  readonly code: CodePoints;
  private readonly core: () => CortexCore;
  private readonly chip: Chip | undefined;
  private readonly canPatch: (wants: "software" | "hardware") => boolean;
  /** BKPTs in RAM, those of other cores' debuggers among them. */
  private readonly ram: RamBreakpoints;
  /** The comparators of each watchpoint, by what was asked for. */
  private readonly watches = new Map<string, readonly { readonly handle: number; readonly watch: Watch }[]>();

  /** `canPatch`: whether a BKPT in flash may stand for what a client asks for. */
  constructor(
    needs: CodePointNeeds,
    canPatch: (wants: "software" | "hardware") => boolean,
    ram = new RamBreakpoints(),
  ) {
    this.ram = ram;
    ram.attend(this);
    this.core = needs.core;
    this.chip = needs.session.found.chip;
    this.code = new CodePoints(needs);
    this.canPatch = canPatch;
  }

  /** Whether a breakpoint stands at an address. */
  isBreakpoint(address: number): boolean {
    return this.code.has(address) || this.ram.isOf(this, address);
  }

  /** Whether what stopped the core at an address was a BKPT of the firmware's, and none of the client's over it. */
  isOwnBkpt(address: number): boolean {
    const original = this.ram.originalAt(address);
    if (original) return original[1] === BKPT[1];
    const under = this.code.underBkpt(address);
    return under === undefined ? !this.code.has(address) : under >>> 8 === BKPT[1];
  }

  /** `Z0` and `Z1`: software breakpoints in RAM, comparators elsewhere. Throws `PointRefused`. */
  async setBreakpoint(address: number, wants: "software" | "hardware", io: Io = {}): Promise<void> {
    const at = (address & ~1) >>> 0;
    if (this.isBreakpoint(at)) return;
    const isRam = this.chip ? this.isRam(at) : !Breakpoints.reaches(at);
    if (isRam && (wants === "software" || !Breakpoints.reaches(at))) return this.setSoftware(at, io);
    const kind = wants === "software" ? "swbreak" : "hwbreak";
    await this.code.set(at, { kind, mayPatch: this.canPatch(wants) }, io);
  }

  /** `z0` and `z1`; one that isn't there is no error. */
  async clearBreakpoint(address: number, io: Io = {}): Promise<void> {
    const at = (address & ~1) >>> 0;
    await this.code.clear(at, io);
    await this.ram.clear(this, at, this.core().memory, io);
  }

  /** `Z2` to `Z4`: as many comparators as the range needs. Throws `PointRefused`. */
  async setWatch(address: number, length: number, access: Watch["access"], io: Io = {}): Promise<void> {
    const key = `${access} ${address} ${length}`;
    if (this.watches.has(key)) return;
    if (length === 0) throw new PointRefused(`a watchpoint at ${address32(address)} has no bytes to watch`);
    const { watchpoints, identity } = this.core();
    const set: { handle: number; watch: Watch }[] = [];
    for (const watch of watchesFor(address, length, access)) {
      const handle = await watchpoints.set(watch, io);
      if (handle === undefined) {
        for (const one of set) await watchpoints.clear(one.handle, io);
        throw new PointRefused(
          `the ${identity.watchpoints} comparators for watchpoints are not enough for ${length} bytes at ${address32(address)}`,
        );
      }
      set.push({ handle, watch });
    }
    this.watches.set(key, set);
  }

  /** `z2` to `z4`. */
  async clearWatch(address: number, length: number, access: Watch["access"], io: Io = {}): Promise<void> {
    const key = `${access} ${address} ${length}`;
    for (const { handle } of this.watches.get(key) ?? []) await this.core().watchpoints.clear(handle, io);
    this.watches.delete(key);
  }

  /**
   * Takes everything away, that in flash first, and each whatever becomes of the others. Throws the error of the first that
   * failed.
   */
  async clearAll(io: Io = {}): Promise<void> {
    await andThen(
      () => this.code.clearAll(io),
      () => this.clearOutsideCode(io),
    );
  }

  private async clearOutsideCode(io: Io): Promise<void> {
    const handles = [...this.watches.values()].flat().map(({ handle }) => handle);
    this.watches.clear();
    await andThen(
      () => forEach(this.ram.of(this), (address) => this.clearBreakpoint(address, io)),
      () => forEach(handles, (handle) => this.core().watchpoints.clear(handle, io)),
    );
  }

  /** The client has gone, and its points with it. */
  release(): void {
    this.ram.leave(this);
  }

  /**
   * Takes BKPTs in RAM away, other cores' debuggers' among them: behind a download and its reset no debugger knows whether
   * the firmware has overwritten them.
   */
  async clearSoftware(io: Io = {}): Promise<void> {
    if (this.ram.size > 0) await this.ram.clearAll(this.core().memory, io);
  }

  /** Which watchpoint of this client has matched since the last look. */
  async watchHit(io: Io = {}): Promise<PointHit | undefined> {
    if (this.watches.size === 0) return undefined;
    const matched = await this.core().watchpoints.matched(io);
    for (const set of this.watches.values())
      for (const { handle, watch } of set)
        if (matched.has(handle)) return { kind: WATCH_KINDS[watch.access], address: watch.address };
    return undefined;
  }

  /** Whether the watchpoint of a hit is still set. */
  isWatched(hit: PointHit): boolean {
    if (!("address" in hit)) return false;
    return [...this.watches.values()].flat().some(({ watch }) => {
      return watch.address === hit.address && WATCH_KINDS[watch.access] === hit.kind;
    });
  }

  /** Which breakpoint stands where the core stopped. */
  breakHit(pc: number): PointHit | undefined {
    const kind = this.code.kindAt(pc) ?? (this.ram.isOf(this, pc) ? "swbreak" : undefined);
    return kind && { kind };
  }

  /** Puts the original bytes in place of every BKPT in memory that was read. */
  hide(address: number, bytes: Uint8Array): void {
    this.ram.hide(address, bytes);
  }

  /** Takes what a client writes where a BKPT stands for its original, and leaves the BKPT. */
  keep(address: number, bytes: Uint8Array): Uint8Array {
    return this.ram.keep(address, bytes);
  }

  /** Whether a BKPT in RAM stands at an address that is another core's debugger's, and none of this client's. */
  isOthers(address: number): boolean {
    return this.ram.isOthers(this, address);
  }

  /** One step of the core from `pc`, where a BKPT of another core's debugger makes way for the instruction. */
  async step(pc: number): Promise<void> {
    const { core } = this;
    if (this.isOthers(pc)) await this.ram.lifted(pc, core().memory, () => core().step());
    else await core().step();
  }

  /** Has a core that stands at a BKPT of another core's debugger execute the instruction there. */
  async stepOverOthers(): Promise<void> {
    if (!this.ram.hasOthers(this)) return;
    const [pc] = await this.core().readRegisters(["PC"]);
    if (this.isOthers(pc)) await this.step(pc);
  }

  private async setSoftware(at: number, io: Io): Promise<void> {
    if (this.ram.size >= MOST_SOFTWARE)
      throw new PointRefused(`no breakpoint at ${address32(at)}: there are ${MOST_SOFTWARE} in RAM already`);
    await this.ram.set(this, at, this.core().memory, io);
  }

  private isRam(address: number): boolean {
    const place = this.chip?.memories.find(({ start, length }) => address >= start && address < start + length);
    return place?.kind === "ram";
  }
}

/** Aligned powers of two that cover a range exactly. */
export function watchesFor(address: number, length: number, access: Watch["access"]): readonly Watch[] {
  const all: Watch[] = [];
  for (let [at, left] = [address, length]; left > 0; ) {
    let mask = 0;
    while (mask < MOST_MASK && at % 2 ** (mask + 1) === 0 && 2 ** (mask + 1) <= left) mask++;
    all.push({ address: at, mask, access });
    at += 2 ** mask;
    left -= 2 ** mask;
  }
  return all;
}
