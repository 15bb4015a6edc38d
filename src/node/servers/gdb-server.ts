import type { GdbHost, GdbOptions, GdbPeer } from "../../gdb/host.ts";
import { GdbTarget } from "../../gdb/server.ts";
import type { Session } from "../../session/session.ts";
import type { Connection } from "./connection.ts";
import { oneAtATime } from "./one-client.ts";
import { listen, type TcpServer } from "./tcp-server.ts";

/** What is served, on which port, and the calls for its clients. */
export interface GdbServing extends GdbOptions {
  readonly port: number;
  /** Called when a client has come, and when it has gone. */
  readonly onClient: (what: "came" | "went") => void;
}

/** Clients that only look, at most; each reads through the same probe. */
const MOST_OBSERVERS = 8;

/**
 * Serves a target on the loopback address until it is closed: the first GDB debugs, and those that come while it is there
 * only look. Closing it waits until the client that debugs has left the target. There is no authentication, and HTTP is
 * not answered. Throws what `listen` throws.
 */
export async function serveGdbClients(session: Session, host: GdbHost, serving: GdbServing): Promise<TcpServer> {
  const target = new GdbTarget(session, host, serving);
  let debugging: Promise<void> = Promise.resolve();
  const serve = async (connection: Connection) => {
    serving.onClient("came");
    try {
      const work = target.debug(peerOf(connection));
      debugging = work.catch(() => {});
      await work;
    } catch (error) {
      host.print(`the client was dropped: ${(error as Error).message}`);
      throw error;
    } finally {
      serving.onClient("went");
    }
  };
  let observers = 0;
  const serveOther = async (connection: Connection) => {
    if (observers >= MOST_OBSERVERS)
      return host.print(`another GDB was sent away: ${MOST_OBSERVERS} look at the target already`);
    host.print("another GDB has come: it can look at memory, and stops nothing");
    observers++;
    await target.observe(peerOf(connection)).finally(() => observers--);
  };
  const server = await listen({ host: "127.0.0.1", port: serving.port }, oneAtATime({ serve, serveOther }));
  // What a client leaves behind it is put in order before the target's connection is closed.
  return { ...server, close: () => server.close().then(() => debugging) };
}

const peerOf = (connection: Connection): GdbPeer => ({
  pieces: () => connection.pieces(),
  send: (bytes) => connection.send(bytes),
});
