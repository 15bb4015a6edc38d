import type { MemAp } from "../../adi/mem-ap.ts";
import type { DebugPort } from "../../adi/debug-port.ts";
import type { RomTable } from "../../adi/rom-table.ts";
import type { Clock, Io } from "../../base/clock.ts";
import type { Trace } from "../../base/trace.ts";
import type { Chip } from "../../chips/chip.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import type { Probe } from "../../probe/probe.ts";
import type { LockState } from "../../protection/lock-state.ts";
import type { ConnectEvent, OnConnectEvent } from "../connect-events.ts";
import type { ChipMatch } from "../detection/match-chip.ts";
import type { OpenedPort } from "../open-core.ts";
import { type LockSource, lockSource, type ScannedPort } from "../locks/lock-source.ts";
import type { Wired } from "../procedure-uses.ts";
import type { Connected, OnMassErase } from "../session.ts";
import { SessionError } from "../session-error.ts";

/** What a connection is made from. */
export interface ConnectOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly chip?: Chip;
  /** Where no chip is named: the chips that it may turn out to be. */
  readonly candidates?: readonly Chip[];
  /** The processor that was named in the place of a chip; absent where any will do. */
  readonly namedCore?: string;
  readonly hz: number;
  /** `halt`: the core is halted; `under-reset`: the reset line is held while it connects; `attach`: the core is left alone. */
  readonly how: "halt" | "under-reset" | "attach";
  readonly onEvent?: OnConnectEvent;
  /** Where the layers of this connection write trace records; without it none is built. */
  readonly trace?: Trace;
  /** Whether the parts in the ROM table are read for a chip that was named, too; where none was, they tell what it is. */
  readonly components?: boolean;
  /** Asked when the chip is locked and can be mass-erased; without it a locked chip stays as it is. */
  readonly onLocked?: (lock: LockState) => Promise<"unlock" | "leave">;
  /** Called before each mass erase of the connection, and of the session that it becomes. */
  readonly onMassErase?: OnMassErase;
}

/** A connection being made: what the steps have found so far. */
export interface Draft extends Omit<ConnectOptions, "chip" | "candidates" | "components"> {
  readonly readsComponents: boolean;
  chip?: Chip;
  candidates?: readonly Chip[];
  readonly emit: (event: ConnectEvent) => void;
  dp?: DebugPort;
  /** When the target was first touched. */
  started?: number;
  lock?: LockState;
  /** What the look at the lock has read of the core's port, in the same batch. */
  opened?: OpenedPort | undefined;
  memory?: MemAp;
  core?: CortexCore;
  aps: Connected["aps"];
  romTable?: RomTable;
  components: Connected["components"];
  /** Chips that nothing tells apart; `chip` is what they share. */
  group?: readonly Chip[];
  match: ChipMatch;
  /** The words of the named chip's identification registers, where they were read with the core's own. */
  chipWords?: Uint32Array | undefined;
  /** The chip resets over and over, and its core is held until the connection ends. */
  held: boolean;
  massErased: boolean;
  /** The reset line was released, because the chip did not come out of reset. */
  lineReleased: boolean;
}

/** One named step of a connection. */
export type Step = readonly [name: string, step: (draft: Draft, io: Io) => Promise<void>];

/** What the scan found; of several candidates, which have the same ports, the first one stands for all. */
export const scannedBy = ({ dp, aps, chip, candidates = [], match }: Draft): ScannedPort => ({
  dp: of(dp),
  aps,
  chip: chip ?? candidates[0],
  match,
  isGuess: chip === undefined,
});

/** Where the lock shows by which the core is held: there is one where a lock was seen. */
export const sourceOf = (draft: Draft): LockSource => of(lockSource(scannedBy(draft)));

/** The connection as far as it is made, for procedures. */
export const wiredBy = (draft: Draft): Wired => ({ ...draft, dp: of(draft.dp) });

/** What an earlier step has found; throws `session-closed` where that step was left out. */
export function of<T>(value: T | undefined): T {
  if (value === undefined) throw new SessionError("session-closed", "A step of the connection was left out");
  return value;
}
