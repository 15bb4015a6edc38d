import { type AddressInfo, createServer, type Socket } from "node:net";
import { HostError } from "../../base/errors.ts";

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

/**
 * Listens on a loopback address; port 0 takes any free one. Throws `usage` for an address that others could reach, and
 * for a port that is taken.
 */
export async function listen(
  where: Listening,
  onConnection: (socket: Socket) => void | Promise<void>,
): Promise<TcpServer> {
  const { host, port } = where;
  if (!/^127(\.\d{1,3}){3}$/.test(host)) throw new HostError("usage", `Servers listen on 127.x.x.x, not on ${host}`);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
    void onConnection(socket);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new HostError("usage", `Cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, host, () => resolve({ host, port: (server.address() as AddressInfo).port, close }));
  });
}

/** Writes, and waits while a client that asks without reading would fill our memory. */
export async function writeAll(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  if (!socket.write(bytes) && !socket.destroyed) await drained(socket);
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.once("drain", done).once("close", done);
  });
