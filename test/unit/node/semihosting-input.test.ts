import { connect } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { InputQueue } from "../../../src/node/semihosting/input.ts";
import { StdinInput } from "../../../src/node/semihosting/stdin-input.ts";
import { TelnetText } from "../../../src/node/servers/telnet-text.ts";
import { serveTerminal, type TerminalServer } from "../../../src/node/servers/terminal-server.ts";
import { tcpClient } from "../../support/sockets.ts";

const signal = new AbortController().signal;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("input for a firmware", () => {
  it("comes in the order of its pieces, whatever the sizes of the reads", async () => {
    const queue = new InputQueue();
    for (const piece of ["ab", "c", "", "defg", "h"]) queue.put(Buffer.from(piece));
    const reads: string[] = [];
    for (const most of [1, 3, 2, 10]) reads.push(text(await queue.read(most, signal)));
    expect(reads).toEqual(["a", "bcd", "ef", "gh"]);
    queue.end();
    expect(await queue.read(5, signal)).toHaveLength(0);
  });

  it("takes a piece once there is room, and drops one whose source has gone", async () => {
    const queue = new InputQueue();
    queue.put(new Uint8Array(0x10000));
    const here = { isClosed: false };
    const gone = { isClosed: false };
    const waiting = [queue.putWithRoom(Buffer.from("here"), here), queue.putWithRoom(Buffer.from("gone"), gone)];
    gone.isClosed = true;
    queue.wake();
    await waiting[1];
    expect(await queue.read(0x20000, signal)).toHaveLength(0x10000);
    await waiting[0];
    expect(text(await queue.read(100, signal))).toBe("here");
  });

  it("by stdin is taken from its source no faster than it is read", async () => {
    let given = 0;
    const source = new Readable({
      highWaterMark: 0x1000,
      read() {
        given += 0x1000;
        this.push(given > 0x400000 ? null : Buffer.alloc(0x1000, 0x61));
      },
    });
    const input = new StdinInput(source);
    let read = (await input.read(1, signal)).length;
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeLessThan(0x20000);
    for (let bytes = read; bytes > 0; read += bytes) bytes = (await input.read(0x1000, signal)).length;
    expect(read).toBe(0x400000);
    input.close();
  });
});

describe("a telnet client's text", () => {
  const fed = (...pieces: readonly (readonly number[])[]) => {
    const telnet = new TelnetText();
    return pieces.flatMap((piece) => [...telnet.feed(Uint8Array.from(piece))]);
  };

  it.each([
    ["WILL to DONT with their options", [[0x61, 0xff, 0xfb, 0x01, 0xff, 0xfe, 0x03, 0x62]], [0x61, 0x62]],
    ["commands without an option", [[0x61, 0xff, 0xf1, 0x62]], [0x61, 0x62]],
    ["parameters up to SE", [[0x61, 0xff, 0xfa, 0x18, 0xff, 0xff, 0x00, 0xff, 0xf0, 0x62]], [0x61, 0x62]],
    ["a command that goes on in the next piece", [[0x61, 0xff], [0xfd], [0x01, 0x62]], [0x61, 0x62]],
  ])("is without %s", (_, pieces, kept) => {
    expect(fed(...pieces)).toEqual(kept);
  });

  it.each([
    ["IAC IAC as one byte 0xFF, and the byte behind it", [[0xff, 0xff, 0x61]], [0xff, 0x61]],
    ["a 0xFF that begins no command, and the byte behind it", [[0x62, 0xff, 0x61]], [0x62, 0xff, 0x61]],
  ])("has %s", (_, pieces, kept) => {
    expect(fed(...pieces)).toEqual(kept);
  });
});

describe("the terminal's server", () => {
  let server: TerminalServer | undefined;
  afterEach(async () => server?.close());

  /** Sends bytes, and ends the connection by a reset once they have gone. */
  const sendAndBreak = (port: number, bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20));
      });
      socket.on("error", () => {}).on("close", () => resolve());
    });

  it("keeps no more than a piece or two of clients that send much and go", async () => {
    server = await serveTerminal(0);
    for (let i = 0; i < 8; i++) await sendAndBreak(server.port, new Uint8Array(0x10000).fill(0x61));
    const last = await tcpClient(server.port);
    last.socket.write("b");
    let read = 0;
    for (let isOver = false; !isOver; ) {
      const bytes = await server.read(0x1000, signal);
      read += bytes.length;
      isOver = bytes.includes(0x62);
    }
    last.end();
    expect(read).toBeLessThanOrEqual(0x20001);
  });
});
