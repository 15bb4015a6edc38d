import { FlashproofError, type Json } from "../../base/errors.ts";
import type { Twin } from "../../twin/usb.ts";
import { BadClient, type Connection, linesOf } from "./connection.ts";
import { oneAtATime } from "./one-client.ts";
import { openDevice } from "../../host/open-device.ts";
import { answerRequest, BadRequest, RemoteProbe, STATUS, statusOf } from "./pyocd-requests.ts";
import { type Listening, listen, type TcpServer } from "./tcp-server.ts";

/** TCP port of pyOCD's remote probes (pyOCD, `TCPClientProbe.DEFAULT_PORT`). */
export const PYOCD_PORT = 5555;

/** The longest line of a client, in bytes; pyOCD writes 1 KB of memory at once, which is a fifth of it. */
const LONGEST_LINE = 1 << 16;

/** Integers that JSON's numbers would round, as pyOCD sends the bits of a sequence. */
const LONG_INTEGERS = /(?<=[[,:\s])\d{16,}(?=[\s,\]}])/g;

/**
 * Serves a twin's probe to one pyOCD at a time (`-u remote:HOST:PORT`): one JSON object a line each way. The requests
 * go through our own driver to the twin's USB device, and so to its wire. Throws what `listen` throws.
 */
export function servePyocd(twin: Twin, where: Listening): Promise<TcpServer> {
  const serve = (connection: Connection) =>
    converse(connection, twin).catch((error: unknown) => {
      // A client with another protocol gets no answer.
      if (error instanceof BadClient) return connection.drop();
      return connection.end(failure(statusOf(error), error instanceof Error ? error.message : String(error)));
    });
  const refuse = (connection: Connection) => connection.end(failure(STATUS.PROBE, "another client has the probe"));
  return listen(where, oneAtATime({ serve, serveOther: refuse }));
}

const failure = (status: number, error: string): string => reply(-1, { status, error });

async function converse(connection: Connection, twin: Twin): Promise<void> {
  const probe = await openDevice(twin.hid ?? twin.device, twin.clock);
  try {
    const remote = new RemoteProbe(probe, twin.clock);
    for await (const line of linesOf(connection.pieces(), LONGEST_LINE))
      await connection.send(await answerLine(remote, line));
  } finally {
    await probe.close();
  }
}

/** The answer to one line; nothing that a client sends ends the connection, as with pyOCD's own server. */
async function answerLine(remote: RemoteProbe, line: string): Promise<string> {
  const asked = parse(line);
  const id = typeof asked?.["id"] === "number" ? asked["id"] : -1;
  try {
    const { request, args } = readRequest(asked);
    const result = await answerRequest(remote, request, args);
    return reply(id, { status: STATUS.OK, ...(result !== undefined && result !== null && { result }) });
  } catch (error) {
    if (!(error instanceof BadRequest || error instanceof FlashproofError)) throw error;
    return reply(id, { status: statusOf(error), error: error.message });
  }
}

type Request = { readonly [name: string]: unknown };

function parse(line: string): Request | undefined {
  try {
    const asked: unknown = JSON.parse(line.replace(LONG_INTEGERS, '"$&"'));
    return typeof asked === "object" && asked !== null ? (asked as Request) : undefined;
  } catch {
    return undefined;
  }
}

function readRequest(asked: Request | undefined): { request: string; args: readonly unknown[] } {
  const { id, request, arguments: args = [] } = asked ?? {};
  if (typeof id !== "number" || typeof request !== "string" || !Array.isArray(args))
    throw new BadRequest("a request is an object with id, request and arguments");
  return { request, args };
}

const reply = (id: number, fields: { readonly [name: string]: Json }): string =>
  `${JSON.stringify({ id, ...fields })}\n`;
