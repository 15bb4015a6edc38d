import type { Debuggee } from "../debuggee.ts";

/** A packet without the word that it begins with. */
export interface PacketRest {
  /** One character a byte. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** What is answered: a text, or bytes; `undefined` where the answer comes later or not at all. */
export type Reply = string | Uint8Array | undefined;

/** The code of one packet. What it throws is answered with `E01` and reported. */
export type PacketHandler = (
  debuggee: Debuggee,
  rest: PacketRest,
  send: (reply: Reply) => Promise<void>,
) => Promise<Reply> | Reply;

/** Packets by the word that they begin with; the longest that fits is taken. */
export type PacketTable = { readonly [start: string]: PacketHandler };

/** An answer that says no without a reason; the reason is on the console. */
export const REFUSED = "E01";
