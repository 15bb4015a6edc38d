import { InputQueue } from "./input.ts";

/** What comes by stdin, which is read only once a firmware asks for it, and left alone again by `close`. */
export class StdinInput {
  private readonly queue = new InputQueue();
  private isOpen = false;
  private readonly onData = (bytes: Uint8Array): void => this.queue.put(bytes);
  private readonly onEnd = (): void => this.queue.end();

  /** At least one byte and at most `most`; none at the end of the input. Throws the signal's reason. */
  read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    if (!this.isOpen) process.stdin.on("data", this.onData).once("end", this.onEnd).once("error", this.onEnd).resume();
    this.isOpen = true;
    return this.queue.read(most, signal);
  }

  /** Reads stdin no longer. */
  close(): void {
    if (!this.isOpen) return;
    process.stdin.off("data", this.onData).off("end", this.onEnd).off("error", this.onEnd).pause();
  }
}
