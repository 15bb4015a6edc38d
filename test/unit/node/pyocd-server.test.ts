import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { servePyocd } from "../../../src/node/servers/pyocd-server.ts";
import { serveTwins } from "../../../src/node/servers/serve.ts";
import type { TcpServer } from "../../../src/node/servers/tcp-server.ts";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import { board } from "../../support/board.ts";

const HOST = "127.0.0.1";

interface ErrorReport {
  readonly id: number;
  readonly status: number;
  readonly result?: unknown;
  readonly error?: string;
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options: Partial<TwinOptions> = {}): Promise<TcpServer> {
  const server = await servePyocd(board({ flash: "zero", execute: false, ...options }), { host: HOST, port: 0 });
  ends.push(server.close);
  return server;
}

/** A client that sends lines and reads one answer to each. */
class Client {
  readonly socket: Socket;
  private readonly lines: AsyncIterator<string>;
  private id = 0;

  constructor({ port }: TcpServer) {
    this.socket = connect(port, HOST).on("error", () => {});
    this.lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
    ends.push(() => void this.socket.destroy());
  }

  async line(text: string): Promise<ErrorReport> {
    this.socket.write(`${text}\n`);
    return this.next();
  }

  async next(): Promise<ErrorReport> {
    const { done, value } = await this.lines.next();
    if (done) throw new Error("the connection has ended");
    return JSON.parse(value) as ErrorReport;
  }

  ask(request: string, ...args: readonly unknown[]): Promise<ErrorReport> {
    return this.line(JSON.stringify({ id: this.id++, request, arguments: args }));
  }

  /** As pyOCD begins: a line reset, the switch to SWD, another one, DPIDR, power. */
  async toTarget(): Promise<void> {
    await this.ask("connect", "SWD");
    for (const [count, bits] of [
      ["51", "2251799813685247"],
      ["16", "59294"],
      ["56", "72057594037927935"],
      ["8", "0"],
    ])
      await this.line(`{"id": 7, "request": "swj_sequence", "arguments": [${count}, ${bits}]}`);
    expect((await this.ask("read_dp", 0)).result).toBe(0x2ba01477);
    await this.ask("write_dp", 0, 0x1e);
    await this.ask("write_dp", 4, 0x50000000);
  }
}

