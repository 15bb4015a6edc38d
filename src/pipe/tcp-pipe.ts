import { concatBytes } from "../base/bytes.ts";
import type { Clock } from "../base/clock.ts";
import { SharedPipe } from "./shared-pipe.ts";

/** One TCP connection as a host hands it over: bytes in order, without borders. */
export interface ByteStream {
  send(bytes: Uint8Array): Promise<void>;
  /** At least one byte, as they came; rejects once the other side has gone. */
  receive(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * A pipe over one TCP connection. Some dialects mark each message with bytes before it (`prefix`); those count as the
 * pipe's business, because USB, which keeps the borders, has none.
 */
export class TcpPipe extends SharedPipe {
  constructor(stream: ByteStream, clock: Clock, prefix: Uint8Array = new Uint8Array()) {
    const medium = {
      send: (bytes: Uint8Array) => stream.send(prefix.length === 0 ? bytes : concatBytes([prefix, bytes])),
      receive: () => stream.receive(),
      close: () => stream.close(),
    };
    super(medium, clock);
  }
}
