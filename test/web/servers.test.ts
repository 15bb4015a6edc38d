import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pageServers } from "../../src/cli/serving/page-servers.ts";
import { createTwin } from "../../src/twin/usb.ts";
import { MachineHost } from "../../src/web/machine/machine-host.ts";
import { serveUi, type UiServer } from "../../src/web/machine/ui-server.ts";
import type { Planned, Serving } from "../../src/web/protocol.ts";
import { runGdb } from "../clients/gdb/debug-session.ts";
import { describeWith } from "../clients/judges.ts";
import { hostOf, InNode } from "./support/in-node.ts";
import { hexFile } from "./support/made-image.ts";
import { openUiPage, type UiPage } from "./support/ui-page.ts";

const CHIP = "MK24FN1M0xxx12";
const ATTACH = { probe: "named", chip: CHIP, takeOver: false };
const ANY = { gdb: 0, rtt: 0 };

describe("the servers beside a page of flashproof ui", { timeout: 120_000 }, () => {
  let folder: string;
  let server: UiServer;
  let page: UiPage;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-servers-"));
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
    const serving = pageServers(() => {});
    server = await serveUi({ folder, port: 0, host: new MachineHost(`twin:${CHIP}`, serving) });
    page = await openUiPage(server.url);
    await page.ask("attach", ATTACH);
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const answered = async <T>(reply: Promise<unknown>) => ((await reply) as { readonly answer: T }).answer;

  /** Flashes a firmware, so that the core does not end in lockup. */
  async function flash() {
    const { name, buffer } = hexFile(false);
    const job = { file: { name, bytes: new Uint8Array(buffer) }, chip: CHIP, security: "refuse" } as const;
    const { digest } = await answered<Planned>(page.ask("planOnBoard", job));
    const asked = { ...job, digest, tokens: [] };
    expect(await page.ask("flash", asked)).toMatchObject({ answer: { verdict: "equal" } });
    return asked;
  }

  const serve = () => answered<Serving>(page.ask("serve", ANY));

  /** How many debuggers the page shows as connected; undefined where it shows no servers. */
  const shownClients = () =>
    page.replies.flatMap((reply) => ("serving" in reply ? [reply.serving] : [])).at(-1)?.gdbClients;

  it("refuse a page's jobs and run control while a debugger is connected, show it, and let it look", async () => {
    const asked = await flash();
    const { gdb } = await serve();
    const debugger_ = await connected(gdb);
    await expect.poll(shownClients, { timeout: 20_000 }).toBe(1);
    expect(await page.ask("control", { act: "reset" })).toMatchObject({ error: { code: "lease-busy" } });
    expect(await page.ask("flash", asked)).toMatchObject({ error: { code: "lease-busy" } });
    const unlock = { chip: CHIP, allowMassErase: true };
    expect(await page.ask("unlock", unlock)).toMatchObject({ error: { code: "lease-busy" } });
    const ranges = [{ start: 0, length: 4 }];
    const look = { isRttWanted: true, isCodeWanted: false, input: "", ranges };
    expect(await page.ask("live", look)).toMatchObject({ answer: { unreadable: [] } });
    debugger_.destroy();
    await expect.poll(shownClients, { timeout: 20_000 }).toBe(0);
    expect(await page.ask("control", { act: "reset" })).toMatchObject({ answer: null });
  });

  it("send RTT's banner to a client, and end with the connection to the board", async () => {
    await flash();
    const { gdb, rtt } = await serve();
    const client = await connected(rtt);
    const banner = await new Promise<string>((resolve) => client.once("data", (data) => resolve(String(data))));
    expect(banner).toContain("Flashproof");
    await page.ask("detach", {});
    expect(page.replies.at(-2)).toEqual({ serving: null });
    for (const port of [gdb, rtt]) await expect(connected(port)).rejects.toThrow("ECONNREFUSED");
  });

  it("end when they are ended, and give their ports to the next ones", async () => {
    await flash();
    const ports = await serve();
    expect(await page.ask("endServing", {})).toMatchObject({ answer: null });
    for (const port of [ports.gdb, ports.rtt]) await expect(connected(port)).rejects.toThrow("ECONNREFUSED");
    expect(await page.ask("serve", ports)).toMatchObject({ answer: { gdb: ports.gdb, rtt: ports.rtt } });
  });

  it("are refused at a port that another program has, at none that is a port, and without a board", async () => {
    const asked = { gdb: server.port, rtt: 0 };
    expect(await page.ask("serve", asked)).toMatchObject({ error: { code: "port-in-use" } });
    for (const gdb of [-1, 0x1_0000, 1.5, "2331" as never])
      expect(await page.ask("serve", { ...ANY, gdb })).toMatchObject({ error: { code: "usage" } });
    await page.ask("detach", {});
    expect(await page.ask("serve", ANY)).toMatchObject({ error: { code: "session-closed" } });
  });

  it("are refused in a browser, which can serve nothing", async () => {
    const node = new InNode(hostOf(createTwin({ chip: CHIP, flash: "zero" })));
    await node.ask("attach", { ...ATTACH, probe: "twin" });
    await expect(node.ask("serve", ANY)).rejects.toThrow("usage");
  });

  describeWith("gdb-multiarch")("for GDB", () => {
    it("let it read, step and write while the page is attached, and run the core on after it", async () => {
      await flash();
      const { gdb } = await serve();
      const output = await runGdb(folder, [
        ...["set pagination off", "set confirm off", "set architecture armv7e-m", "set remotetimeout 20"],
        `target extended-remote 127.0.0.1:${gdb}`,
        // Two NOPs in RAM.
        ...["monitor reset halt", "set {unsigned int}0x20000200 = 0xbf00bf00", "set $pc = 0x20000200", "stepi"],
        ...["set {unsigned int}0x20000100 = 0x12345678", "x/1xw 0x20000100", "monitor reset halt", "detach"],
      ]);
      expect(output).toContain("0x20000202 in");
      expect(output).toMatch(/0x20000100:\s+0x12345678/);
      await expect.poll(shownClients, { timeout: 20_000 }).toBe(0);
      const look = { isRttWanted: false, isCodeWanted: false, input: "", ranges: [{ start: 0x2000_0100, length: 4 }] };
      const memory = [Uint8Array.of(0x78, 0x56, 0x34, 0x12)];
      expect(await page.ask("live", look)).toMatchObject({ answer: { state: "running", memory } });
    });
  });
});

/** A connection to a port; rejects where nothing listens. */
function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
  });
}
