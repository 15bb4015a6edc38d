import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** A plain file server on 127.0.0.1. */
export interface FileServer {
  readonly port: number;
  readonly url: string;
  /** Whether it answers, or ends each connection. */
  isUp: boolean;
  /** The content security policy of every answer; none where it is undefined, as plain file servers have it. */
  policy: string | undefined;
  close(): Promise<void>;
}

/** Serves a folder's files as they are, on a free port unless one is wanted. */
export async function serveFolder(folder: string, wanted = 0): Promise<FileServer> {
  const server = createServer(({ url = "/", socket }, response) => {
    if (!files.isUp) return void socket.destroy();
    const path = normalize(new URL(url, "http://localhost").pathname);
    const file = join(folder, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    const policy = files.policy === undefined ? {} : { "content-security-policy": files.policy };
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", ...policy });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const files: FileServer = {
    port,
    url: `http://127.0.0.1:${port}/`,
    isUp: true,
    policy: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return files;
}
