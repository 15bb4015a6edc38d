import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { readExactly } from "../../../src/pipe/exactly.ts";
import { type ByteStream, TcpPipe } from "../../../src/pipe/tcp-pipe.ts";
import { TwinClock } from "../../../src/twin/clock.ts";

/** A connection that has these pieces to give, and keeps what it is sent; silent once they are used up. */
class Scripted implements ByteStream {
  readonly sent: number[][] = [];
  closed = false;
  private readonly pieces: Uint8Array[];

  constructor(...pieces: readonly (readonly number[])[]) {
    this.pieces = pieces.map((piece) => Uint8Array.from(piece));
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.sent.push([...bytes]);
  }

  receive(): Promise<Uint8Array> {
    const piece = this.pieces.shift();
    return piece === undefined ? new Promise(() => {}) : Promise.resolve(piece);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

describe("TcpPipe", () => {
  it("prefixes every message with the protocol's bytes", async () => {
    const stream = new Scripted();
    const pipe = new TcpPipe(stream, new TwinClock(), Uint8Array.of(0x07));
    await pipe.write(Uint8Array.of(0xd4));
    await pipe.write(Uint8Array.of(0xc7, 0xff));
    expect(stream.sent).toEqual([
      [0x07, 0xd4],
      [0x07, 0xc7, 0xff],
    ]);
  });

  it("returns the same bytes however the network splits them", async () => {
    const cut = fc.array(fc.array(fc.nat(255), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(cut, async (pieces) => {
        const all = pieces.flat();
        const pipe = new TcpPipe(new Scripted(...pieces), new TwinClock());
        expect([...(await readExactly(pipe, all.length))]).toEqual(all);
        expect(pipe.unread).toBe(0);
      }),
    );
  });

  it("keeps bytes beyond the read and counts them as unread", async () => {
    const pipe = new TcpPipe(new Scripted([1, 2, 3]), new TwinClock());
    expect([...(await pipe.read(2))]).toEqual([1, 2]);
    expect(pipe.unread).toBe(1);
  });

  it("is poisoned by a timeout", async () => {
    const clock = new TwinClock();
    const pipe = new TcpPipe(new Scripted(), clock);
    const reading = pipe.read(1, { deadline: MILLISECOND });
    await Promise.all([expect(reading).rejects.toMatchObject({ code: "timeout" }), clock.sleep(2_000)]);
    await expect(pipe.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "pipe-poisoned" });
  });

  it("cannot be used once closed", async () => {
    const stream = new Scripted([1]);
    const pipe = new TcpPipe(stream, new TwinClock());
    await pipe.close();
    expect(stream.closed).toBe(true);
    await expect(pipe.read(1)).rejects.toMatchObject({ code: "pipe-closed" });
  });
});
