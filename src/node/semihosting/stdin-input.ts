import type { Readable } from "node:stream";
import { InputQueue } from "./input.ts";

/**
 * What comes by stdin, which is read only once a firmware asks for it, no faster than that reads it, and left alone again
 * by `close`.
 */
export class StdinInput {
  private readonly source: Readable;
  private readonly queue = new InputQueue();
  private isOpen = false;
  private readonly onData = (bytes: Uint8Array): void => {
    this.queue.put(bytes);
    if (this.queue.isFull) this.source.pause();
  };
  private readonly onEnd = (): void => this.queue.end();

  constructor(source: Readable = process.stdin) {
    this.source = source;
  }

  /** At least one byte and at most `most`; none at the end of the input. Throws the signal's reason. */
  async read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    if (!this.isOpen) this.source.on("data", this.onData).once("end", this.onEnd).once("error", this.onEnd).resume();
    this.isOpen = true;
    const taken = await this.queue.read(most, signal);
    if (!this.queue.isFull) this.source.resume();
    return taken;
  }

  /** Reads stdin no longer. */
  close(): void {
    if (!this.isOpen) return;
    this.source.off("data", this.onData).off("end", this.onEnd).off("error", this.onEnd).pause();
  }
}
