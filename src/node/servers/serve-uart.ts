import { HostError } from "../../base/errors.ts";
import { appendTo } from "../files/output-stream.ts";
import type { Connection } from "./connection.ts";
import { listen, type TcpServer } from "./tcp-server.ts";

/** Where a chip's UART ends: what takes its bytes, and the server behind it where there is one. */
export interface UartSink {
  readonly take: (bytes: Uint8Array) => void;
  readonly server?: TcpServer;
  /** Closes a file; throws `file-unwritable` where bytes are missing in it. */
  readonly finish?: () => void;
}

/**
 * Opens `stdout`, `tcp:PORT` (every listener receives what comes from then on) or a file (appended to). Throws `usage` for
 * a port that is none, `port-in-use` for one that is taken, and what `checkOutput` throws for a file.
 */
export async function openUart(text: string, stdout: (text: string) => void): Promise<UartSink> {
  if (text === "stdout" || text === "-") return { take: (bytes) => stdout(Buffer.from(bytes).toString("latin1")) };
  if (!text.startsWith("tcp:")) return appendTo(text);
  const port = Number(text.slice("tcp:".length));
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) throw new HostError("usage", `"${text}" names no TCP port`);
  const listeners = new Set<Connection>();
  const server = await listen({ host: "127.0.0.1", port }, async (connection) => {
    listeners.add(connection);
    connection.onClose(() => listeners.delete(connection));
    // What a listener sends goes nowhere.
    for await (const _ of connection.pieces());
  });
  const take = (bytes: Uint8Array) => {
    for (const connection of listeners) connection.offer(bytes);
  };
  return { take, server };
}
