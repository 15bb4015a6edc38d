import { within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { isProbeLost } from "../../commander/run/failure.ts";
import { type RttServer, serveRtt } from "../../node/servers/rtt-server.ts";
import { rttOfSession } from "../../commander/run/rtt-of-session.ts";
import type { NamedPlace, RttPlaces } from "../../rtt/places.ts";
import { banner } from "../../rtt/telnet.ts";
import type { HostConsole } from "../../semihosting/host.ts";
import type { Session } from "../../session/session.ts";
import { onceEach } from "./once-each.ts";
import type { Rest } from "./target-rest.ts";

/** How often the target is polled while a client is there, and how often its clients are looked at, in microseconds. */
const POLL_US = { served: 5_000, alone: 50_000 } as const;

/** A poll takes milliseconds; a job may hold the target for longer, and the next poll tries again. */
const PUMP_MS = 5_000;

/** A TCP port of 127.0.0.1; 0 takes a free one. */
export interface RttPort {
  readonly port: number;
  /** What a client gets before anything of the target's. */
  readonly banner: string;
  /** Another program may have the port: a line says so then, and the server goes on without it. */
  readonly isOptional?: boolean;
}

/** What RTT beside another server works with. */
export interface RttBeside {
  readonly session: Session;
  readonly rest: Rest;
  readonly ports: readonly RttPort[];
  /** Where the control block is, as far as a client has given it; read at each poll. */
  readonly place: { readonly rtt: NamedPlace };
  /** Prints a line; each comes once. */
  note(line: string): void;
}

/** RTT that is served until it is closed. */
export interface ServedRtt {
  readonly ports: readonly number[];
  /** Each port's clients as a console for output that is none of RTT's. */
  readonly consoles: readonly HostConsole[];
  close(): Promise<void>;
}

/**
 * Serves RTT to TCP clients beside a debugger, on the same session: the queue takes run control and jobs first. What the
 * target refuses ends nothing. Throws what `listen` throws.
 */
export async function serveRttBeside(beside: RttBeside): Promise<ServedRtt> {
  const servers: RttServer[] = [];
  const stop = new AbortController();
  const close = async () => {
    stop.abort();
    for (const server of servers) await server.close();
  };
  try {
    for (const port of beside.ports) {
      const server = await openPort(port, beside.note);
      if (server) servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const polling = poll(beside, servers, stop.signal);
  const consoles = servers.map(({ console }) => console);
  return { ports: servers.map(({ port }) => port), consoles, close: async () => close().then(() => polling) };
}

async function openPort(port: RttPort, note: (line: string) => void): Promise<RttServer | undefined> {
  try {
    return await serveRtt(port);
  } catch (error) {
    if (!port.isOptional || codeOf(error) !== "port-in-use") throw error;
    note(`RTT isn't served at port ${port.port}: another program listens there`);
    return undefined;
  }
}

/** What a client gets that comes to a port for RTT alone. */
export async function rttBanner({ found }: Session, version: string): Promise<string> {
  await found.probe.readDetails?.();
  const { product, hardware = "", serial } = found.probe.info;
  return banner(version, `${product} ${hardware}`.trim(), serial);
}

const HINT = "hint: monitor exec SetRTTAddr ADDRESS says where it is";

async function poll(beside: RttBeside, servers: readonly RttServer[], signal: AbortSignal): Promise<void> {
  const note = onceEach(beside.note);
  const places = rttOfSession(beside.session, { hint: HINT, note: (...more) => more.forEach(note) });
  try {
    while (!signal.aborted) {
      const lines = servers.flatMap((server) => server.lines);
      if (lines.length > 0) await attempt(places, lines, beside, note);
      await beside.rest(lines.length > 0 ? POLL_US.served : POLL_US.alone, signal);
    }
  } catch (error) {
    note(`RTT has ended: ${(error as Error).message}`);
  }
}

/** Throws only where the probe is lost; a target that is locked or held by a job may answer at the next poll. */
async function attempt(
  places: RttPlaces,
  lines: RttServer["lines"],
  { session, place }: RttBeside,
  note: (line: string) => void,
): Promise<void> {
  try {
    await places.serve(lines, place.rtt, within(session.clock, PUMP_MS));
  } catch (error) {
    if (isProbeLost(error)) throw error;
    note(`RTT: ${(error as Error).message}`);
  }
}
