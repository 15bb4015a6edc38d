/** A debug sequence as its pack has it: what a debugger is to do at a point of a session. */
export interface PackSequence {
  readonly name: string;
  /** The one processor that it is for. */
  readonly core?: string;
  /** Whether it switches the debugger's own sequence of that name off, and has nothing in its place. */
  readonly disabled: boolean;
  readonly info?: string;
  readonly steps: readonly SequenceStep[];
}

/** A part of a sequence. */
export type SequenceStep = SequenceBlock | SequenceControl;

/** Statements as they stand in the pack. */
export interface SequenceBlock {
  readonly kind: "block";
  readonly text: string;
  /** The line of the description in which it begins. */
  readonly line: number;
}

/** Steps that depend on a condition, once (`if`) or again and again (`while`); texts of attributes as they stand. */
export interface SequenceControl {
  readonly kind: "control";
  readonly if?: string;
  readonly while?: string;
  /** Microseconds after which a `while` ends. */
  readonly timeout?: string;
  readonly steps: readonly SequenceStep[];
  readonly line: number;
}

/** Where something stands in a pack's description. */
export interface Position {
  /** What it is a part of: `The sequence ResetSystem`. */
  readonly of: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Sequences that a debugger has of its own where a pack brings none of that name (Open-CMSIS-Pack, "Predefined debug access
 * sequences").
 */
export const PREDEFINED: ReadonlySet<string> = new Set([
  ...["DebugPortSetup", "DebugPortStart", "DebugPortStop", "DebugDeviceUnlock", "DebugCoreStart", "DebugCoreStop"],
  ...["DebugCodeMemRemap", "ResetSystem", "ResetProcessor", "ResetHardware", "ResetHardwareAssert"],
  ...["ResetHardwareDeassert", "ResetCatchSet", "ResetCatchClear", "RecoverySupportStart", "RecoverySupportStop"],
  ...["RecoveryAcknowledge", "TraceStart", "TraceCapture", "TraceFlush", "TraceStop", "FlashInit", "FlashUninit"],
  ...["FlashEraseSetup", "FlashEraseSector", "FlashEraseChip", "FlashEraseDone", "FlashProgramSetup"],
  ...["FlashProgramPage", "FlashProgramDone"],
]);
