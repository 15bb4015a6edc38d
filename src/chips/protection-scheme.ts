import type { Register } from "../registers/register.ts";
import type { Procedure } from "./procedure.ts";

/** How far a debugger gets into a chip: `partial` where some memory stays closed to it. */
export type DebugAccess = "open" | "partial" | "closed";

/** A condition on a value: `(value & mask) === value`. */
export interface Bits {
  readonly mask: number;
  readonly value: number;
}

/**
 * The cells that a group of fields stands in. `flash`: programmed like flash, bit by bit, erased with its sector;
 * `register`: options behind a register, loaded from there; `command`: set by a command, seen in a status register;
 * `fuse`: shown, never written.
 */
export type PlaceKind = "flash" | "register" | "command" | "fuse";

/** What a table advises about a value; spelled by each host, with the field's name and the value that would be right. */
export type FieldRemedy = "open-or-secure" | "open-or-secure-for-ever" | "set-erased-byte" | "set-unprotected";

/** What lint says of a value; its first sentence names field, address and value. */
export interface FieldFinding {
  /** The finding's stable name, part of the `--json` contract. */
  readonly id: string;
  /** `brick`: no tool undoes it; `lock`: a mass erase does; `warn`: likely a mistake; `info`. */
  readonly severity: "brick" | "lock" | "warn" | "info";
  readonly why: string;
  readonly remedy: FieldRemedy;
}

/** What programming a value asks of the user: nothing, a look at a warning, or a consent. */
export type StateAct =
  | { readonly act: "ok" }
  | { readonly act: "warn"; readonly finding: FieldFinding }
  | {
      readonly act: "refuse";
      /** No tool leads out of this state. */
      readonly forEver?: true;
      readonly finding: FieldFinding;
      /** What would happen, in half a sentence; it stands behind the value. */
      readonly need: string;
    };

/** A state of a field: the first one of a table whose condition holds is the field's. */
export type FieldState = StateAct & {
  readonly state: string;
  /** Absent: every value that no state before it has taken. */
  readonly when?: Bits;
  /** In words, behind a value: `0x7B (secured)`. */
  readonly words: string;
  readonly debug: DebugAccess;
};

/** A condition on bytes: all of them 0x00 or 0xFF, or some bits of a field. */
export type ByteCondition = { readonly all: number } | (Bits & { readonly field: string });

/** Some bits in words. The first text whose condition holds is the meaning. */
export interface Reading {
  /** Name, `7:6` or `63:0`, and which of a value's bits these are. */
  readonly name: string;
  readonly bits: readonly [high: number, low: number];
  readonly texts: readonly { readonly when?: ByteCondition; readonly text: string }[];
  readonly sure: boolean;
}

/** Bits that each protect one range of memory from being programmed and erased. */
export interface ProtectedRegions {
  /** The level of a bit that protects. */
  readonly protects: 0 | 1;
  /** What each bit protects, of bit 0 first; ascending. */
  readonly ranges: readonly { readonly start: number; readonly length: number }[];
  /** Names of the bytes in memory order, where the manual has some and each is shown on its own. */
  readonly bytes?: readonly string[];
  /** What lint says where some regions, and where all of them are protected. */
  readonly some: FieldFinding;
  readonly all: FieldFinding;
}

/** When a field's new value counts. */
export type Effective = "at-once" | "reset" | "power-on" | "launch";

/** Some bits of a group that decide one thing. */
export interface ProtectionField {
  /** As the manual calls it: `FSEC`. */
  readonly name: string;
  /** What it is, for a sentence: `security byte`. */
  readonly what: string;
  /** Address of its first byte, and how many it has; up to 4 where it has states. */
  readonly address: number;
  readonly width: number;
  /** The bits of these bytes that are the field's; all where absent. */
  readonly mask?: number;
  /** Address of the cell that holds the complement; where it does not, the field has the state of this name. */
  readonly complement?: { readonly address: number; readonly broken: string };
  /** What its values mean. Empty where they lock nothing. An erased cell is a value like any other. */
  readonly states: readonly FieldState[];
  readonly regions?: ProtectedRegions;
  /** Its bits in words: a register's fields, and readings of others. */
  readonly register?: Register;
  readonly readings?: readonly Reading[];
  /** What is written where nothing else is asked; it leaves the chip open. Absent: the erased value. */
  readonly open?: number;
  /** How any value is made an open one: each next change only where those before did not do. */
  readonly opening?: readonly Bits[];
  /** What lint says of an open value that a power cut on its way can turn into one that locks for ever. */
  readonly neighbour?: { readonly id: string; readonly mark: string; readonly why: string; readonly steady: string };
  readonly effective: Effective;
  /** `last`: everything else is written before; `withErase`: nothing comes between the erase and this. */
  readonly sequence?: { readonly last?: true; readonly withErase?: true };
}

