import { within } from "../../base/clock.ts";
import type { AddressRange } from "../../rtt/control-block.ts";
import { pump } from "../../rtt/pump.ts";
import { Rtt } from "../../rtt/rtt.ts";
import { USUAL_RAM } from "../../rtt/search.ts";
import type { Session } from "../../session/session.ts";
import type { Context } from "../console/context.ts";
import { isProbeLost } from "./failure.ts";
import type { HostProbe, RttClients } from "../host.ts";
import type { RttWish } from "../language/settings.ts";

/** What the connection shows of itself to what goes on beside it. */
export interface Live {
  readonly opened: HostProbe | undefined;
  readonly session: Session | undefined;
}

/** How often the target is looked at for somebody, and how often for nobody, in microseconds. */
const TURN_US = { served: 10_000, alone: 50_000 } as const;

/** A line that comes sooner needs nothing beside it, in microseconds: lines from a pipe stay as fast as a script's. */
const SOON_US = 50_000;

/** A turn takes milliseconds; a probe that holds one up so long is lost. */
const PUMP_MS = 5_000;

/**
 * What goes on while the Commander waits: a simulated board lives on, and whoever has come by TCP gets RTT.
 *
 * J-Link does it beside the commands too; here a command has the target for itself.
 */
export class Meanwhile {
  private readonly context: Context;
  private readonly port: number;
  private readonly live: () => Live;
  private clients: RttClients | undefined;
  private hasTried = false;
  /** RTT of one session, and of what was wished when it was made. */
  private rtt: { readonly rtt: Rtt; readonly session: Session; readonly wish: RttWish } | undefined;
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
    const going = this.isSoon(waiting).then((soon) => (soon ? undefined : this.goOn(stop.signal, gone)));
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

  private async goOn(signal: AbortSignal, gone: AbortController): Promise<void> {
    try {
      await this.turns(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.isLost = true;
      this.context.notes.error(error);
      gone.abort(error);
    }
  }

  private async turns(signal: AbortSignal): Promise<void> {
    const { opened, session } = this.live();
    if (!session || !opened) return this.close();
    if (!opened.pace && !this.context.host.serveRtt) return;
    await this.open(opened);
    const rest = opened.pace?.() ?? ((us: number) => opened.clock.sleep(us, signal));
    while (!signal.aborted) {
      const isServed = this.clients !== undefined && this.clients.channels.size > 0;
      await rest(opened.pace || isServed ? TURN_US.served : TURN_US.alone, signal);
      if (this.clients && isServed && !signal.aborted) await this.serve(this.clients, session);
    }
  }

  /** The server is started once for a connection; a port that another program has is no error. */
  private async open({ probe: { info } }: HostProbe): Promise<void> {
    const { host, notes } = this.context;
    if (this.hasTried || !host.serveRtt) return;
    this.hasTried = true;
    try {
      const onWish = (wish: RttWish) => this.takeWish(wish);
      this.clients = await host.serveRtt({ port: this.port, info, onWish });
      notes.say(`RTT is served at 127.0.0.1:${this.clients.port}`);
    } catch (error) {
      notes.say(`RTT isn't served: ${(error as Error).message}`);
    }
  }

  private takeWish({ address, ranges }: RttWish): void {
    if (address !== undefined) this.context.settings.rtt = { address };
    else if (ranges !== undefined) this.context.settings.rtt = { ranges };
  }

  /** What the target refuses just now (it is in reset, it sleeps) it may give at the next turn. */
  private async serve(clients: RttClients, session: Session): Promise<void> {
    try {
      const rtt = this.rttOf(session);
      const found = await pump(rtt, clients, within(session.clock, PUMP_MS));
      if (!found && rtt.failedSearches === 1) this.sayVain();
    } catch (error) {
      if (isProbeLost(error)) throw error;
      this.context.notes.say(`RTT: ${(error as Error).message}`);
    }
  }

  private sayVain(): void {
    this.context.notes.say(
      "RTT: no control block is in the target's RAM yet; the search goes on",
      "hint: exec SetRTTAddr ADDRESS or exec SetRTTSearchRanges START LENGTH says where it is",
    );
  }

  /** Begins anew where the connection has changed, or what is known of the block's place. */
  private rttOf(session: Session): Rtt {
    const { rtt: wish } = this.context.settings;
    if (this.rtt?.session === session && this.rtt.wish === wish) return this.rtt.rtt;
    const place = { ranges: ramOf(session), ...wish };
    const rtt = new Rtt(session.core.memory, session.clock, place);
    this.rtt = { rtt, session, wish };
    return rtt;
  }
}

const ramOf = ({ found }: Session): readonly AddressRange[] =>
  found.chip?.memory.filter(({ kind }) => kind === "ram") ?? USUAL_RAM;
