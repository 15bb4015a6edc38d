import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { HostError } from "../../base/errors.ts";
import type { Message } from "../protocol.ts";
import { decodeMessage, encodeMessage } from "../wire.ts";
import { PAGE_POLICY, policyOf } from "../policy.ts";
import type { BoardHost } from "../work/board/board-host.ts";
import { PageWorker } from "../work/work.ts";
import { pageFiles, type PageFile } from "./page-files.ts";

/** Longest message of a page: an image in base64, and some. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Connections at once; a page needs a handful. */
const MOST_CONNECTIONS = 64;

/** How long a client has for its request's head, and how often that is looked at, in milliseconds. */
const HEAD_MS = 5_000;
const LOOK_MS = 1_000;

/** The protocol that a page asks for, and the start of the one that carries its token. */
const PROTOCOL = "flashproof";
const TOKEN = "token.";

/** What every answer carries beside its policy. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** How the page of this machine is served. */
export interface UiOptions {
  /** The page as built. */
  readonly folder: string;
  /** TCP port of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly host: BoardHost;
  /** Receives what went wrong that no page shows: a job that was broken off because its page has gone. */
  readonly onLeft?: (error: unknown) => void;
}

/** The page of this machine, served until it is closed. */
export interface UiServer {
  readonly port: number;
  /** The address with the token, which only the person at this machine sees. */
  readonly url: string;
  /** Connections that were let in. */
  readonly accepted: number;
  /** Lets no page in any more, ends each job between two sectors, then every connection, and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves the page and its messages on 127.0.0.1. The page's files are anyone's on this machine; a WebSocket is let in with
 * the right Host, this page's Origin and the token. Throws `port-in-use` and `page-not-built`.
 */
export async function serveUi({ folder, port: wanted, host, onLeft = () => {} }: UiOptions): Promise<UiServer> {
  const files = pageFiles(folder);
  const token = randomBytes(32).toString("hex");
  const pages: Pages = new Set();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });
  let accepted = 0;
  let isClosing = false;
  const limits = { headersTimeout: HEAD_MS, requestTimeout: HEAD_MS, connectionsCheckingInterval: LOOK_MS };
  const server = createServer(limits, (request, response) =>
    isForHere(request, portOf()) ? answer(request, response, files) : refuse(response, 403),
  );
  const portOf = () => (server.address() as AddressInfo | null)?.port ?? 0;
  server.maxConnections = MOST_CONNECTIONS;
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const isIts = isForHere(request, portOf()) && request.headers.origin !== undefined && hasToken(request, token);
    if (!isIts || isClosing) return drop(socket);
    sockets.handleUpgrade(request, socket, head, (page) => {
      accepted++;
      servePage(page, host, pages, onLeft);
    });
  });
  await listening(server, wanted);
  return {
    port: portOf(),
    url: `http://127.0.0.1:${portOf()}/#token=${token}`,
    get accepted() {
      return accepted;
    },
    async close() {
      isClosing = true;
      await Promise.all([...pages].map((end) => end()));
      for (const page of sockets.clients) page.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What ends each page that is served; it never rejects. */
type Pages = Set<() => Promise<void>>;

/** Serves one page: its messages in, what comes of them out; when it goes, its jobs end between two sectors. */
function servePage(socket: WebSocket, host: BoardHost, pages: Pages, onLeft: (error: unknown) => void): void {
  const page = new PageWorker(host, (reply) => {
    if (socket.readyState === socket.OPEN) socket.send(encodeMessage(reply));
  });
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= page.close().then((left) => {
      pages.delete(end);
      left.forEach(onLeft);
    });
    return ended;
  };
  pages.add(end);
  socket.on("error", () => socket.terminate());
  socket.on("close", () => void end());
  socket.on("message", (data, isBinary) => {
    const message = isBinary ? undefined : messageIn((data as Buffer).toString("utf8"));
    if (message) void page.take(message);
    else socket.close(1003);
  });
}

/** A message by its shape; undefined for what is none. */
function messageIn(text: string): Message | undefined {
  try {
    const found = decodeMessage(text) as { id?: unknown; kind?: unknown; asked?: unknown; cancel?: unknown } | null;
    const isRequest = typeof found?.kind === "string" && typeof found.asked === "object" && found.asked !== null;
    return typeof found?.id === "number" && (isRequest || found.cancel === true) ? (found as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a request names this server, and no other page has sent it: a name that was rebound to 127.0.0.1 is another. */
function isForHere({ headers }: IncomingMessage, port: number): boolean {
  // A browser names no port that is the usual one.
  const hosts = ["127.0.0.1", "localhost"].map((name) => (port === 80 ? name : `${name}:${port}`));
  const isHost = headers.host !== undefined && hosts.includes(headers.host);
  return isHost && (headers.origin === undefined || headers.origin === `http://${headers.host}`);
}

/** Whether one of the protocols that are asked for carries the token. */
function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  const given = protocols.find((each) => each.startsWith(TOKEN))?.slice(TOKEN.length) ?? "";
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return protocols.includes(PROTOCOL) && a.length === b.length && timingSafeEqual(a, b);
}

function answer(request: IncomingMessage, response: ServerResponse, files: ReadonlyMap<string, PageFile>): void {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const [path] = (request.url ?? "/").split("?");
  const file = files.get(path);
  if (!isRead || !file) {
    refuse(response, isRead ? 404 : 405);
    return;
  }
  response.writeHead(200, { ...HEADERS, "content-security-policy": policyOf(path), "content-type": file.type });
  response.end(request.method === "HEAD" ? undefined : file.bytes);
}

function refuse(response: ServerResponse, status: 403 | 404 | 405): void {
  response.writeHead(status, { ...HEADERS, "content-security-policy": PAGE_POLICY, connection: "close" }).end();
}

function drop(socket: Duplex): void {
  socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
}

function listening(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === "EADDRINUSE";
      const text = inUse ? `Another program listens on 127.0.0.1:${port} already` : `Cannot listen: ${cause.message}`;
      reject(new HostError(inUse ? "port-in-use" : "usage", text, { details: { host: "127.0.0.1", port }, cause }));
    });
    server.listen(port, "127.0.0.1", () => {
      server.removeAllListeners("error").on("error", () => {});
      resolve();
    });
  });
}
