import { type Clock, type Io, within } from "../base/clock.ts";
import { concatBytes } from "../base/bytes.ts";
import { withDeadline } from "../base/deadlines.ts";
import { type Pipe, PipeError } from "./pipe.ts";

/** One TCP connection as a host hands it over: bytes in order, without borders. */
export interface ByteStream {
  send(bytes: Uint8Array): Promise<void>;
  /** At least one byte, as they came; rejects once the other side has gone. */
  receive(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Time for one write or read when the caller names no deadline, in milliseconds, as on USB. */
const TRANSFER_MS = 5000;

/** Largest single read, in bytes. */
const MAX_READ = 65536;

/**
 * A pipe over one TCP connection. Some dialects mark each message with bytes before it (`prefix`); those count as the
 * pipe's business, because USB, which keeps the borders, has none.
 */
export class TcpPipe implements Pipe {
  readonly maxRead = MAX_READ;
  private readonly stream: ByteStream;
  private readonly clock: Clock;
  private readonly prefix: Uint8Array;
  private kept: Uint8Array = new Uint8Array();
  private closed = false;
  private poisonedBy: { readonly cause: unknown } | undefined;

  constructor(stream: ByteStream, clock: Clock, prefix: Uint8Array = new Uint8Array()) {
    this.stream = stream;
    this.clock = clock;
    this.prefix = prefix;
  }

  get unread(): number {
    return this.kept.length;
  }

  write(bytes: Uint8Array, io: Io = {}): Promise<void> {
    const message = this.prefix.length === 0 ? bytes : concatBytes([this.prefix, bytes]);
    return this.guarded(io, "the connection to take bytes", () => this.stream.send(message));
  }

  async read(max: number, io: Io = {}): Promise<Uint8Array> {
    this.assertUsable();
    if (this.kept.length === 0) this.kept = await this.guarded(io, "an answer", () => this.stream.receive());
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
    await this.stream.close();
  }

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
    if (this.closed) throw new PipeError("pipe-closed", "The connection to the probe is closed");
    if (this.poisonedBy === undefined) return;
    const { cause } = this.poisonedBy;
    throw new PipeError("pipe-poisoned", "The connection to the probe failed before and is not used again", { cause });
  }
}
