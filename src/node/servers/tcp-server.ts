import { type AddressInfo, createServer, type Socket } from "node:net";
import { HostError } from "../../base/errors.ts";
import { Connection } from "./connection.ts";

/** Where a server listens. */
export interface Listening {
  /** A loopback address. */
  readonly host: string;
  readonly port: number;
}

/** A server that serves until it is closed. */
export interface TcpServer extends Listening {
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** How many clients a server has at once; the next ones find their connection closed. */
export const MOST_CONNECTIONS = 32;

/**
 * Listens on a loopback address; port 0 takes any free one. `serve` has a client until it resolves, and the connection
 * ends then; whatever it throws ends the connection at once, and never the server. Throws `port-in-use`, and `usage`
 * for an address that others could reach or that can't be had.
 */
export async function listen(
  where: Listening,
  serve: (connection: Connection) => void | Promise<void>,
): Promise<TcpServer> {
  const { host, port } = where;
  if (!/^127(\.\d{1,3}){3}$/.test(host)) throw new HostError("usage", `Servers listen on 127.x.x.x, not on ${host}`);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    void serveOne(new Connection(socket), serve);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(notListening(where, cause)));
    server.listen(port, host, () => {
      // A client that can't be accepted (too many files are open) is no reason to end.
      server.removeAllListeners("error").on("error", () => {});
      resolve({ host, port: (server.address() as AddressInfo).port, close });
    });
  });
}

async function serveOne(
  connection: Connection,
  serve: (connection: Connection) => void | Promise<void>,
): Promise<void> {
  try {
    await serve(connection);
    connection.end();
  } catch {
    connection.drop();
  }
}

function notListening({ host, port }: Listening, cause: NodeJS.ErrnoException): HostError {
  if (cause.code !== "EADDRINUSE")
    return new HostError("usage", `Cannot listen on ${host}:${port}: ${cause.message}`, { cause });
  return new HostError("port-in-use", `Another program listens on ${host}:${port} already`, {
    cause,
    details: { host, port },
  });
}
