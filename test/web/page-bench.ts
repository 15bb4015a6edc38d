import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** A page in Chromium, and what it complained of. */
export interface OpenPage {
  readonly page: Page;
  /** Lines of the console that are errors or warnings, and what the policy refused. */
  readonly complaints: string[];
}

/** Chromium and a plain file server on 127.0.0.1. */
export interface PageBench {
  readonly url: string;
  /** Opens a page in a context of its own, prepared by `prepare`; the address may be of another server. */
  open(address?: string, prepare?: (context: BrowserContext) => Promise<void>): Promise<OpenPage>;
  /** The same in a context that keeps the page for use without a network. */
  openKept(address: string): Promise<OpenPage>;
  /** Opens another page in a context. */
  openIn(context: BrowserContext, address?: string): Promise<OpenPage>;
  /** Whether the server answers, or ends each connection. */
  isUp: boolean;
  close(): Promise<void>;
}

/** What Playwright prints where a flow keeps no page. */
const BLOCKED = "Service Worker registration blocked by Playwright";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves a folder's files as they are, and starts Debian's Chromium. */
export async function openPageBench(folder: string): Promise<PageBench> {
  const server = createServer(({ url = "/", socket }, response) => {
    if (!bench.isUp) return void socket.destroy();
    const path = normalize(new URL(url, "http://localhost").pathname);
    const file = join(folder, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser: Browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const openIn = async (context: BrowserContext, address = ""): Promise<OpenPage> => {
    const page = await context.newPage();
    const whole = new URL(address, url);
    page.setDefaultTimeout(Number(process.env.PAGE_MS ?? 90_000));
    const complaints: string[] = [];
    page.on("console", (line) => {
      const isComplaint = ["error", "warning"].includes(line.type()) && !line.text().includes(BLOCKED);
      if (isComplaint) complaints.push(line.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== whole.origin) complaints.push(request.url());
    });
    await page.goto(whole.href);
    return { page, complaints };
  };
  const bench: PageBench = {
    isUp: true,
    url,
    openIn,
    open: async (address = "", prepare = async () => {}) => {
      // Nothing else than its own server's answers: a flow keeps no page, but for those about that.
      const context = await browser.newContext({ colorScheme: "light", serviceWorkers: "block" });
      await prepare(context);
      return openIn(context, address);
    },
    openKept: async (address) => openIn(await browser.newContext({ colorScheme: "light" }), address),
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return bench;
}
