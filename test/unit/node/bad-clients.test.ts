import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { serveJlink } from "../../../src/node/servers/jlink-server.ts";
import { servePyocd } from "../../../src/node/servers/pyocd-server.ts";
import { serveRtt } from "../../../src/node/servers/rtt-server.ts";
import { openUart } from "../../../src/node/servers/serve-uart.ts";
import { listen, MOST_CONNECTIONS, type TcpServer } from "../../../src/node/servers/tcp-server.ts";
import { serveUsbip } from "../../../src/node/servers/usbip-server.ts";
import { board } from "../../support/board.ts";
import { importDevice, importRequest, submitFields, urbHeader } from "../../support/usbip-client.ts";

const HOST = "127.0.0.1";
const where = { host: HOST, port: 0 };

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A raw client: what it has received, and when its connection has ended. */
class Raw {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  text = "";
  private woken = () => {};

  constructor(port: number) {
    this.socket = connect({ host: HOST, port, noDelay: true }).on("error", () => {});
    this.closed = new Promise((resolve) => void this.socket.once("close", () => resolve()));
    this.socket.on("data", (data: Buffer) => {
      this.text += data.toString("latin1");
      this.woken();
    });
    this.socket.on("close", () => this.woken());
    ends.push(() => void this.socket.destroy());
  }

  async has(words: string): Promise<void> {
    while (!this.text.includes(words)) {
      if (this.socket.destroyed) throw new Error(`the connection has ended after ${this.text}`);
      await new Promise<void>((resolve) => {
        this.woken = resolve;
      });
    }
  }
}

/** A server, the first bytes of a good client, and a good client that is served. */
interface Server {
  readonly port: number;
  readonly request: Uint8Array | string;
  /** Rejects when the server does not serve. */
  ask(): Promise<void>;
}

async function kept<S extends Pick<TcpServer, "port" | "close">>(server: S): Promise<S> {
  ends.push(server.close);
  return server;
}

const quiet = () => board({ flash: "zero", execute: false });
const line = (request: string, ...args: readonly unknown[]) =>
  `${JSON.stringify({ id: 1, request, arguments: args })}\n`;

async function hearing(port: number, request: Uint8Array | string, words: string): Promise<void> {
  const client = new Raw(port);
  client.socket.write(request);
  await client.has(words);
  client.socket.destroy();
}

const SERVERS: { readonly [name: string]: () => Promise<Server> } = {
  async pyocd() {
    const { port } = await kept(await servePyocd(quiet(), where));
    const request = line("hello", 1);
    return { port, request, ask: () => hearing(port, request, '"status":0') };
  },
  async jlink() {
    const { port } = await kept(await serveJlink(quiet(), where, { lockstep: true }));
    const request = Uint8Array.of(0x07, 0xd4);
    return { port, request, ask: () => hearing(port, request, "J-Link") };
  },
  async usbip() {
    const { port } = await kept(await serveUsbip([quiet()], where, { lockstep: true }));
    const ask = async () => {
      const { status, wire } = await importDevice(port, "1-1");
      wire.socket.destroy();
      expect(status).toBe(0);
    };
    return { port, request: importRequest("1-1"), ask };
  },
  async rtt() {
    const server = await kept(await serveRtt({ port: 0, banner: "hello\r\n" }));
    return { port: server.port, request: "x", ask: () => hearing(server.port, "x", "hello\r\n") };
  },
  async uart() {
    const { server, take } = await openUart("tcp:0", () => {});
    const { port } = await kept(server as TcpServer);
    const ask = async () => {
      const client = new Raw(port);
      const timer = setInterval(() => take(Buffer.from("tick")), 5);
      await client.has("tick").finally(() => clearInterval(timer));
      client.socket.destroy();
    };
    return { port, request: "x", ask };
  },
};