/** Fields that are written together. */
export interface FieldGroup {
  /** As the manual calls it: `flash configuration field`. */
  readonly name: string;
  readonly place: PlaceKind;
  readonly start: number;
  /** Bytes of all fields, complements included. */
  readonly length: number;
  /** What an erased byte of it reads as. */
  readonly erased: number;
  readonly fields: readonly ProtectionField[];
  /** Bytes that look like a gap that a tool has filled: what lint says where all bytes are this one. */
  readonly fillings: readonly {
    readonly byte: number;
    readonly id: string;
    readonly what: string;
    readonly why: string;
  }[];
  /** How a register's options are written and loaded; absent where flash commands do, or no tool may. */
  readonly write?: Procedure;
}

/** States of several fields that mean more together than each alone. */
export interface Combination {
  readonly when: readonly { readonly field: string; readonly states: readonly string[] }[];
  /** What is so, in one sentence without address. */
  readonly what: string;
  /** The field whose own finding this one replaces. */
  readonly about: string;
  readonly act: StateAct & { readonly act: "warn" | "refuse" };
}

/** Where a lock shows: a register of the port, or memory, which a closed chip refuses. */
export type LockPlace =
  | { readonly on: "port"; readonly register: number }
  | { readonly on: "memory"; readonly address: number; readonly width: 8 | 16 | 32 };

/** A condition on what was read at a place; `fault` holds where the read was refused. */
export type LockTest = LockPlace & (Bits | { readonly fault: true });

/** How a chip's lock shows. The first state all of whose tests hold is the chip's. */
export interface LockStateRow {
  readonly state: string;
  readonly words: string;
  readonly debug: DebugAccess;
  readonly tests: readonly LockTest[];
}

/** How a core that resets over and over is caught: a bit of the port holds it at the end of a reset. */
export interface CoreHold {
  readonly register: number;
  readonly bit: number;
  /** Writes in a row: a chip takes none while its flash starts. */
  readonly writes: number;
  /** The longest round of such a chip, in microseconds. */
  readonly roundUs: number;
  /** Time to catch it, in milliseconds. */
  readonly catchMs: number;
}

/** A register of the port by which a raw write erases everything: warned of, and waited for before a reset. */
export interface PortErase {
  /** The port, as its maker calls it: `MDM-AP`. */
  readonly portName: string;
  readonly register: number;
  /** Starts the erase, and reads 1 while it is under way. */
  readonly bit: number;
  /** When the chip takes up such an erase at all. */
  readonly enabled: LockTest & { readonly on: "port" } & Bits;
  /** When it was done. */
  readonly done: LockTest & { readonly on: "port" } & Bits;
}

/** The lock of a chip, as the debug port shows it. */
export interface LockTable {
  /** The access port that it shows on; nothing else of a port is touched before its IDR is this one. */
  readonly port?: { readonly index: number; readonly idr: number };
  /** Decodes what stands at the first place, for people. */
  readonly status?: Register;
  /** When what is read counts; absent: always. */
  readonly certain?: LockTest;
  /** When the chip is in reset; absent: it cannot be seen. */
  readonly inReset?: LockTest;
  readonly states: readonly LockStateRow[];
  /** When each way out is open, by the name of one of the scheme's `exits`; the first one counts. */
  readonly exits: readonly { readonly exit: string; readonly tests: readonly LockTest[] }[];
  /** When the chip's own firmware could open it. */
  readonly byFirmware?: LockTest;
  /** Looks in a row and time to settle, for a chip that may reset over and over. */
  readonly settle: {
    readonly looks: number;
    readonly manyResets: number;
    readonly limitMs: number;
    readonly what: string;
  };
  readonly hold?: CoreHold;
  readonly portErase?: PortErase;
}

/** A way from one lock state to another. */
export interface LockExit {
  readonly name: string;
  readonly procedure: Procedure;
}

/** A family's locks as a table: what can be locked, how it is written, how it shows, and what opens it again. */
export interface ProtectionScheme {
  /** The family, as a sentence names it. */
  readonly family: string;
  /** What J-Link puts behind the name of a device whose protection bytes are programmed as the image has them; absent where it has no such name. */
  readonly allowingName?: string;
  readonly groups: readonly FieldGroup[];
  readonly combinations: readonly Combination[];
  readonly lock?: LockTable;
  readonly exits: readonly LockExit[];
}
