import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { frame, RspReader } from "../../../src/gdb/rsp.ts";

/** An answer that hasn't come in time. */
export class Hang extends Error {}

/** A connection that was ended by the other side, or by force. */
export class Gone extends Error {}

/** A client of GDB's protocol on a real socket, each of whose answers has a deadline. */
export class SocketClient {
  private readonly socket: Socket;
  private readonly reader = new RspReader();
  private readonly packets: string[] = [];
  private wake = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket
      .on("data", (data: Buffer) => {
        for (const event of this.reader.feed(data))
          if (event.kind === "packet") this.packets.push(Buffer.from(event.bytes).toString("latin1"));
        this.wake();
      })
      .on("error", () => {})
      .on("close", () => this.wake());
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<SocketClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect").catch(() => {
      throw new Gone(`nothing listens at ${port}`);
    });
    return new SocketClient(socket);
  }

  /** Sends a packet, or Ctrl-C. */
  put(packet: string | Uint8Array): void {
    this.socket.write(packet === INTERRUPT ? Uint8Array.of(3) : frame(packet));
  }

  /** The next packet; throws `Hang` after so many milliseconds, `Gone` where the connection has ended. */
  async next(patienceMs: number): Promise<string> {
    const late = setTimeout(() => this.wake(), patienceMs);
    const deadline = performance.now() + patienceMs;
    try {
      while (this.packets.length === 0) {
        if (this.socket.destroyed) throw new Gone("the connection has ended");
        if (performance.now() >= deadline) throw new Hang("no answer");
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      return this.packets.shift() ?? "";
    } finally {
      clearTimeout(late);
    }
  }

  /** Sends a packet and answers what comes; texts for the console are passed over, and collected. */
  async ask(packet: string | Uint8Array, patienceMs: number): Promise<string> {
    this.put(packet);
    for (;;) {
      const answer = await this.next(patienceMs);
      if (!/^O[0-9a-f]{2}/.test(answer)) return answer;
      this.printed += Buffer.from(answer.slice(1), "hex").toString();
    }
  }

  /** What the server has had printed by GDB. */
  printed = "";

  /** Ends the connection at once. */
  drop(): void {
    this.socket.destroy();
  }
}

/** Ctrl-C among packets. */
export const INTERRUPT = "\u0003";
