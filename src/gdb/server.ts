import { codeOf } from "../base/errors.ts";
import type { Session } from "../session/session.ts";
import { Debuggee } from "./debuggee.ts";
import type { GdbHost, GdbOptions, GdbPeer } from "./host.ts";
import { Observer } from "./observer.ts";
import { FLASH } from "./packets/flash.ts";
import { GENERAL } from "./packets/general.ts";
import { MEMORY } from "./packets/memory.ts";
import { OBSERVER } from "./packets/observer.ts";
import { type PacketTable, type Reply, REFUSED, type Sender } from "./packets/packet.ts";
import { POINTS } from "./packets/points.ts";
import { REGISTERS } from "./packets/registers.ts";
import { RUN } from "./packets/run.ts";
import { THREADS } from "./packets/threads.ts";
import { readAhead } from "./read-ahead.ts";
import { frame, notification, RspReader } from "./rsp.ts";

const TABLE: PacketTable = { ...GENERAL, ...REGISTERS, ...MEMORY, ...RUN, ...POINTS, ...FLASH, ...THREADS };

/** Packets that may be one more part of what is being written to flash. */
const WRITES: readonly string[] = ["X", "M", "vFlashErase:", "vFlashWrite:", "vFlashDone"];

/** Packets that GDB doesn't send between a stop of its own and going on: its user has seen the stop before them. */
const SHOWN: readonly string[] = ["?", "qRcmd,", "M", "X", "vFlashErase:", "vRun;", "R", "QNonStop:"];

/** One target, served to a client that debugs and to others that look. */
export class GdbTarget {
  private readonly session: Session;
  private readonly host: GdbHost;
  private readonly options: GdbOptions;
  private debuggee: Debuggee | undefined;

  constructor(session: Session, host: GdbHost, options: GdbOptions) {
    this.session = session;
    this.host = host;
    this.options = options;
  }

  /**
   * Serves one client of GDB's remote protocol until it ends; there may be one at a time. What a packet's code throws is
   * answered with an error and reported; only a client's end, or a detach, ends this.
   */
  async debug(peer: GdbPeer): Promise<void> {
    const { pieces, gone } = readAhead(peer.pieces());
    const debuggee = new Debuggee(this.session, this.host, this.options, gone);
    this.debuggee = debuggee;
    try {
      await converse(
        { pieces: () => pieces, send: (bytes) => peer.send(bytes) },
        {
          client: debuggee,
          table: TABLE,
          before: async (start) => {
            if (SHOWN.includes(start)) debuggee.run.late.forget();
            if (!WRITES.includes(start)) await debuggee.download.settle();
            await debuggee.standAgain();
          },
          interrupt: () => debuggee.run.ctrlC(),
          isOver: (text) => (debuggee.isDetached || text === "k") && !debuggee.isExtended,
          report: (start, error) => report(debuggee, start, error),
        },
      );
    } finally {
      // A detach or a kill has settled it; what is left belongs to a client whose connection broke.
      debuggee.download.abandon();
      if (!debuggee.isDetached) await leave(debuggee, this.options.onClose);
      debuggee.release();
      this.debuggee = undefined;
    }
  }

  /** Serves a client that only looks: it reads memory while the core runs, and nothing that it sends stops the core. */
  async observe(peer: GdbPeer): Promise<void> {
    const { host } = this;
    const hide = (address: number, bytes: Uint8Array) => this.debuggee?.points.hide(address, bytes);
    const observer = new Observer(this.session, host, { hide });
    try {
      await converse(peer, {
        client: observer,
        table: OBSERVER,
        interrupt: () => {},
        isOver: (text) => text === "D" || text === "k",
        report: (_start, error) => host.print(`observer: ${host.explain(error)[0]}`),
      });
    } finally {
      observer.release();
    }
  }
}

async function leave(debuggee: Debuggee, then: "run" | "halt"): Promise<void> {
  await debuggee.leave(then).catch((error: unknown) => debuggee.report(debuggee.host.explain(error)));
}

/** What one kind of client does with the packets that it sends. */
interface Conversation<Client> {
  readonly client: Client;
  readonly table: PacketTable<Client>;
  /** Called before a packet's code is. */
  readonly before?: (start: string) => Promise<void>;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  /** Whether the connection ends after a packet. */
  readonly isOver: (text: string) => boolean;
  /** What a packet's code has thrown. */
  readonly report: (start: string, error: unknown) => void;
}

async function converse<Client>(peer: GdbPeer, conversation: Conversation<Client>): Promise<void> {
  const reader = new RspReader();
  // Acknowledgements are sent until the client wants none.
  let acks = true;
  const send: Sender = {
    reply: async (reply) => (reply === undefined ? undefined : peer.send(frame(reply))),
    notify: (content) => peer.send(notification(content)),
  };
  for await (const piece of peer.pieces())
    for (const event of reader.feed(piece)) {
      if (event.kind === "interrupt") conversation.interrupt();
      if (event.kind === "broken" && acks) await peer.send(NACK);
      if (event.kind !== "packet") continue;
      if (acks) await peer.send(ACK);
      const text = latin1(event.bytes);
      await send.reply(await answer(conversation, text, event.bytes, send));
      if (text === "QStartNoAckMode") acks = false;
      if (conversation.isOver(text)) return;
    }
}

const ACK = Uint8Array.of(0x2b);
const NACK = Uint8Array.of(0x2d);

async function answer<Client>(
  { client, table, before, report: fail }: Conversation<Client>,
  text: string,
  bytes: Uint8Array,
  send: Sender,
): Promise<Reply> {
  const start = longestStart(table, text);
  if (start === undefined) return "";
  try {
    await before?.(start);
    const rest = { text: text.slice(start.length), bytes: bytes.subarray(start.length) };
    return await table[start](client, rest, send);
  } catch (error) {
    fail(start, error);
    return REFUSED;
  }
}

function longestStart<Client>(table: PacketTable<Client>, text: string): string | undefined {
  const starts = Object.keys(table).filter((start) => text.startsWith(start));
  return starts.sort((one, other) => other.length - one.length)[0];
}

/**
 * A read or write that the bus refuses is GDB's to show: it looks behind the end of a stack at every stop. The console has
 * its sentence without "error", which scripts that start the server take for a failed download. Everything else is news.
 */
function report(debuggee: Debuggee, start: string, error: unknown): void {
  const lines = debuggee.host.explain(error);
  if (!["m", "x", "M", "X", "p", "P", "g"].includes(start)) debuggee.report(lines);
  else debuggee.host.print(codeOf(error) === "memory-fault" ? (error as Error).message : lines[0]);
}

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
