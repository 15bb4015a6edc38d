import { concatBytes } from "../../base/bytes.ts";
import type { HostConsole } from "../../semihosting/host.ts";
import { InputQueue } from "../semihosting/input.ts";
import type { Connection } from "./connection.ts";
import { listen, type TcpServer } from "./tcp-server.ts";
import { TelnetText } from "./telnet-text.ts";

/** What was printed while no client was there is kept for the first one, the last so many bytes of it. */
const MOST_KEPT = 1 << 16;

/** A terminal for any number of TCP clients: all see the output, and what each types is input. */
export interface TerminalServer extends HostConsole, TcpServer {}

/** Serves a terminal on the loopback address until it is closed; throws what `listen` throws. */
export async function serveTerminal(port: number): Promise<TerminalServer> {
  const clients = new Set<Connection>();
  const input = new InputQueue();
  let kept: Uint8Array = new Uint8Array(0);
  const server = await listen({ host: "127.0.0.1", port }, async (connection) => {
    clients.add(connection);
    connection.onClose(() => {
      clients.delete(connection);
      input.wake();
    });
    connection.post(kept);
    kept = new Uint8Array(0);
    const text = new TelnetText();
    for await (const bytes of connection.pieces()) await input.putWithRoom(text.feed(bytes), connection);
  });
  return {
    ...server,
    write: async (bytes) => {
      if (clients.size === 0) kept = concatBytes([kept, bytes]).slice(-MOST_KEPT);
      for (const client of clients) client.offer(bytes);
    },
    read: (most, signal) => input.read(most, signal),
  };
}
