import { type Clock, type Io, within } from "../base/clock.ts";
import { withDeadline } from "../base/deadlines.ts";
import { type Pipe, PipeError } from "./pipe.ts";

/** Time for one transfer when the caller names no deadline, in milliseconds (RM08001 speaks of 5 s). */
export const TRANSFER_MS = 5000;

/**
 * Time for the medium to close, in milliseconds: longer than the longest read that a host cannot call off (5.5 s with npm
 * `usb`, docs/usb.md), because closing waits for its end.
 */
const RELEASE_MS = 8000;

/** Largest single read, in bytes; a J-Link's answer to its largest batch is 8 KB. */
const MAX_READ = 65536;

/** How bytes go one way and the other over one medium; its errors are its own. */
export interface Medium {
  send(bytes: Uint8Array): Promise<void>;
  /** What comes next, whole; none where a packet was empty, more than `most` where the medium cuts nothing. */
  receive(most: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What every pipe does the same, whatever it leads over: deadlines, bytes kept for the next read, poison. */
export class SharedPipe implements Pipe {
  readonly maxRead = MAX_READ;
  private readonly medium: Medium;
  private readonly clock: Clock;
  private kept: Uint8Array = new Uint8Array();
  private closed = false;
  private poisonedBy: { readonly cause: unknown } | undefined;

  constructor(medium: Medium, clock: Clock) {
    this.medium = medium;
    this.clock = clock;
  }

  get unread(): number {
    return this.kept.length;
  }

  write(bytes: Uint8Array, io: Io = {}): Promise<void> {
    return this.guarded(io, "the probe to take bytes", () => this.medium.send(bytes));
  }

  async read(max: number, io: Io = {}): Promise<Uint8Array> {
    this.assertUsable();
    const bounded = within(this.clock, TRANSFER_MS, io);
    const receive = () => this.medium.receive(Math.min(max, MAX_READ));
    while (this.kept.length === 0) this.kept = await this.guarded(bounded, "the probe to answer", receive);
    const taken = this.kept.subarray(0, max);
    this.kept = this.kept.subarray(taken.length);
    return taken;
  }

  poison(cause: unknown): void {
    this.poisonedBy ??= { cause };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const io = within(this.clock, RELEASE_MS);
    await withDeadline(this.clock, io, "the probe to be released", () => this.medium.close());
  }

  /** A failure before the transfer began leaves the pipe as it was. */
  private async guarded<T>(io: Io, what: string, act: () => Promise<T>): Promise<T> {
    this.assertUsable();
    let begun = false;
    const begin = () => {
      begun = true;
      return act();
    };
    try {
      return await withDeadline(this.clock, within(this.clock, TRANSFER_MS, io), what, begin);
    } catch (error) {
      if (begun) this.poison(error);
      throw error;
    }
  }

  private assertUsable(): void {
    if (this.closed) throw new PipeError("pipe-closed", "The pipe to the probe is closed");
    if (this.poisonedBy === undefined) return;
    const text = "The pipe to the probe failed before and cannot be trusted any more";
    throw new PipeError("pipe-poisoned", text, { cause: this.poisonedBy.cause });
  }
}