describe.each(Object.keys(SERVERS))("the %s server", (name) => {
  it("serves the next client after connections that were reset", async () => {
    const server = await SERVERS[name]();
    for (let i = 0; i < 5; i++) {
      const client = new Raw(server.port);
      await new Promise<void>((resolve) => void client.socket.once("connect", resolve));
      client.socket.write(server.request);
      if (i % 2 === 0) await new Promise((resolve) => void setTimeout(resolve, 20));
      client.socket.resetAndDestroy();
      await client.closed;
    }
    // A reset reaches a server after the client has ended; until then the probe is the last one's.
    const asked = () => server.ask().then(() => "served", String);
    await expect.poll(asked, { timeout: 10_000 }).toBe("served");
  });

  it("serves the next client after 2 MB without a line end", async () => {
    const server = await SERVERS[name]();
    const client = new Raw(server.port);
    client.socket.write(Buffer.alloc(2 << 20, "x"));
    // RTT and the UART have no messages: RTT makes the client wait, the UART throws away what it gets.
    if (name !== "rtt" && name !== "uart") await client.closed;
    else await new Promise((resolve) => void setTimeout(resolve, 50));
    client.socket.destroy();
    await server.ask();
  });

  const METHODS = ["GET / ", "POST /x ", "HEAD / ", "PUT / ", "DELETE / ", "OPTIONS * ", "PATCH / ", "CONNECT a:1 "];
  it.each(METHODS)("closes the connection of a client that sends %j", async (first) => {
    const { port } = await SERVERS[name]();
    const client = new Raw(port);
    client.socket.write(`${first}HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.com\r\n\r\n`);
    await client.closed;
  });

  it("closes the connection of HTTP that comes byte by byte, and serves the next client", async () => {
    const server = await SERVERS[name]();
    const client = new Raw(server.port);
    for (const byte of "POST / HTTP/1.1\r\n\r\n") {
      client.socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.closed;
    await server.ask();
  });

  it("closes connections beyond the most, and serves again when they have gone", async () => {
    const server = await SERVERS[name]();
    const many = Array.from({ length: MOST_CONNECTIONS + 8 }, () => new Raw(server.port));
    await Promise.race(many.map(({ closed }) => closed));
    for (const { socket } of many) socket.destroy();
    await Promise.all(many.map(({ closed }) => closed));
    await new Promise((resolve) => void setTimeout(resolve, 50));
    await server.ask();
  });
});

describe("the pyocd server", () => {
  it("executes nothing of an HTTP request whose body holds lines", async () => {
    const { port } = await SERVERS["pyocd"]();
    const body = line("connect", "SWD") + line("assert_reset", true);
    const client = new Raw(port);
    client.socket.write(
      `POST / HTTP/1.1\r\nHost: ${HOST}:${port}\r\nOrigin: https://example.com\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.closed;
    expect(client.text).toBe("");
    const good = new Raw(port);
    good.socket.write(line("is_reset_asserted"));
    await good.has('"result":false');
  });

  it("sends the reason and closes the connection of a client whose line has no JSON in it, and reads at most 64 KiB of it", async () => {
    const { port } = await SERVERS["pyocd"]();
    const client = new Raw(port);
    client.socket.write(`${"x".repeat(65_536)}\n`);
    await client.has('"status":1');
    client.socket.write(`${"x".repeat(65_537)}\n`);
    await client.closed;
  });

  it("takes no more requests from a client that does not read the answers", async () => {
    const { port } = await SERVERS["pyocd"]();
    const client = new Raw(port);
    client.socket.pause();
    const many = line("readprop", "capabilities").repeat(1000);
    let sent = 0;
    // The kernel's buffers hold some MB; a server that answers on and on would take all of it.
    while (sent < 400 && client.socket.write(many)) sent++;
    for (let i = 0; i < 100 && sent < 400; i++) {
      if (client.socket.writableLength === 0 && client.socket.write(many)) sent++;
      await new Promise((resolve) => void setTimeout(resolve, 2));
    }
    expect(sent).toBeLessThan(400);
  });
});

describe("the usbip server", () => {
  it("ends the connection of an importer with more transfers under way than any bus takes", async () => {
    const { port } = await SERVERS["usbip"]();
    const { wire } = await importDevice(port, "1-1");
    const closed = new Promise<void>((resolve) => void wire.socket.once("close", () => resolve()));
    const header = (sequence: number) => urbHeader(1, sequence, true, 1, submitFields(512));
    wire.socket.write(Buffer.concat(Array.from({ length: 5000 }, (_, i) => header(i + 1))));
    await closed;
  });
});

describe("the uart server", () => {
  it("disconnects a listener that does not read, and serves the others", async () => {
    const { server, take } = await openUart("tcp:0", () => {});
    const { port } = await kept(server as TcpServer);
    const [slow, good] = [new Raw(port), new Raw(port)];
    slow.socket.pause();
    take(Buffer.from("first"));
    await new Promise((resolve) => void setTimeout(resolve, 50));
    for (let i = 0; i < 400; i++) {
      take(Buffer.alloc(1 << 16, "."));
      await new Promise((resolve) => void setTimeout(resolve, 1));
    }
    take(Buffer.from("last"));
    await good.has("last");
    slow.socket.resume();
    await slow.closed;
    expect(slow.text.length).toBeLessThan(400 * (1 << 16));
  });
});

describe("any server", () => {
  it("drops the connection whose handler fails, and serves the others", async () => {
    let calls = 0;
    const { port } = await kept(
      await listen(where, async (connection) => {
        if (++calls === 1) throw new Error("a fault of ours");
        await connection.send("served");
      }),
    );
    await new Raw(port).closed;
    await new Raw(port).has("served");
  });

  it("delivers its last bytes although the client is still sending", async () => {
    const { port } = await kept(await listen(where, (connection) => connection.end("enough")));
    const client = new Raw(port);
    client.socket.write(Buffer.alloc(1 << 20));
    await client.closed;
    expect(client.text).toBe("enough");
  });
});
