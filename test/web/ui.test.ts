import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { inCliWords } from "../../src/report/advice-words.ts";
import { errorReport } from "../../src/report/error-report.ts";
import { MachineHost } from "../../src/web/machine/machine-host.ts";
import { serveUi, type UiServer } from "../../src/web/machine/ui-server.ts";
import type { Planned, Reply, RequestKind } from "../../src/web/protocol.ts";
import { decodeMessage } from "../../src/web/wire.ts";
import { hexFile } from "./support/made-image.ts";
import { openUiPage, socketOf, type WrongSocket } from "./support/ui-page.ts";

/** How many hostile requests; a soak sets more. */
const HOSTILE = Number(process.env.FLASHPROOF_HOSTILE ?? 400);

const CHIP = "MK24FN1M0xxx12";

describe("flashproof ui", () => {
  let folder: string;
  let server: UiServer;
  let token: string;
  let left: unknown[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-ui-"));
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
    left = [];
    const host = new MachineHost(`twin:${CHIP}`);
    server = await serveUi({ folder, port: 0, host, onLeft: (error) => left.push(error) });
    token = new URL(server.url).hash.slice("#token=".length);
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const origin = () => `http://127.0.0.1:${server.port}`;

  const socket = (given: WrongSocket = {}) => socketOf(server.url, given);

  /** Whether a socket is let in. */
  const isLetIn = (ws: WebSocket): Promise<boolean> =>
    new Promise((resolve) => {
      ws.on("open", () => resolve(true));
      ws.on("error", () => resolve(false));
    });

  it("ends with page-not-built, and how it is built, where the folder has no page", async () => {
    const options = { folder: join(folder, "none"), port: 0, host: new MachineHost(undefined) };
    const error: unknown = await serveUi(options).catch((cause: unknown) => cause);
    const { code, hints } = errorReport(error, inCliWords);
    expect([code, hints]).toEqual(["page-not-built", [expect.stringContaining("npm run web:build")]]);
  });

  const page = () => openUiPage(server.url);

  it("lets a page in with its token and its own origin, and serves the page's files only", async () => {
    expect(await isLetIn(socket())).toBe(true);
    expect((await fetch(`${origin()}/`)).status).toBe(200);
    const outside = ["/../package.json", "/%2e%2e/package.json", "/..%5cpackage.json", "/%2e%2e%5cpackage.json"];
    for (const path of [...outside, "/assets", "/etc/passwd", "//etc/passwd", "/index.html%00.js", "/INDEX.HTML"])
      expect((await fetch(origin() + path)).status, path).toBe(404);
    expect((await fetch(`${origin()}/`, { method: "POST", body: "x" })).status).toBe(405);
  });

  it("serves the page that it began with, although its files have gone", async () => {
    rmSync(join(folder, "index.html"));
    expect(await (await fetch(`${origin()}/`)).text()).toContain("<title>page</title>");
  });

  it("ends a connection whose request does not come to its end", { timeout: 25_000 }, async () => {
    expect(await exchange(server.port, "GET / HTTP/1.1\r\nHost: 127")).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ["when its page goes", (ws: WebSocket) => ws.terminate()],
    ["when the server is closed", () => void server.close()],
  ] as const)(
    "breaks a job off %s, reports what it left, once, and gives the probe back",
    {
      timeout: 60_000,
    },
    async (_, leave) => {
      const { ws, ask } = await page();
      await ask("attach", { probe: "named", chip: CHIP, takeOver: false });
      const { name, buffer } = hexFile(false, 0x4_0000);
      const job = { file: { name, bytes: new Uint8Array(buffer) }, chip: CHIP, security: "refuse" } as const;
      const planned = (await ask("planOnBoard", job)) as { readonly answer: Planned };
      const programming = new Promise<void>((resolve) => {
        ws.on("message", (data: Buffer) => {
          const reply = decodeMessage(data.toString("utf8")) as Reply;
          if ("event" in reply && reply.event.kind === "progress" && reply.event.phase === "program") resolve();
        });
      });
      void ask("flash", { ...job, digest: planned.answer.digest, tokens: [] });
      await programming;
      leave(ws);
      await expect.poll(() => left, { timeout: 30_000 }).toHaveLength(1);
      expect(left).toMatchObject([{ code: "aborted", details: { flash: "in-part" } }]);
      await server.close();
      expect(left).toHaveLength(1);
    },
  );

  it("lets no page in any more while it is closed", { timeout: 60_000 }, async () => {
    const { ask } = await page();
    await ask("attach", { probe: "named", chip: CHIP, takeOver: false });
    const closed = server.close();
    expect(await isLetIn(socket())).toBe(false);
    await closed;
  });

  it.each([
    ["without the token", { token: "" }],
    ["with another token of the same length", { token: "0".repeat(64) }],
    ["from another origin", { origin: "http://attacker.example" }],
    ["from the origin of another port", { origin: "http://127.0.0.1:1" }],
    ["by another name of this machine", { host: "attacker.example" }],
  ])("refuses a socket %s", async (_, given) => {
    expect(await isLetIn(socket(given))).toBe(false);
    expect(server.accepted).toBe(0);
  });

  it(`accepts none of ${HOSTILE} hostile requests, and grows by less than 50 MB`, { timeout: 600_000 }, async () => {
    const upgrade = (lines: readonly string[]) =>
      [
        "GET /board HTTP/1.1",
        ...lines,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "",
        "",
      ].join("\r\n");
    const own = `Host: 127.0.0.1:${server.port}`;
    const right = `Sec-WebSocket-Protocol: flashproof, token.${token}`;
    const huge = Buffer.concat([
      Buffer.from([0x82, 0xff, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
      Buffer.alloc(4096),
    ]);
    const kinds = [
      upgrade(["Host: attacker.example", `Origin: ${origin()}`, right]),
      upgrade([own, "Origin: http://attacker.example", right]),
      upgrade([own, `Origin: ${origin()}`, "Sec-WebSocket-Protocol: flashproof"]),
      upgrade([own, right]),
      upgrade([own, `Origin: null`, right]),
      Buffer.concat([Buffer.from(upgrade([own, `Origin: ${origin()}`, "Sec-WebSocket-Protocol: token."])), huge]),
      `GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n`,
      `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${own}\r\n\r\n`,
    ];
    const answers: string[] = [];
    let before = 0;
    for (let i = 0; i < HOSTILE; i++) {
      // A first tenth, in which everything is allocated that stays in use.
      if (i === Math.floor(HOSTILE / 10)) before = memoryInUse();
      const answer = await exchange(server.port, kinds[i % kinds.length]);
      if (!/^HTTP\/1\.1 4\d\d /.test(answer)) answers.push(answer.slice(0, 40));
    }
    expect(answers).toEqual([]);
    expect(server.accepted).toBe(0);
    const growth = memoryInUse() - before;
    if (process.env.FLASHPROOF_HOSTILE) console.log(`grown by ${(growth / 1024 / 1024).toFixed(1)} MB`);
    expect(growth).toBeLessThan(50 * 1024 * 1024);
  });

  it("ends a page that sends a frame beyond every message, or what is no message", { timeout: 60_000 }, async () => {
    for (const data of [
      "no JSON",
      "null",
      '{"id":"1"}',
      '{"id":1,"kind":5,"asked":{}}',
      Buffer.alloc(16),
      "x".repeat(65 * 1024 * 1024),
    ]) {
      const ws = socket();
      await new Promise((resolve) => ws.once("open", resolve));
      ws.on("error", () => {});
      ws.send(data);
      const code = await new Promise((resolve) => ws.once("close", resolve));
      expect([1003, 1006, 1009]).toContain(code);
    }
    const { ask } = await page();
    expect(await ask("__proto__" as RequestKind, {} as never)).toMatchObject({ error: { code: "internal" } });
  });

  it("reports a probe that another page has, and gives it over when it is asked to", { timeout: 60_000 }, async () => {
    const [first, second] = [await page(), await page()];
    const how = { probe: "named", chip: CHIP, takeOver: false };
    expect(await first.ask("attach", how)).toMatchObject({ answer: { chip: CHIP, isLocked: false } });
    expect(await second.ask("attach", how)).toMatchObject({ error: { code: "usb-busy", canTakeOver: true } });
    const lost = new Promise((resolve) => {
      first.ws.on("message", (data: Buffer) => {
        const reply = decodeMessage(data.toString("utf8")) as Reply;
        if ("lost" in reply) resolve(reply.lost.code);
      });
    });
    expect(await second.ask("attach", { ...how, takeOver: true })).toMatchObject({ answer: { chip: CHIP } });
    expect(await lost).toBe("usb-busy");
  });

  it("opens the probe of a page that has gone for the next one", { timeout: 60_000 }, async () => {
    const how = { probe: "named", chip: CHIP, takeOver: false };
    const first = await page();
    await first.ask("attach", how);
    first.ws.terminate();
    const second = await page();
    await expect.poll(async () => "answer" in (await second.ask("attach", how)), { timeout: 20_000 }).toBe(true);
  });

  it("opens no probe that it has not offered itself", { timeout: 60_000 }, async () => {
    const { ask } = await page();
    for (const probe of ["twin:MK24FN1M0xxx12,state=/x", "ip:127.0.0.1", "1366:0101"])
      expect(await ask("attach", { probe, chip: CHIP, takeOver: false })).toMatchObject({
        error: { code: "probe-not-found" },
      });
  });
});

/** Bytes in use after a collection; pages that the collector keeps for later are none of them. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends bytes, and gives what came back until the connection ended. */
function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (part) => parts.push(part));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
  });
}
