import { join } from "node:path";
import { serveUsbip } from "../../../src/node/servers/usbip-server.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { cache, here } from "../hosting.ts";
import { freePort } from "../free-port.ts";
import { guestKernel } from "../kernel.ts";
import { boot } from "../machine.ts";
import { dialOpenocd, type Openocd } from "./tcl.ts";

/** A board for the guest: the twin, and its probe's serial number, which no other board has. */
export interface Plugged {
  readonly twin: Twin;
  readonly serial: string;
}

/** How the boards are used. */
export interface Using {
  /** OpenOCD's own configuration of the chip. */
  readonly config: string;
  /** Longest for the boot and all work, in milliseconds. */
  readonly patienceMs: number;
}

/** Longest until OpenOCD answers, boot and enumeration included. */
const START_MS = 120_000;

/** OpenOCD's first Tcl port in the guest (guest.sh). */
const TCL_PORT = 6666;

/**
 * Boots a guest in which an OpenOCD runs on each of these boards, served by this process in lock-step, works with them, and
 * ends the guest. Throws what the work throws, and where the guest did not come so far.
 */
export async function withOpenocd<T>(
  boards: readonly Plugged[],
  { config, patienceMs }: Using,
  work: (openocds: readonly Openocd[]) => Promise<T>,
): Promise<T> {
  const kernel = guestKernel(cache, join(here, "init.sh"));
  const twins = boards.map(({ twin }) => twin);
  const server = await serveUsbip(twins, { host: "127.0.0.1", port: 0 }, { lockstep: true });
  const forwards = await Promise.all(boards.map(async (_, n) => ({ host: await freePort(), guest: TCL_PORT + n })));
  const script = join(here, "openocd", "guest.sh");
  const giveUp = new AbortController();
  const variables = { SERIALS: boards.map(({ serial }) => serial).join(","), CONFIG: config };
  const { signal } = giveUp;
  const running = boot({ kernel, script, port: server.port, patienceMs, variables, forwards, signal });
  const openocds: Openocd[] = [];
  try {
    for (const { host } of forwards) openocds.push(await dialOpenocd(host, START_MS));
    return await work(openocds);
  } finally {
    for (const openocd of openocds) openocd.end();
    if (openocds.length < forwards.length) giveUp.abort();
    await running;
    await server.close();
  }
}
