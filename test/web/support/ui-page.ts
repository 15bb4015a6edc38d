import { WebSocket } from "ws";
import type { Reply, RequestKind, Requests } from "../../../src/web/protocol.ts";
import { decodeMessage, encodeMessage } from "../../../src/web/wire.ts";

/** What is other than right about a socket. */
export interface WrongSocket {
  readonly token?: string;
  readonly origin?: string;
  readonly host?: string;
}

/** A socket as a page of `fp ui` opens it, by the address that it printed. */
export function socketOf(url: string, given: WrongSocket = {}): WebSocket {
  const { host, origin, hash } = new URL(url);
  const token = given.token ?? hash.slice("#token=".length);
  return new WebSocket(`ws://${host}/board`, ["flashproof", `token.${token}`], {
    origin: given.origin ?? origin,
    ...(given.host ? { headers: { host: given.host } } : {}),
  });
}

/** A page of `fp ui`: asks, and gathers what comes back. */
export interface UiPage {
  readonly ws: WebSocket;
  /** Everything that was received, in its order. */
  readonly replies: readonly Reply[];
  ask<Kind extends RequestKind>(kind: Kind, asked: Requests[Kind]["asked"]): Promise<Reply>;
}

/** Opens a page. */
export async function openUiPage(url: string): Promise<UiPage> {
  const ws = socketOf(url);
  const replies: Reply[] = [];
  const waiting = new Map<number, (reply: Reply) => void>();
  ws.on("message", (data: Buffer) => {
    const reply = decodeMessage(data.toString("utf8")) as Reply;
    replies.push(reply);
    if ("id" in reply && !("event" in reply)) waiting.get(reply.id)?.(reply);
  });
  await new Promise((resolve) => ws.once("open", resolve));
  let next = 1;
  const ask: UiPage["ask"] = (kind, asked) => {
    const id = next++;
    const answered = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    ws.send(encodeMessage({ id, kind, asked }));
    return answered;
  };
  return { ws, replies, ask };
}
