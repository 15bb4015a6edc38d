import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { serveUsbip } from "../../../src/node/servers/usbip-server.ts";
import { buildPage } from "../../../tools/web.mjs";
import { board } from "../../support/board.ts";
import { type FileServer, serveFolder } from "../../web/support/file-server.ts";
import { tryAll } from "../check.ts";
import { bundle, cache, here } from "../hosting.ts";
import { guestKernel } from "../kernel.ts";
import { boot } from "../machine.ts";
import { freePort } from "../free-port.ts";
import { flows, type WebBoard } from "./flows.ts";
import { BROWSER, DEVTOOLS, PAGE } from "./ports.ts";

/** Longest for a boot with everything in it; an idle machine takes less than half of it. WEB_VM_MS gives a busy one more. */
const PATIENCE_MS = Number(process.env["WEB_VM_MS"] ?? 280_000);

/** A board of each kind that WebUSB shows, as the bus has it. */
const BOARDS = [
  { probe: "jlink-hs", serial: "59304712", name: "J-Link", vendor: 0x1366, product: 0x0101 },
  { probe: "cmsis-dap-hs", serial: "DAP2", name: "CMSIS-DAP", vendor: 0x0d28, product: 0x0204 },
] as const;

/** Chromium's managed policy that grants the boards to the page, as no one can in a browser without a screen. */
const POLICY = {
  WebUsbAllowDevicesForUrls: [
    {
      devices: BOARDS.map(({ vendor, product }) => ({ vendor_id: vendor, product_id: product })),
      urls: [`http://127.0.0.1:${PAGE}`],
    },
  ],
};

/** Boots a guest whose Chromium flashes the boards by WebUSB, and answers how many flows failed. */
export async function runWeb(): Promise<number> {
  const folder = join(cache, "page");
  await buildPage(folder);
  const files = await serveFolder(folder);
  const boards = BOARDS.map(({ probe, serial, name }) => ({
    name,
    serial,
    twin: board({ probe, serial, flash: "zero" }),
  }));
  const giveUp = new AbortController();
  const devtools = await freePort();
  const usbip = await serveUsbip(
    boards.map(({ twin }) => twin),
    { host: "127.0.0.1", port: 0 },
    { lockstep: true },
  );
  const running = bootGuest(usbip.port, files, devtools, giveUp.signal);
  try {
    const late = running.then(() => Promise.reject(new Error("the guest has ended")));
    return await Promise.race([work(devtools, boards), late]);
  } finally {
    giveUp.abort();
    await running;
    await usbip.close();
    await files.close();
  }
}

async function bootGuest(port: number, files: FileServer, devtools: number, signal: AbortSignal): Promise<void> {
  await boot({
    kernel: guestKernel(cache, join(here, "init.sh")),
    script: join(here, "web", "guest.sh"),
    program: await bundle("web/guest"),
    port,
    patienceMs: PATIENCE_MS,
    variables: {
      SERIALS: BOARDS.map(({ serial }) => serial).join(","),
      FILES: `${files.port}`,
      BROWSER: `${BROWSER}`,
      POLICY: Buffer.from(JSON.stringify(POLICY)).toString("base64"),
    },
    forwards: [{ host: devtools, guest: DEVTOOLS }],
    processors: 2,
    memory: 4096,
    signal,
  });
}

async function work(devtools: number, boards: readonly WebBoard[]): Promise<number> {
  const browser = await connected(`http://127.0.0.1:${devtools}`);
  try {
    return await tryAll(await flows(browser, `http://127.0.0.1:${PAGE}/`, boards, PATIENCE_MS), () => "");
  } finally {
    await browser.close().catch(() => {});
  }
}

/** The guest's browser, as soon as it answers. */
async function connected(url: string): Promise<Browser> {
  const latest = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await chromium.connectOverCDP(url, { timeout: 60_000 });
    } catch (error) {
      if (performance.now() > latest) throw error;
      await sleep(500);
    }
  }
}
