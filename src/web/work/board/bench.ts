import { andThen, codeOf } from "../../../base/errors.ts";
import type { Connection } from "../../../entry/library.ts";
import { SessionError } from "../../../session/session-error.ts";
import type { Session } from "../../../session/session.ts";
import { UsbError } from "../../../usb/usb-error.ts";
import type { ServerPorts, Serving } from "../../protocol.ts";
import type { BoardHost, HostProbe } from "./board-host.ts";
import { ServersOfBoard } from "./board-servers.ts";

/** Codes after which a probe can't be trusted or reached any more, so that its connection has ended. */
const ENDS_CONNECTION: readonly string[] = [
  ...["usb-unplugged", "usb-failed", "usb-stall", "usb-babble", "usb-access"],
  ...["pipe-poisoned", "pipe-closed", "probe-protocol", "timeout", "session-closed"],
];

const isUnreachable = (error: unknown): boolean => ENDS_CONNECTION.includes(codeOf(error) ?? "");

function unlessUnreachable(error: unknown): void {
  if (!isUnreachable(error)) throw error;
}

/** A connected board. */
export interface OnBench {
  readonly session: Session;
  /** The name that the person gave; only a named chip is erased and programmed. */
  readonly chip: string | undefined;
  readonly isVirtual: boolean;
  readonly traffic: HostProbe["traffic"];
  readonly takeUart: HostProbe["takeUart"];
  /** What is served to other programs. */
  readonly servers: ServersOfBoard;
}

/** The one board that a page works on, with its connection: attached, then any number of jobs, one at a time. */
export class Bench {
  /** Called when the connection has ended by itself: unplugged, or given up for another page. */
  onLost: ((why: UsbError) => void) | undefined;
  /** Called when what is served to other programs has changed. */
  onServing: (serving: Serving | undefined) => void = () => {};
  private readonly host: BoardHost;
  private readonly servers = new ServersOfBoard();
  private board:
    | (OnBench & { readonly connection: Connection; readonly serve: HostProbe["serve"] | undefined })
    | undefined;
  private isBusy = false;
  /** The probe has gone while it was at work: the connection ends with that work, whatever it came to. */
  private isGone = false;

  constructor(host: BoardHost) {
    this.host = host;
    this.servers.onChange = (serving) => this.onServing(serving);
  }

  /** The probes that may be opened. */
  probes: BoardHost["probes"] = () => this.host.probes();

  /** Attaches to the target of a probe; nothing is reset. Throws what opening and connecting throw. */
  attach(probe: string, chip: string | undefined, takeOver: boolean, signal: AbortSignal): Promise<OnBench> {
    return this.alone(async () => {
      // What is left of a connection whose probe has gone can't be ended in good order, and is no part of this one.
      await this.close().catch(unlessUnreachable);
      let opened: HostProbe | undefined;
      const open = async () => {
        opened = await this.host.open(probe, {
          chip,
          takeOver,
          onAsked: () => this.giveUp(),
          onGone: () => this.lose(new UsbError("usb-unplugged", "The probe was unplugged")),
        });
        return opened;
      };
      const target = { ...(chip === undefined ? {} : { chip }), connectMode: "attach", signal } as const;
      const { connectThrough } = await import("../../../entry/library.ts");
      const connection = await connectThrough(open, target);
      const { isVirtual = false, traffic, takeUart, serve } = opened ?? {};
      const { servers } = this;
      this.board = { connection, session: connection.session, chip, isVirtual, traffic, takeUart, serve, servers };
      return this.board;
    });
  }

  /** Ends the connection; without one nothing happens. */
  detach(): Promise<void> {
    return this.alone(() => this.close());
  }

  /** Serves the board to other programs, as long as it is connected. Throws `session-closed`, and what serving throws. */
  serve(wanted: ServerPorts): Promise<Serving> {
    return this.alone(() => {
      if (!this.board) throw noBoard();
      return this.servers.start(this.board.serve, this.board.session, wanted);
    });
  }

  /** Serves the board no more. */
  endServing(): Promise<void> {
    return this.alone(() => this.servers.end());
  }

  /** Ends the connection even under a job, which fails then; for a page that has gone. */
  end(): Promise<void> {
    return this.close();
  }

  /** Works with the board; a failure that leaves the probe unusable ends the connection. Throws `session-closed` without one. */
  async with<T>(work: (board: OnBench) => Promise<T>): Promise<T> {
    return this.alone(async () => {
      if (!this.board) throw noBoard();
      try {
        return await work(this.board);
      } catch (error) {
        if (isUnreachable(error)) await this.close().catch(() => {});
        throw error;
      }
    });
  }

  /** Whether a board is connected. */
  get isAttached(): boolean {
    return this.board !== undefined;
  }

  /** One thing at a time: throws `lease-busy` for a second one. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.isBusy) throw new SessionError("lease-busy", "The board is at work for another request");
    this.isBusy = true;
    try {
      return await work();
    } finally {
      this.isBusy = false;
      if (this.isGone) await this.close().catch(() => {});
      this.isGone = false;
    }
  }

  /** Gives the board up for another page, unless it is at work. */
  private giveUp(): boolean {
    if (this.isBusy) return false;
    this.lose(new UsbError("usb-busy", "Another page has taken the probe over", { details: { heldBy: "page" } }));
    return true;
  }

  /** A job that is under way fails by itself, because its transfers do; the probe is given back behind it. */
  private lose(why: UsbError): void {
    if (this.isBusy) this.isGone = true;
    if (!this.board) return;
    if (!this.isBusy) void this.close().catch(() => {});
    this.onLost?.(why);
  }

  private async close(): Promise<void> {
    const { board } = this;
    this.board = undefined;
    await andThen(
      () => this.servers.end(),
      async () => board?.connection.close(),
    );
  }
}

const noBoard = (): SessionError => new SessionError("session-closed", "No board is connected");
