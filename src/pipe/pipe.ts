import type { Io } from "../base/clock.ts";
import { FlashproofError } from "../base/errors.ts";

/**
 * Bytes to and from one probe. A pipe that timed out, failed or was called off in the middle is poisoned: every later
 * call throws `pipe-poisoned`, because a late answer would be taken for the next one's.
 */
export interface Pipe {
  /** Largest answer that one `read` may be asked for. */
  readonly maxRead: number;
  /** Bytes that came beyond what was asked for and wait for the next `read`. */
  readonly unread: number;
  write(bytes: Uint8Array, io?: Io): Promise<void>;
  /** At least one and at most `max` bytes, as they came; throws `pipe-closed`, `pipe-poisoned` or `WaitError`. */
  read(max: number, io?: Io): Promise<Uint8Array>;
  /** Makes the pipe unusable, for a reader who found that the responses no longer belong to the requests. */
  poison(cause: unknown): void;
  close(): Promise<void>;
}

/** Codes of the pipe layer. */
export type PipeErrorCode = "pipe-poisoned" | "pipe-closed" | "pipe-failed";

/** A pipe that cannot be used (any more). */
export class PipeError extends FlashproofError<PipeErrorCode> {}
