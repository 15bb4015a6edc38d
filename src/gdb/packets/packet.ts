import type { Debuggee } from "../debuggee.ts";

/** A packet without the word that it begins with. */
export interface PacketRest {
  /** One character a byte. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** What is answered: a text, or bytes; `undefined` where the answer comes later or not at all. */
export type Reply = string | Uint8Array | undefined;

/** How an answer is sent that comes later, or unasked. */
export interface Sender {
  reply(reply: Reply): Promise<void>;
  /** A notification of non-stop mode. */
  notify(content: string): Promise<void>;
}

/** The code of one packet. What it throws is answered with `E01` and reported. */
export type PacketHandler<Client = Debuggee> = (
  client: Client,
  rest: PacketRest,
  send: Sender,
) => Promise<Reply> | Reply;

/** Packets by the word that they begin with; the longest that fits is taken. */
export type PacketTable<Client = Debuggee> = { readonly [start: string]: PacketHandler<Client> };

/** An answer that says no without a reason; the reason is on the console. */
export const REFUSED = "E01";