describe("a board served to pyOCD", () => {
  it("reports its properties and features, and no more", async () => {
    const client = new Client(await serve());
    expect(await client.ask("hello", 1)).toEqual({ id: 0, status: 0 });
    expect((await client.ask("hello", 2)).status).toBe(1);
    expect((await client.ask("readprop", "capabilities")).result).toEqual(["SWJ_SEQUENCE", "SWD_SEQUENCE", "SWO"]);
    expect((await client.ask("readprop", "wire_protocol")).result).toBeUndefined();
    expect((await client.ask("readprop", "constructor")).status).toBe(1);
    expect((await client.ask("has_swo")).result).toBe(true);
    expect((await client.ask("swd_start", 1)).error).toContain("no request swd_start");
  });

  it("moves words through the ports that the client selects", async () => {
    const client = new Client(await serve());
    await client.toTarget();
    await client.ask("write_dp", 8, 0xf0);
    expect((await client.ask("read_ap", 0xfc)).result).toBe(0x24770011);
    await client.ask("write_dp", 8, 0);
    await client.ask("write_ap", 0, 0x23000012);
    await client.ask("write_ap", 4, 0x20000000);
    expect((await client.ask("write_ap_multiple", 0xc, [1, 2, 0xffffffff])).status).toBe(0);
    await client.ask("write_ap", 4, 0x20000000);
    expect((await client.ask("read_ap_multiple", 0xc, 3)).result).toEqual([1, 2, 0xffffffff]);
  });

  it("listens to SWO, and refuses speeds that the probe can't make, and words of more than 32 bits", async () => {
    const client = new Client(await serve());
    for (const hz of [0, 1_000_000_000, 2 ** 32 + 115_200]) expect((await client.ask("swo_start", hz)).status).toBe(1);
    expect((await client.ask("write_dp", 4, 2 ** 32)).status).toBe(1);
    expect((await client.ask("swo_start", 1_000_000)).status).toBe(0);
    expect((await client.ask("swo_read")).result).toEqual([]);
    expect((await client.ask("swo_stop")).status).toBe(0);
  });

  it("drives the reset line, and reports its level", async () => {
    const client = new Client(await serve());
    await client.ask("assert_reset", true);
    expect((await client.ask("is_reset_asserted")).result).toBe(true);
    expect((await client.ask("reset")).status).toBe(0);
  });

  it("distinguishes a fault, a WAIT without end, a silent target and an unplugged probe", async () => {
    const untilItFails = async (faults: string) => {
      const client = new Client(await serve({ faults }));
      await client.toTarget();
      let answer = await client.ask("read_ap", 0xfc);
      while (answer.status === 0) answer = await client.ask("read_ap", 0xfc);
      return answer.status;
    };
    expect(await untilItFails("fault@dap=8x100000000")).toBe(12);
    expect(await untilItFails("wait@dap=8x100000000")).toBe(11);
    expect(await untilItFails("noack@dap=8x100000000")).toBe(10);
    expect(await untilItFails("unplug@usb=80")).toBe(2);
  });

  it("refuses a malformed request, and answers the next one", async () => {
    const client = new Client(await serve());
    expect(await client.line("nonsense")).toMatchObject({ id: -1, status: 1 });
    expect(await client.line("[]")).toMatchObject({ id: -1, status: 1 });
    expect(await client.line('{"id": 5}')).toMatchObject({ id: 5, status: 1 });
    expect((await client.ask("read_dp")).error).toContain("takes 1 arguments, not 0");
    expect((await client.ask("write_dp", 0, -1)).error).toContain("argument 2 is no number");
    expect((await client.ask("connect", "JTAG")).error).toContain("the wire is SWD");
    expect((await client.ask("read_ap", 0)).error).toContain("Not connected");
    expect((await client.ask("hello", 1)).status).toBe(0);
  });

  it("answers whatever a client sends, one line for one line", async () => {
    const client = new Client(await serve());
    const name = fc.constantFrom("read_ap", "read_ap_multiple", "swj_sequence", "connect", "readprop", "toString");
    const anyLine = fc.oneof(
      fc.string().filter((text) => !/[\n\r\u2028\u2029]/.test(text)),
      fc.json().filter((text) => !/[\u2028\u2029]/.test(text)),
      fc
        .record({ id: fc.nat(), request: name, arguments: fc.array(fc.jsonValue(), { maxLength: 4 }) })
        .map(withoutBreaks),
    );
    await fc.assert(
      fc.asyncProperty(anyLine, async (line) => {
        expect(Number.isInteger((await client.line(line)).status)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("disconnects a client whose line never ends", async () => {
    const client = new Client(await serve());
    const gone = new Promise<void>((resolve) => void client.socket.once("close", () => resolve()));
    client.socket.write("x".repeat(2 << 20));
    await gone;
  });

  it("refuses a second client as busy, and serves it when the first has gone", async () => {
    const server = await serve();
    const first = new Client(server);
    await first.ask("hello", 1);
    expect(await new Client(server).next()).toMatchObject({ status: 3, error: "another client has the probe" });
    first.socket.destroy();
    expect((await new Client(server).ask("hello", 1)).status).toBe(0);
  });

  it("sends why its probe can't be opened", async () => {
    const answer = await new Client(await serve({ faults: "unplug@usb=2" })).next();
    expect(answer).toMatchObject({ id: -1, status: 2, error: expect.stringContaining("unplugged") });
  });

  it("serves one protocol at a time: a second one is a usage error", async () => {
    const boards = [{ kind: "twin", options: { chip: "MK24FN1M0xxx12" } } as const];
    const both = serveTwins({ boards, ports: { pyocd: 0, jlink: 0 }, pace: "lockstep", onListening: () => {} });
    await expect(both).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("one cable") });
  });
});

/** JSON without the two characters that some readers take for line ends. */
const withoutBreaks = (value: unknown): string => JSON.stringify(value).replace(/[\u2028\u2029]/g, "");
