import { concatBytes } from "../../base/bytes.ts";
import type { PlacedLine } from "../../rtt/places.ts";
import type { RttLine } from "../../rtt/pump.ts";
import { readFirst, REQUEST_MS, type TelnetRequest } from "../../rtt/telnet.ts";
import type { HostConsole } from "../../semihosting/host.ts";
import type { Connection } from "./connection.ts";
import { listen } from "./tcp-server.ts";
import { Waiters } from "./waiters.ts";

/** A TCP server for RTT, for any number of clients. */
export interface RttServer {
  readonly port: number;
  /** One line for each place that clients have named, and one for all that have named none. */
  readonly lines: readonly PlacedLine[];
  /** All clients as a console for what is none of RTT's; what they send goes to whichever asks for it first. */
  readonly console: HostConsole;
  close(): Promise<void>;
}

/** What a server needs from its caller. */
export interface RttServing {
  readonly port: number;
  /** What a client gets before anything of the target's. */
  readonly banner: string;
}

/** One connection: which channel and place it is at once that is settled, and what it has sent. */
interface Client {
  readonly connection: Connection;
  channel: number | undefined;
  place: PlacedLine["place"];
  input: Uint8Array;
  /** Called when there is room for more input. */
  go: () => void;
}

/** A client that sends faster than the target reads is made to wait beyond so many bytes. */
const MOST_WAITING = 1 << 16;

/** How long what a client has sent outlives it, in milliseconds: `echo word | nc HOST PORT` is gone at once. */
const LAST_WORDS_MS = 2000;

/** Of so many clients that have gone the last words are kept; the oldest are dropped. */
const MOST_GONE = 16;

/** Serves RTT on the loopback address until it is closed; throws what `listen` throws. */
export async function serveRtt(serving: RttServing): Promise<RttServer> {
  const clients = new Set<Client>();
  const where = { host: "127.0.0.1", port: serving.port };
  const arrivals = new Waiters();
  const server = await listen(where, (connection) => serve(connection, clients, { ...serving, arrivals }));
  return {
    console: consoleOf(clients, arrivals),
    port: server.port,
    get lines() {
      return placesOf(clients).map((place) => ({ place, line: lineOf(clients, place) }));
    },
    close: server.close,
  };
}

const isSame = (one: PlacedLine["place"], other: PlacedLine["place"]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function placesOf(clients: ReadonlySet<Client>): readonly PlacedLine["place"][] {
  const settled = [...clients].filter(({ channel }) => channel !== undefined).map(({ place }) => place);
  return settled.filter((place, i) => settled.findIndex((one) => isSame(one, place)) === i);
}

/** The clients at one place, as one line. */
function lineOf(clients: Set<Client>, place: PlacedLine["place"]): RttLine {
  const here = () => [...clients].filter((client) => isSame(client.place, place));
  const on = (channel: number) => here().filter((client) => client.channel === channel);
  return {
    get channels() {
      return new Set(here().flatMap(({ channel }) => channel ?? []));
    },
    take: (channel, bytes) => {
      for (const { connection } of on(channel)) connection.offer(bytes);
    },
    waiting: (channel) => concatBytes(on(channel).map(({ input }) => input)),
    sent: (channel, count) => {
      forget(on(channel), count);
      for (const client of on(channel))
        if (client.connection.isClosed && client.input.length === 0) clients.delete(client);
    },
  };
}

function consoleOf(clients: ReadonlySet<Client>, arrivals: Waiters): HostConsole {
  return {
    write: async (bytes) => {
      for (const { connection } of clients) connection.offer(bytes);
    },
    read: async (most, signal) => {
      for (;;) {
        signal.throwIfAborted();
        const client = [...clients].find(({ channel, input }) => channel !== undefined && input.length > 0);
        if (client) {
          const taken = client.input.slice(0, most);
          forget([client], taken.length);
          return taken;
        }
        await arrivals.wait(signal);
      }
    },
  };
}

interface Serving extends RttServing {
  /** Woken by all that clients send. */
  readonly arrivals: Waiters;
}

async function serve(connection: Connection, clients: Set<Client>, { banner, arrivals }: Serving): Promise<void> {
  const client: Client = { connection, channel: undefined, place: {}, input: new Uint8Array(0), go: () => {} };
  clients.add(client);
  connection.post(banner);
  const settle = setTimeout(() => {
    join(client, {}, client.input);
    arrivals.wake();
  }, REQUEST_MS);
  connection.onClose(() => {
    clearTimeout(settle);
    leave(client, clients);
  });
  for await (const bytes of connection.pieces()) {
    client.input = concatBytes([client.input, bytes]);
    if (client.channel === undefined) look(client, () => clearTimeout(settle));
    arrivals.wake();
    while (client.input.length > MOST_WAITING && !connection.isClosed)
      await new Promise<void>((resolve) => {
        client.go = resolve;
      });
  }
}

/** Looks at a client's first bytes, until they say which channel it wants. */
function look(client: Client, settled: () => void): void {
  const first = readFirst(client.input);
  if (first.kind === "incomplete") return;
  settled();
  if (first.kind === "input") join(client, {}, client.input);
  else join(client, first.request, first.rest);
}

/** Channel 0 is the terminal, and what a client gets that doesn't say otherwise. */
function join(client: Client, { channel = 0, ...place }: TelnetRequest, input: Uint8Array): void {
  client.channel = channel;
  client.place = place;
  client.input = input;
}

/** What a client has sent last goes to the target yet, for a while. */
function leave(client: Client, clients: Set<Client>): void {
  client.go();
  if (client.channel === undefined) join(client, {}, client.input);
  if (client.input.length === 0) clients.delete(client);
  else setTimeout(() => clients.delete(client), LAST_WORDS_MS).unref();
  const gone = [...clients].filter(({ connection }) => connection.isClosed);
  for (const one of gone.slice(0, -MOST_GONE)) clients.delete(one);
}

/** The bytes that have reached the target, in the order in which `waiting` lists the clients. */
function forget(clients: readonly Client[], count: number): void {
  let left = count;
  for (const client of clients) {
    const taken = Math.min(left, client.input.length);
    client.input = client.input.subarray(taken);
    left -= taken;
    if (client.input.length <= MOST_WAITING) client.go();
  }
}
