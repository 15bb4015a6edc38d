import type { Message, Reply } from "../../protocol.ts";
import { decodeMessage, encodeMessage } from "../../wire.ts";
import type { OpenTransport } from "../transport.ts";

/** Where a page keeps its token while it is open, so that loading it again works. */
const KEPT = "flashproof-token";

/** Loads the page again where another token has come into its address: it is that of another `flashproof ui`. */
export function takeNewToken(): void {
  if (new URLSearchParams(location.hash.slice(1)).has("token")) location.reload();
}

/** The token in the address, which goes out of it at once, or the one of before; undefined on a page of static files. */
export function takeToken(): string | undefined {
  const words = new URLSearchParams(location.hash.slice(1));
  const token = words.get("token");
  if (token === null) return sessionStorage.getItem(KEPT) ?? undefined;
  sessionStorage.setItem(KEPT, token);
  words.delete("token");
  history.replaceState(null, "", `#${words.toString().replace(/=(?=&|$)/g, "")}`);
  return token;
}

/** The WebSocket of `flashproof ui`. */
export const openSocket =
  (token: string): OpenTransport =>
  (take, ended) => {
    const address = new URL("board", location.href.split("#")[0]);
    address.protocol = "ws:";
    const socket = new WebSocket(address, ["flashproof", `token.${token}`]);
    const waiting: Message[] = [];
    const send = (message: Message) => socket.send(encodeMessage(message));
    socket.addEventListener("open", () => waiting.splice(0).forEach(send));
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => take(decodeMessage(data) as Reply));
    socket.addEventListener("close", () =>
      ended({
        code: "connection-lost",
        message: "flashproof ui has ended, or refuses this page.",
        hints: ["Start flashproof ui again, and open the address that it prints."],
      }),
    );
    return {
      post: (message) => (socket.readyState === WebSocket.CONNECTING ? waiting.push(message) : send(message)),
      end: () => socket.close(),
    };
  };
