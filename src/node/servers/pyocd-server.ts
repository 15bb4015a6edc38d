import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { FlashproofError, type Json } from "../../base/errors.ts";
import type { Twin } from "../../twin/usb.ts";
import { oneAtATime } from "./one-client.ts";
import { openDevice } from "../probes.ts";
import { answerRequest, BadRequest, RemoteProbe, STATUS, statusOf } from "./pyocd-requests.ts";
import { type Listening, listen, type TcpServer, writeAll } from "./tcp-server.ts";

/** TCP port of pyOCD's remote probes (pyOCD, `TCPClientProbe.DEFAULT_PORT`). */
export const PYOCD_PORT = 5555;

/** The longest line of a client, in characters; a request for the most words is shorter. */
const LONGEST_LINE = 1 << 20;

/** Integers that JSON's numbers would round, as pyOCD sends the bits of a sequence. */
const LONG_INTEGERS = /(?<=[[,:\s])\d{16,}(?=[\s,\]}])/g;

/**
 * Serves a twin's probe to one pyOCD at a time (`-u remote:HOST:PORT`): one JSON object a line each way. The requests
 * go through our own driver to the twin's USB device, and so to its wire. Throws `usage` where the address can't be had.
 */
export function servePyocd(twin: Twin, where: Listening): Promise<TcpServer> {
  const say = (socket: Socket, status: number, error: string) => void socket.end(reply(-1, { status, error }));
  const serve = (socket: Socket) =>
    converse(socket, twin).catch((error: unknown) =>
      say(socket, statusOf(error), error instanceof Error ? error.message : String(error)),
    );
  const refuse = (socket: Socket) => say(socket, STATUS.PROBE, "somebody else has the probe");
  return listen(where, oneAtATime({ serve, refuse }));
}

async function converse(socket: Socket, twin: Twin): Promise<void> {
  const probe = await openDevice(twin.hid ?? twin.device, twin.clock);
  try {
    const remote = new RemoteProbe(probe, twin.clock);
    let waiting = 0;
    socket.on("data", (bytes: Buffer) => {
      waiting = bytes.includes(0x0a) ? 0 : waiting + bytes.length;
      if (waiting > LONGEST_LINE) socket.destroy();
    });
    for await (const line of createInterface({ input: socket })) await writeAll(socket, await answerLine(remote, line));
    socket.end();
  } finally {
    await probe.close();
  }
}

/** What is said to one line; nothing that a client sends ends the connection, as with pyOCD's own server. */
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

const reply = (id: number, said: { readonly [name: string]: Json }): string => `${JSON.stringify({ id, ...said })}\n`;
