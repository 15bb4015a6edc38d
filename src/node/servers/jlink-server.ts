import type { Socket } from "node:net";
import type { JlinkStream, Twin } from "../../twin/usb.ts";
import { oneAtATime } from "./one-client.ts";
import { type Listening, listen, type TcpServer, writeAll } from "./tcp-server.ts";

/** TCP port of the J-Link protocol (the only one that libjaylink knows). */
export const JLINK_PORT = 19020;

/** Time that one turn takes on a board in lock-step, in microseconds: as on USB (docs/twin.md, time model). */
const TURN_US = 1000;

/** How a J-Link is served. */
export interface JlinkServing {
  /**
   * The board's time passes only while it is used. Each turn then costs what it costs on USB, or a client that waits
   * for the target by asking again and again would wait in vain: its own pauses mean nothing to the board.
   */
  readonly lockstep: boolean;
}

/** What a client hears when another one has the probe: "maximum number of connections reached", version 1, no name. */
const BUSY = Uint8Array.of(0xfe, 1, 0, 0);

/**
 * Serves a twin's J-Link to one client at a time, in the dialect of J-Links with Ethernet.
 *
 * A client that speaks nonsense loses its connection (no command's length can be told from an unknown one), the board
 * stays. Throws `usage` where the address can't be had.
 */
export function serveJlink(twin: Twin, where: Listening, { lockstep }: JlinkServing): Promise<TcpServer> {
  const pause = lockstep ? () => twin.clock.sleep(TURN_US) : () => Promise.resolve();
  const serve = async (socket: Socket) => {
    const stream = twin.jlinkStream();
    socket.write(stream.hello);
    await converse(socket, stream, pause).catch(() => socket.destroy());
  };
  return listen(where, oneAtATime({ serve, refuse: (socket) => void socket.end(BUSY) }));
}

/** Answers piece by piece; while the probe works, the client's next bytes wait in the socket. */
async function converse(socket: Socket, stream: JlinkStream, pause: () => Promise<void>): Promise<void> {
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    const answer = await stream.send(bytes);
    if (answer === undefined) break;
    if (answer.length === 0) continue;
    await pause();
    await writeAll(socket, answer);
  }
  socket.destroy();
}
