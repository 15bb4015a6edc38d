import type { JlinkStream, Twin } from "../../twin/usb.ts";
import type { Connection } from "./connection.ts";
import { oneAtATime } from "./one-client.ts";
import { type Listening, listen, type TcpServer } from "./tcp-server.ts";

/** TCP port of the J-Link protocol (the only one that libjaylink knows). */
export const JLINK_PORT = 19020;

/** Time that one round trip takes on a board in lock-step, in microseconds: as on USB (docs/twin.md, time model). */
const POLL_US = 1000;

/** How a J-Link is served. */
export interface JlinkServing {
  /**
   * The board's time passes only while it is used. Each turn then costs what it costs on USB, or a client that waits
   * for the target by asking again and again would wait in vain: its own pauses mean nothing to the board.
   */
  readonly lockstep: boolean;
}

/** What a client receives when another one has the probe: "maximum number of connections reached", version 1, no name. */
const BUSY = Uint8Array.of(0xfe, 1, 0, 0);

/**
 * Serves a twin's J-Link to one client at a time, in the dialect of J-Links with Ethernet.
 *
 * A client that speaks nonsense loses its connection (no command's length can be told from an unknown one), the board
 * stays. Throws what `listen` throws.
 */
export function serveJlink(twin: Twin, where: Listening, { lockstep }: JlinkServing): Promise<TcpServer> {
  const pause = lockstep ? () => twin.clock.sleep(POLL_US) : () => Promise.resolve();
  const serve = (connection: Connection) => converse(connection, twin.jlinkStream(), pause);
  return listen(where, oneAtATime({ serve, serveOther: (connection) => connection.end(BUSY) }));
}

/** Answers piece by piece; while the probe works, the client's next bytes wait in the socket. */
async function converse(connection: Connection, stream: JlinkStream, pause: () => Promise<void>): Promise<void> {
  await connection.send(stream.hello);
  for await (const bytes of connection.pieces()) {
    const answer = await stream.send(bytes);
    if (answer === undefined) return connection.drop();
    if (answer.length === 0) continue;
    await pause();
    await connection.send(answer);
  }
}
