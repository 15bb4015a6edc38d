import { concatBytes } from "../../base/bytes.ts";
import { Waiters } from "../servers/waiters.ts";

/** More than this waits at its source until the firmware has read it. */
const MOST_WAITING = 1 << 16;

/** Bytes that have come for a firmware to read, and the calls that wait for them. */
export class InputQueue {
  private bytes: Uint8Array = new Uint8Array(0);
  private isOver = false;
  private readonly waiters = new Waiters();

  /** Whether no more should be put in before some is read. */
  get isFull(): boolean {
    return this.bytes.length >= MOST_WAITING;
  }

  /** Takes what has come. */
  put(bytes: Uint8Array): void {
    this.bytes = concatBytes([this.bytes, bytes]);
    this.waiters.wake();
  }

  /** Notes that nothing more will come. */
  end(): void {
    this.isOver = true;
    this.waiters.wake();
  }

  /** At least one byte and at most `most`; none at the end of the input. Throws the signal's reason. */
  async read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.bytes.length === 0 && !this.isOver) {
      signal.throwIfAborted();
      await this.change(signal);
    }
    signal.throwIfAborted();
    const taken = this.bytes.slice(0, most);
    this.bytes = this.bytes.subarray(taken.length);
    this.waiters.wake();
    return taken;
  }

  /** Resolves when bytes have come or were taken, or the signal aborts. */
  change(signal?: AbortSignal): Promise<void> {
    return this.waiters.wait(signal);
  }
}
