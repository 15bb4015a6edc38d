import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { serveJlink } from "../../../src/node/servers/jlink-server.ts";
import { openTcpJlink } from "../../../src/node/tcp-jlink.ts";
import { listen, type TcpServer } from "../../../src/node/servers/tcp-server.ts";
import { wallClock } from "../../../src/host/wall-clock.ts";
import { connect as connectTarget } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { board, example } from "../../support/board.ts";

const HOST = "127.0.0.1";

describe("a J-Link served over TCP", () => {
  const servers: TcpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(twin = board({ flash: "zero" })): Promise<number> {
    const server = await serveJlink(twin, { host: HOST, port: 0 }, { lockstep: true });
    servers.push(server);
    return server.port;
  }

  /** Whatever the server answers to these bytes, until it ends the connection or has sent so many. */
  const exchange = (port: number, bytes: readonly number[], count: number): Promise<Buffer> =>
    new Promise((resolve) => {
      const socket = connect({ host: HOST, port });
      let received = Buffer.alloc(0);
      socket.write(Uint8Array.from(bytes));
      socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length >= count) socket.destroy();
      });
      socket.on("error", () => {}).on("close", () => resolve(received));
    });

  it("sends its hello, and answers commands behind 0x07", async () => {
    const received = await exchange(await serve(), [0x07, 0xd4], 15);
    expect(received.toString("hex")).toBe("000100074a2d4c696e6b000a080000");
  });

  it("ends a connection whose command it does not know, and takes the next", async () => {
    const port = await serve();
    await exchange(port, [0x07, 0xaa, 0x00], 1_000);
    expect(await exchange(port, [0x07, 0xd4], 15)).toHaveLength(15);
  });

  it("lets our own driver flash a board", async () => {
    const twin = board({ flash: "zero" });
    const probe = await openTcpJlink(HOST, await serve(twin), wallClock);
    const session = await connectTarget({ probe, clock: wallClock, chip, hz: 4_000_000, how: "halt" });
    const image = example("small.hex");
    const { verify } = await flashImage(session, { image, policy: "refuse", keepRest: true, permits: [] });
    await probe.close();
    expect(verify.verdict).toBe("equal");
    const [{ address, bytes }] = image.segments;
    expect(Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes)).toBe(true);
  });

  it("refuses a second client as busy, and serves it when the first has gone", async () => {
    const port = await serve();
    const first = await openTcpJlink(HOST, port, wallClock);
    await expect(openTcpJlink(HOST, port, wallClock)).rejects.toMatchObject({ code: "probe-not-found" });
    await first.close();
    const second = await openTcpJlink(HOST, port, wallClock);
    expect((await DebugPort.connect(await second.connect("swd", 4_000_000), wallClock)).id).toBe(0x2ba01477);
    await second.close();
  });

  it("is not served to other machines", async () => {
    await expect(listen({ host: "0.0.0.0", port: 0 }, () => {})).rejects.toMatchObject({ code: "usage" });
  });

  it("fails with port-in-use where a port is taken", async () => {
    const port = await serve();
    await expect(listen({ host: HOST, port }, () => {})).rejects.toMatchObject({
      code: "port-in-use",
      details: { port },
    });
  });
});

describe("a J-Link over TCP, our client", () => {
  it("fails with probe-not-found where no server answers", async () => {
    const server = await listen({ host: HOST, port: 0 }, () => {});
    await server.close();
    await expect(openTcpJlink(HOST, server.port, wallClock)).rejects.toMatchObject({ code: "probe-not-found" });
  });

  it("fails with probe-protocol where the listener is no J-Link", async () => {
    const server = await listen({ host: HOST, port: 0 }, (socket) => void socket.end("SSH-2.0-something"));
    await expect(openTcpJlink(HOST, server.port, wallClock)).rejects.toMatchObject({ code: "probe-protocol" });
    await server.close();
  });
});
