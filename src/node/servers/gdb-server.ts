import type { GdbHost, GdbOptions } from "../../gdb/host.ts";
import { serveGdb } from "../../gdb/server.ts";
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

/**
 * Serves a target to one GDB at a time on the loopback address until it is closed; a second client is refused. There is no
 * authentication, and HTTP is not answered. Throws what `listen` throws.
 */
export function serveGdbClients(session: Session, host: GdbHost, serving: GdbServing): Promise<TcpServer> {
  const serve = async (connection: Connection) => {
    serving.onClient("came");
    const peer = { pieces: () => connection.pieces(), send: (bytes: Uint8Array) => connection.send(bytes) };
    try {
      await serveGdb(peer, session, host, serving);
    } catch (error) {
      host.print(`the client was dropped: ${(error as Error).message}`);
      throw error;
    } finally {
      serving.onClient("went");
    }
  };
  const refuse = (connection: Connection) => {
    host.print("another GDB was refused: one has the target already");
    connection.drop();
  };
  return listen({ host: "127.0.0.1", port: serving.port }, oneAtATime({ serve, refuse }));
}
