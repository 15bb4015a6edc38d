import type { Socket } from "node:net";
import { concatBytes } from "../../base/bytes.ts";
import type { RttLine } from "../../rtt/pump.ts";
import { readFirst, type TelnetRequest, REQUEST_MS } from "../../rtt/telnet.ts";
import { listen } from "./tcp-server.ts";

/** A TCP server for RTT: a line to the target that any number of clients share. */
export interface RttServer extends RttLine {
  readonly port: number;
  close(): Promise<void>;
}

/** What a server needs of whoever starts it. */
export interface RttServing {
  readonly port: number;
  /** What a client hears before anything of the target's. */
  readonly greeting: string;
  /** A client has said where the control block is. */
  readonly onWish: (wish: TelnetRequest) => void;
}

/** One connection: which channel it is on once that is settled, and what it has sent. */
interface Client {
  readonly socket: Socket;
  channel: number | undefined;
  input: Uint8Array;
}

/** A client that doesn't read what it asked for is let go when it is so many bytes behind. */
const MOST_BEHIND = 1 << 20;

/** A client that sends faster than the target reads is made to wait beyond so many bytes. */
const MOST_WAITING = 1 << 16;

/** How long what a client has sent outlives it, in milliseconds: `echo word | nc HOST PORT` is gone at once. */
const LAST_WORDS_MS = 2000;

/** Serves RTT on the loopback address until it is closed; throws `usage` for a port that is taken. */
export async function serveRtt(serving: RttServing): Promise<RttServer> {
  const clients = new Set<Client>();
  const where = { host: "127.0.0.1", port: serving.port };
  const server = await listen(where, (socket) => welcome(socket, clients, serving));
  const on = (channel: number) => [...clients].filter((client) => client.channel === channel);
  return {
    port: server.port,
    get channels() {
      return new Set([...clients].flatMap(({ channel }) => channel ?? []));
    },
    take: (channel, bytes) => {
      for (const { socket } of on(channel)) hand(socket, bytes);
    },
    waiting: (channel) => concatBytes(on(channel).map(({ input }) => input)),
    sent: (channel, count) => {
      forget(on(channel), count);
      for (const client of on(channel))
        if (client.socket.destroyed && client.input.length === 0) clients.delete(client);
    },
    close: server.close,
  };
}

function welcome(socket: Socket, clients: Set<Client>, serving: RttServing): void {
  const client: Client = { socket, channel: undefined, input: new Uint8Array(0) };
  clients.add(client);
  socket.write(serving.greeting);
  const settle = setTimeout(() => join(client, {}, client.input), REQUEST_MS);
  socket.on("close", () => {
    clearTimeout(settle);
    if (client.channel === undefined) join(client, {}, client.input);
    if (client.input.length === 0) clients.delete(client);
    else setTimeout(() => clients.delete(client), LAST_WORDS_MS).unref();
  });
  socket.on("data", (bytes) => {
    client.input = concatBytes([client.input, bytes]);
    if (client.channel !== undefined) return restrain(client);
    const first = readFirst(client.input);
    if (first.kind === "incomplete") return;
    clearTimeout(settle);
    if (first.kind === "input") return join(client, {}, client.input);
    serving.onWish(first.request);
    join(client, first.request, first.rest);
  });
}

/** Channel 0 is the terminal, and what a client gets that doesn't say otherwise. */
function join(client: Client, { channel = 0 }: TelnetRequest, input: Uint8Array): void {
  client.channel = channel;
  client.input = input;
}

function restrain({ socket, input }: Client): void {
  if (input.length > MOST_WAITING) socket.pause();
}

function hand(socket: Socket, bytes: Uint8Array): void {
  if (socket.writableLength > MOST_BEHIND) socket.destroy();
  else socket.write(bytes);
}

/** The bytes that have reached the target, in the order in which `waiting` lists the clients. */
function forget(clients: readonly Client[], count: number): void {
  let left = count;
  for (const client of clients) {
    const taken = Math.min(left, client.input.length);
    client.input = client.input.subarray(taken);
    left -= taken;
    if (client.input.length <= MOST_WAITING) client.socket.resume();
  }
}
