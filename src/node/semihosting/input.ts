import { concatBytes } from "../../base/bytes.ts";
import { Waiters } from "../servers/waiters.ts";

/** More than this waits at its source until the firmware has read it. */
const MOST_WAITING = 1 << 16;

/** Bytes that have come for a firmware to read, and the calls that wait for them. */
export class InputQueue {
  private readonly pieces: Uint8Array[] = [];
  private length = 0;
  private isOver = false;
  private readonly waiters = new Waiters();

  /** Whether no more should be put in before some is read. */
  get isFull(): boolean {
    return this.length >= MOST_WAITING;
  }

  /** Takes what has come. */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.pieces.push(bytes);
    this.length += bytes.length;
    this.waiters.wake();
  }

  /** Takes what has come once there is room for it; a source that has gone by then has its bytes dropped. */
  async putWithRoom(bytes: Uint8Array, source: { readonly isClosed: boolean }): Promise<void> {
    while (this.isFull && !source.isClosed) await this.waiters.wait();
    if (!this.isFull) this.put(bytes);
  }

  /** Has those that wait look again: a source has gone. */
  wake(): void {
    this.waiters.wake();
  }

  /** Notes that nothing more will come. */
  end(): void {
    this.isOver = true;
    this.waiters.wake();
  }

  /** At least one byte and at most `most`; none at the end of the input. Throws the signal's reason. */
  async read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.length === 0 && !this.isOver) {
      signal.throwIfAborted();
      await this.waiters.wait(signal);
    }
    signal.throwIfAborted();
    const taken = this.take(most);
    this.waiters.wake();
    return taken;
  }

  private take(most: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let left = Math.min(most, this.length);
    this.length -= left;
    let whole = 0;
    for (; whole < this.pieces.length && this.pieces[whole].length <= left; whole++) {
      taken.push(this.pieces[whole]);
      left -= this.pieces[whole].length;
    }
    this.pieces.splice(0, whole);
    if (left > 0) {
      taken.push(this.pieces[0].subarray(0, left));
      this.pieces[0] = this.pieces[0].subarray(left);
    }
    return concatBytes(taken);
  }
}
