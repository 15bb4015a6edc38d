import type { Session } from "../session/session.ts";
import { Debuggee } from "./debuggee.ts";
import type { GdbHost, GdbOptions, GdbPeer } from "./host.ts";
import { FLASH } from "./packets/flash.ts";
import { GENERAL } from "./packets/general.ts";
import { MEMORY } from "./packets/memory.ts";
import { type PacketTable, type Reply, REFUSED } from "./packets/packet.ts";
import { POINTS } from "./packets/points.ts";
import { REGISTERS } from "./packets/registers.ts";
import { RUN } from "./packets/run.ts";
import { frame, RspReader } from "./rsp.ts";

const TABLE: PacketTable = { ...GENERAL, ...REGISTERS, ...MEMORY, ...RUN, ...POINTS, ...FLASH };

/** The starts of all packets, the longest first. */
const STARTS = Object.keys(TABLE).sort((a, b) => b.length - a.length);

/**
 * Serves one client of GDB's remote protocol until it ends. What a packet's code throws is answered with an error and
 * reported; only a client's end, or a detach, ends this.
 */
export async function serveGdb(peer: GdbPeer, session: Session, host: GdbHost, options: GdbOptions): Promise<void> {
  const debuggee = new Debuggee(session, host, options);
  try {
    await converse(peer, debuggee);
  } finally {
    if (!debuggee.isDetached) await leave(debuggee, options.onClose);
    debuggee.release();
  }
}

async function leave(debuggee: Debuggee, then: "run" | "halt"): Promise<void> {
  await debuggee.leave(then).catch((error: unknown) => debuggee.report(debuggee.host.explain(error)));
}

async function converse(peer: GdbPeer, debuggee: Debuggee): Promise<void> {
  const reader = new RspReader();
  const send = async (reply: Reply) => {
    if (reply !== undefined) await peer.send(frame(reply));
  };
  for await (const piece of peer.pieces())
    for (const event of reader.feed(piece)) {
      if (event.kind === "interrupt") debuggee.run.interrupt();
      if (event.kind === "broken" && debuggee.acks) await peer.send(NACK);
      if (event.kind !== "packet") continue;
      if (debuggee.acks) await peer.send(ACK);
      const text = latin1(event.bytes);
      await send(await answer(debuggee, text, event.bytes, send));
      if (text === "QStartNoAckMode") debuggee.acks = false;
      if ((debuggee.isDetached && !debuggee.isExtended) || (text === "k" && !debuggee.isExtended)) return;
    }
}

const ACK = Uint8Array.of(0x2b);
const NACK = Uint8Array.of(0x2d);

async function answer(
  debuggee: Debuggee,
  text: string,
  bytes: Uint8Array,
  send: (reply: Reply) => Promise<void>,
): Promise<Reply> {
  const start = STARTS.find((one) => text.startsWith(one));
  if (start === undefined) return "";
  try {
    const rest = { text: text.slice(start.length), bytes: bytes.subarray(start.length) };
    return await TABLE[start](debuggee, rest, send);
  } catch (error) {
    report(debuggee, start, error);
    return REFUSED;
  }
}

/** A read or write that the bus refuses is GDB's to show; everything else is news. */
function report(debuggee: Debuggee, start: string, error: unknown): void {
  const lines = debuggee.host.explain(error);
  if (["m", "x", "M", "X", "p", "P", "g"].includes(start))
    for (const line of lines.slice(0, 1)) debuggee.host.print(line);
  else debuggee.report(lines);
}

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
