import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { serveRtt } from "../../../src/node/servers/rtt-server.ts";
import { joinedLines } from "../../../src/rtt/pump.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server whose clients all share one line, as where their places lead to the same block. */
async function start() {
  const server = await serveRtt({ port: 0, banner: "hello\r\n" });
  ends.push(server.close);
  const all = () => joinedLines(server.lines.map(({ line }) => line));
  return {
    ...server,
    get lines() {
      return server.lines;
    },
    get channels() {
      return all().channels;
    },
    take: (channel: number, data: Uint8Array) => all().take(channel, data),
    waiting: (channel: number) => all().waiting(channel),
    sent: (channel: number, count: number) => all().sent(channel, count),
  };
}

/** A client with what it has received. */
async function client(
  server: { readonly port: number },
  first?: string,
): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(server.port, "127.0.0.1");
  let received = "";
  socket.on("data", (data) => {
    received += data.toString();
  });
  ends.push(() => void socket.destroy());
  await new Promise<void>((done) => void socket.once("connect", done));
  if (first !== undefined) socket.write(first);
  return { socket, received: () => received };
}

/** Looks again and again; the test's own deadline ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 5));
}

describe("a client of the RTT server", () => {
  it("receives the banner, and is on channel 0 when it has sent nothing for a while", async () => {
    const server = await start();
    expect(server.channels.size).toBe(0);
    const { received } = await client(server);
    await until(() => server.channels.has(0));
    server.take(0, bytes("tick"));
    await until(() => received() === "hello\r\ntick");
  });

  it("is on the channel that it asks for, in one piece or several", async () => {
    const server = await start();
    await client(server, "$$SEGGER_TELNET_ConfigStr=RTTCh;2;SetRTTAddr;0x20000000$$go");
    await until(() => server.channels.has(2));
    expect(text(server.waiting(2))).toBe("go");
    const { socket } = await client(server, "$$SEGGER_TELNET_");
    socket.write("ConfigStr=RTTCh;3$$");
    await until(() => server.channels.has(3) || server.channels.has(0));
    expect(server.lines[0].place).toEqual({ address: 0x20000000 });
  });

  it("whose config string never ends has sent input", async () => {
    const server = await start();
    await client(server, "$$SEGGER");
    await until(() => server.channels.has(0));
    expect(text(server.waiting(0))).toBe("$$SEGGER");
  });

  it("shares its channel with others, whose input comes one behind the other", async () => {
    const server = await start();
    const one = await client(server, "one");
    await until(() => text(server.waiting(0)) === "one");
    const two = await client(server, "two");
    await until(() => text(server.waiting(0)) === "onetwo");
    server.sent(0, 4);
    expect(text(server.waiting(0))).toBe("wo");
    server.take(0, bytes("both"));
    await until(() => one.received().endsWith("both") && two.received().endsWith("both"));
  });

  it("that has disconnected has its last bytes sent, and is forgotten then", async () => {
    const server = await start();
    const { socket } = await client(server);
    socket.end("bye");
    await until(() => socket.destroyed);
    await until(() => text(server.waiting(0)) === "bye");
    server.sent(0, 3);
    await until(() => server.channels.size === 0);
  });

  it("that sends more than the target takes is made to wait", async () => {
    const server = await start();
    const { socket } = await client(server, "x");
    await until(() => server.channels.has(0));
    for (let i = 0; i < 64; i++) socket.write(new Uint8Array(65_536));
    await until(() => server.waiting(0).length > 65_536);
    await new Promise((resolve) => void setTimeout(resolve, 50));
    const held = server.waiting(0).length;
    expect(held).toBeLessThan(1 << 20);
    server.sent(0, held);
    await until(() => server.waiting(0).length > 0);
  });

  it("is disconnected when the server ends", async () => {
    const server = await start();
    const { socket } = await client(server);
    await server.close();
    await until(() => socket.destroyed);
  });
});

describe("the RTT server", () => {
  it("fails with port-in-use when its port is taken", async () => {
    const { port } = await start();
    const second = serveRtt({ port, banner: "" });
    await expect(second).rejects.toMatchObject({ code: "port-in-use", details: { port } });
  });
});
