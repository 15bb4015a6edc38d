import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type FileServer, serveFolder } from "./file-server.ts";

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
  readonly server: FileServer;
  close(): Promise<void>;
}

/** What Playwright prints where a flow keeps no page. */
const BLOCKED = "Service Worker registration blocked by Playwright";

/** Serves a folder's files as they are, and starts Debian's Chromium. */
export async function openPageBench(folder: string): Promise<PageBench> {
  const server = await serveFolder(folder);
  const { url } = server;
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
  return {
    server,
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
      await server.close();
    },
  };
}
