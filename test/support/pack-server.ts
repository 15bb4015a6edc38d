import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server on this machine answers, by path. */
export interface Served {
  readonly bytes: Uint8Array;
  /** Breaks off each answer after so many bytes. */
  breakAfter?: number;
  location?: string;
  /** Sends so many bytes of an answer and then nothing more, and calls `onStall`. */
  stallAfter?: number | undefined;
  onStall?: () => void;
  /** Sends one byte after the other without an end, as if there were `bytes` and more. */
  drips?: boolean;
  /** Sends no more than so many bytes of what was asked for, as if that were all. */
  most?: number;
}

/** A server of packs on this machine that continues downloads, breaks off, and redirects. */
export class PackServer {
  readonly files = new Map<string, Served>();
  readonly asked: string[] = [];
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    // A proxy is asked for a whole address.
    const path = new URL(request.url ?? "", "http://any").pathname;
    const range = request.headers.range;
    this.asked.push(range === undefined ? path : `${path} ${range}`);
    const file = this.files.get(path);
    if (!file) return void response.writeHead(404).end();
    if (file.location !== undefined) return void response.writeHead(302, { location: file.location }).end();
    if (file.drips) return void drip(file.bytes, response);
    const etag = `"${file.bytes.length}"`;
    const from = range !== undefined && request.headers["if-range"] === etag ? Number(/\d+/.exec(range)?.[0]) : 0;
    const rest = file.bytes.subarray(from, from > 0 && file.most !== undefined ? from + file.most : undefined);
    const head = { etag, "content-length": rest.length };
    if (from > 0)
      response.writeHead(206, {
        ...head,
        "content-range": `bytes ${from}-${from + rest.length - 1}/${file.bytes.length}`,
      });
    else response.writeHead(200, head);
    const { breakAfter, stallAfter, onStall = () => {} } = file;
    if (stallAfter !== undefined)
      return void response.write(rest.subarray(0, stallAfter), () => setTimeout(onStall, 100));
    if (breakAfter === undefined || rest.length <= breakAfter) return void response.end(rest);
    response.write(rest.subarray(0, breakAfter), () => setImmediate(() => response.destroy()));
  }
}

/** A byte every few milliseconds until the client goes. */
function drip(bytes: Uint8Array, response: ServerResponse): void {
  response.writeHead(200, { etag: `"${bytes.length}"`, "content-length": bytes.length });
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 5);
  response.on("close", () => clearInterval(timer));
}
