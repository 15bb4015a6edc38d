import type { Clock } from "../../base/clock.ts";
import { codeOf, HostError } from "../../base/errors.ts";
import type { Twin } from "../../twin/usb.ts";
import { type Beacon, startBeacon } from "./beacon.ts";
import { type JlinkServing, serveJlink } from "./jlink-server.ts";
import { wallPacer } from "../boards/pacer.ts";
import { servePyocd } from "./pyocd-server.ts";
import type { Selector } from "../selector.ts";
import type { Listening, TcpServer } from "./tcp-server.ts";
import { type PluggedTwin, plugInTwin } from "../boards/twins.ts";
import { serveUsbip } from "./usbip-server.ts";

/** What can be served of each board, by the option that asks for it; a new server is one line here. */
const SERVERS = { jlink: serveJlink, pyocd: servePyocd } as const satisfies {
  readonly [name: string]: (twin: Twin, where: Listening, serving: JlinkServing) => Promise<TcpServer>;
};

/** A server's name, as `fp twin` prints it; USB/IP serves all boards at once. */
export type ServerName = keyof typeof SERVERS | "usbip";

/** A board as `--probe twin:` describes it. */
export type BoardSelector = Selector & { readonly kind: "twin" };

/** How boards are served. */
export interface ServeOptions {
  readonly boards: readonly BoardSelector[];
  /**
   * The first board's port for each server; the next boards take the next ports, or with a beacon the next address.
   * USB/IP has one port. A probe has one cable: two servers together are `usage`.
   */
  readonly ports: Partial<Record<ServerName, number>>;
  /** Advertises the J-Links every so many milliseconds. */
  readonly beaconMs?: number | undefined;
  /** `wall`: time passes by itself. `lockstep`: only while somebody uses the board. */
  readonly pace: "wall" | "lockstep";
  /** Where what the chips send on their UART goes. */
  readonly uart?: ((bytes: Uint8Array) => void) | undefined;
  /** Told of each server once it listens. */
  readonly onListening: (name: ServerName, server: TcpServer) => void;
}

/** Boards that are being served. */
export interface Served {
  readonly twins: readonly Twin[];
  /** Ends the servers, writes the boards' state to their files and lets go of these. */
  end(): Promise<void>;
}

/** The J-Link's hardware version as its beacon tells it: V9.30. */
const HARDWARE_VERSION = 93_000;

/** How long an idle board goes between two looks at whether it is to end, in microseconds. */
const IDLE_US = 10_000;

/**
 * Serves boards until `end`. Throws what `plugInTwin` throws, and `usage` for ports that can't be had; nothing is left
 * listening or locked then.
 */
export async function serveTwins(options: ServeOptions): Promise<Served> {
  if (Object.keys(options.ports).length > 1)
    throw new HostError("usage", "A probe has one cable: serve it by --jlink, by --pyocd or by --usbip");
  const stop = new AbortController();
  const ends: (() => Promise<void> | void)[] = [];
  const end = async () => {
    stop.abort();
    for (const one of ends.splice(0).reverse()) await one();
  };
  try {
    const boards = options.boards.map((board) => plugIn(board, options, ends));
    const twins = boards.map(({ twin }) => twin);
    for (const [i, twin] of twins.entries()) ends.push(...(await serveBoard(twin, i, options)));
    if (options.ports.usbip !== undefined) ends.push(await serveBus(twins, options.ports.usbip, options));
    if (options.beaconMs !== undefined) ends.push(beaconOf(boards, options.beaconMs).stop);
    if (options.pace === "wall") for (const { clock } of twins) ends.push(keepGoing(clock, stop.signal));
    return { twins, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function plugIn(board: BoardSelector, { pace, uart }: ServeOptions, ends: (() => void)[]): PluggedTwin {
  const paced = pace === "wall" ? { pace: wallPacer() } : {};
  const plugged = plugInTwin({ ...board, options: { ...board.options, ...paced } });
  if (uart) plugged.onUart(uart);
  ends.push(plugged.unplug, plugged.keep);
  return plugged;
}

async function serveBoard(twin: Twin, index: number, options: ServeOptions): Promise<readonly (() => Promise<void>)[]> {
  const ends: (() => Promise<void>)[] = [];
  for (const name of Object.keys(SERVERS) as (keyof typeof SERVERS)[]) {
    const port = options.ports[name];
    if (port === undefined) continue;
    const lockstep = options.pace === "lockstep";
    const server = await SERVERS[name](twin, placeOf(index, port, options), { lockstep });
    ends.push(server.close);
    options.onListening(name, server);
  }
  return ends;
}

async function serveBus(twins: readonly Twin[], port: number, options: ServeOptions): Promise<() => Promise<void>> {
  const server = await serveUsbip(twins, { host: "127.0.0.1", port }, { lockstep: options.pace === "lockstep" });
  options.onListening("usbip", server);
  return server.close;
}

/** Clients that listen for a beacon know one port only, so the boards differ by address. */
const placeOf = (index: number, port: number, { beaconMs }: ServeOptions): Listening =>
  beaconMs === undefined
    ? { host: "127.0.0.1", port: port === 0 ? 0 : port + index }
    : { host: `127.0.0.${1 + index}`, port };

function beaconOf(boards: readonly PluggedTwin[], everyMs: number): Beacon {
  const advertised = boards.map(({ twin: { device } }, index) => ({
    host: `127.0.0.${1 + index}`,
    serial: device.serialNumber ?? "",
    product: device.productName ?? "",
    hardwareVersion: HARDWARE_VERSION,
  }));
  return startBeacon(advertised, everyMs);
}

/** Lets time pass on a board that nobody asks anything; the returned function waits until it has stopped. */
function keepGoing(clock: Clock, signal: AbortSignal): () => Promise<void> {
  const going = (async () => {
    while (!signal.aborted) await clock.sleep(IDLE_US, signal);
  })().catch((error: unknown) => {
    if (!signal.aborted && codeOf(error) !== "aborted") throw error;
  });
  return () => going;
}
