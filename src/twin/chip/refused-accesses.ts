import type { u32 } from "../../base/u32.ts";

/** Who asks. */
export type Master = "core" | "debug";

/** Why the bus refused an access: the twin lacks the peripheral, or the chip lacks the thing or keeps it shut. */
export type RefusalReason = "not modelled" | "no such register" | "clock off" | "nothing there";

/** Accesses of one kind to one address that the bus refused. */
export interface RefusedAccess {
  readonly address: u32;
  /** The peripheral, or the name of the range. */
  readonly place: string;
  readonly why: RefusalReason;
  readonly kind: "read" | "write";
  readonly master: Master;
  readonly count: number;
  /** The instruction that asked first; absent where the debugger did, or the core without an instruction. */
  readonly pc?: u32;
}

type Counted = { -readonly [K in keyof RefusedAccess]: RefusedAccess[K] };

/** Addresses that are kept apart; what lies beyond is firmware that walks through the address space. */
const LIMIT = 1000;

/** Counts refused accesses by address and kind, in the order of the first of each. */
export class RefusedAccesses {
  private readonly byKey = new Map<number, Counted>();
  private latest: Counted | undefined;

  /** All of them so far. */
  get list(): readonly RefusedAccess[] {
    return [...this.byKey.values()];
  }

  /** One more. */
  add(access: Omit<RefusedAccess, "count" | "pc">): void {
    const { address, kind, master } = access;
    const key = address * 4 + (master === "core" ? 2 : 0) + (kind === "read" ? 1 : 0);
    const known = this.byKey.get(key);
    if (known) known.count += 1;
    else if (this.byKey.size < LIMIT) this.byKey.set(key, { ...access, count: 1 });
    this.latest = this.byKey.get(key);
  }

  /** The latest one was the doing of the core's instruction at `pc`. */
  blame(pc: u32): void {
    if (this.latest?.master === "core") this.latest.pc ??= pc;
    this.latest = undefined;
  }
}
