import { within } from "../../base/clock.ts";
import type { Session } from "../../session/session.ts";
import type { Context } from "../console/context.ts";
import { isProbeLost } from "./failure.ts";
import type { HostProbe, RttClients } from "../host.ts";
import type { RttPlaces } from "../../rtt/places.ts";
import { rttOfSession } from "./rtt-of-session.ts";

/** What the connection shows of itself to the background work. */
export interface Live {
  readonly opened: HostProbe | undefined;
  readonly session: Session | undefined;
}

/** How often the target is polled with a client, and how often without one, in microseconds. */
const POLL_US = { served: 10_000, alone: 50_000 } as const;

/** A line that comes sooner needs nothing beside it, in microseconds: lines from a pipe stay as fast as a script's. */
const SOON_US = 50_000;

/** A poll takes milliseconds; a probe that delays one so long is lost. */
const PUMP_MS = 5_000;

/**
 * Work in the background while the Commander waits: a simulated board runs on, and clients by TCP get RTT.
 *
 * J-Link does it beside the commands too; here a command has the target for itself.
 */
export class Background {
  private readonly context: Context;
  private readonly port: number;
  private readonly live: () => Live;
  private clients: RttClients | undefined;
  private hasTried = false;
  /** RTT of one session. */
  private rtt: { readonly session: Session; readonly places: RttPlaces } | undefined;
  private isLost = false;

  constructor(context: Context, port: number, live: () => Live) {
    this.context = context;
    this.port = port;
    this.live = live;
  }

  /** Whether the last wait lost its probe. */
  get hasLostProbe(): boolean {
    return this.isLost;
  }

  /** Waits, and does its work beside it as long as that lasts; nothing of it runs any more when this answers. */
  async during<T>(wait: (lost: AbortSignal) => Promise<T>): Promise<T> {
    this.isLost = false;
    const stop = new AbortController();
    const gone = new AbortController();
    const waiting = wait(gone.signal);
    const going = this.isSoon(waiting).then((soon) => (soon ? undefined : this.work(stop.signal, gone)));
    try {
      return await waiting;
    } finally {
      stop.abort("the wait is over");
      await going;
    }
  }

  /** Ends the server, where there is one. */
  async close(): Promise<void> {
    const { clients } = this;
    this.clients = undefined;
    this.hasTried = false;
    await clients?.close();
  }

  private async isSoon(waiting: Promise<unknown>): Promise<boolean> {
    const stop = new AbortController();
    const done = waiting.then(
      () => true,
      () => true,
    );
    const late = this.context.host.clock.sleep(SOON_US, stop.signal).then(
      () => false,
      () => true,
    );
    const soon = await Promise.race([done, late]);
    stop.abort();
    return soon;
  }

  private async work(signal: AbortSignal, gone: AbortController): Promise<void> {
    try {
      await this.poll(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.isLost = true;
      this.context.notes.error(error);
      gone.abort(error);
    }
  }

  private async poll(signal: AbortSignal): Promise<void> {
    const { opened, session } = this.live();
    if (!session || !opened) return this.close();
    if (!opened.pace && !this.context.host.serveRtt) return;
    await this.open(opened);
    const rest = opened.pace?.() ?? ((us: number) => opened.clock.sleep(us, signal));
    while (!signal.aborted) {
      const isServed = this.clients !== undefined && this.clients.lines.length > 0;
      await rest(opened.pace || isServed ? POLL_US.served : POLL_US.alone, signal);
      if (this.clients && isServed && !signal.aborted) await this.serve(this.clients, session);
    }
  }

  /** The server is started once for a connection; a port that another program has is no error. */
  private async open({ probe: { info } }: HostProbe): Promise<void> {
    const { host, notes } = this.context;
    if (this.hasTried || !host.serveRtt) return;
    this.hasTried = true;
    try {
      this.clients = await host.serveRtt({ port: this.port, info });
      notes.add(`RTT is served at 127.0.0.1:${this.clients.port}`);
    } catch (error) {
      notes.add(`RTT isn't served: ${(error as Error).message}`);
    }
  }

  /** A target that has no core just now (it is locked) may have one at the next poll. */
  private async serve({ lines }: RttClients, session: Session): Promise<void> {
    try {
      await this.rttOf(session).serve(lines, this.context.settings.rtt, within(session.clock, PUMP_MS));
    } catch (error) {
      if (isProbeLost(error)) throw error;
      this.context.notes.add(`RTT: ${(error as Error).message}`);
    }
  }

  /** Begins anew where the connection has changed. */
  private rttOf(session: Session): RttPlaces {
    const { notes } = this.context;
    if (this.rtt?.session !== session)
      this.rtt = { session, places: rttOfSession(session, { hint: HINT, note: (...lines) => notes.add(...lines) }) };
    return this.rtt.places;
  }
}

const HINT = "hint: exec SetRTTAddr ADDRESS or exec SetRTTSearchRanges START LENGTH says where it is";
