import type { Socket } from "node:net";

/** How long a client may take to close after its connection was ended, in milliseconds. */
const LINGER_MS = 1000;

/** A client to whom something is sent unasked is let go when it is so many bytes behind. */
const MOST_BEHIND = 1 << 20;

/** What a client does that ends its connection, in words. */
export class BadClient extends Error {}

/** The first bytes of a request of HTTP (RFC 9112, 3): a method and what may follow it. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"];
const HTTP = new RegExp(`^(?:(?:${METHODS.join("|")}) (?:/|\\*|http)|CONNECT |PRI \\*)`);

/** Bytes in which that can be seen. */
const HEAD_BYTES = 16;

/**
 * One client of a server. Its errors end it and nothing else; what it sends is taken no faster than it is used, and what
 * it does not read does not pile up.
 */
export class Connection {
  private readonly socket: Socket;
  private head = "";

  constructor(socket: Socket) {
    this.socket = socket.on("error", () => socket.destroy());
  }

  /** Whether the client has gone. */
  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /** Calls back once when the client has gone. */
  onClose(act: () => void): void {
    this.socket.once("close", act);
  }

  /**
   * What the client sends, piece by piece, until it ends; the next piece is taken when the last one was used. Throws
   * `BadClient` for HTTP: a page in a browser can send it to any port of this machine. Throws when the connection breaks.
   */
  async *pieces(): AsyncGenerator<Buffer> {
    // A loop that is left must not cut off what is still being sent.
    for await (const piece of this.socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      this.refuseHttp(piece);
      yield piece;
    }
  }

  /** Sends, and waits while the client does not read. */
  async send(bytes: Uint8Array | string): Promise<void> {
    if (!this.isClosed) this.socket.write(bytes);
    await this.drained();
  }

  /** Sends without waiting; the caller waits for `drained`, or bounds what it sends. */
  post(bytes: Uint8Array | string): void {
    if (!this.isClosed) this.socket.write(bytes);
  }

  /** Sends what the client has not asked for, and lets go of one that does not read it. */
  offer(bytes: Uint8Array): void {
    if (this.socket.writableLength > MOST_BEHIND) this.drop();
    else this.post(bytes);
  }

  /** Resolves when the client has read what it was sent but for a little, or has gone. */
  drained(): Promise<void> {
    const { socket } = this;
    if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        socket.off("drain", done).off("close", done);
        resolve();
      };
      socket.once("drain", done).once("close", done);
    });
  }

  /** Ends the connection after what was sent, and after the last words; a client that stays is dropped soon. */
  end(lastWords: Uint8Array | string = ""): void {
    const { socket } = this;
    if (socket.destroyed) return;
    if (socket.writable) socket.end(lastWords);
    // What is still on its way in would turn the end into a reset, and the last words would be lost.
    socket.removeAllListeners("readable").on("data", () => {});
    const late = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once("close", () => clearTimeout(late));
  }

  /** Ends the connection at once. */
  drop(): void {
    this.socket.destroy();
  }

  private refuseHttp(bytes: Buffer): void {
    if (this.head.length >= HEAD_BYTES) return;
    this.head += bytes.toString("latin1", 0, HEAD_BYTES - this.head.length);
    if (HTTP.test(this.head)) throw new BadClient("HTTP is not spoken here");
  }
}

/**
 * The lines of a client, without their ends; what stands behind the last line end is none. Throws `BadClient` for a
 * line longer than `most` bytes.
 */
export async function* linesOf(pieces: AsyncIterable<Buffer>, most: number): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(LINE_END); end >= 0; end = piece.indexOf(LINE_END, start)) {
      if (length + end - start > most) throw new BadClient(`a line is longer than ${most} bytes`);
      yield Buffer.concat([...begun, piece.subarray(start, end)])
        .toString("utf8")
        .replace(/\r$/, "");
      [begun, length, start] = [[], 0, end + 1];
    }
    begun.push(piece.subarray(start));
    length += piece.length - start;
    if (length > most) throw new BadClient(`a line is longer than ${most} bytes`);
  }
}

const LINE_END = 0x0a;
