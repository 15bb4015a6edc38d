import { describe, expect, it } from "vitest";
import { crc32Of } from "../../../src/gdb/packets/memory.ts";
import { watchesFor } from "../../../src/gdb/points.ts";
import { actionOf } from "../../../src/gdb/packets/run.ts";
import { frame, LONGEST_PACKET, type RspEvent, RspReader } from "../../../src/gdb/rsp.ts";
import { Chance } from "../../support/chance.ts";

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const read = (text: string) => new RspReader().feed(bytes(text));
const packet = (text: string): RspEvent => ({ kind: "packet", bytes: bytes(text) });

describe("a packet of GDB's remote protocol", () => {
  it("is framed with the sum of its bytes in two lower-case digits", () => {
    // GDB manual, Overview: `$OK#9a`.
    expect(Buffer.from(frame("OK")).toString()).toBe("$OK#9a");
    expect(Buffer.from(frame("")).toString()).toBe("$#00");
  });

  it("has #, $, } and * escaped", () => {
    const escaped = [0x7d, 0x03, 0x7d, 0x04, 0x7d, 0x5d, 0x7d, 0x0a, 0x61];
    expect([...frame(bytes("#$}*a"))].slice(1, -3)).toEqual(escaped);
  });

  it("is read whatever pieces it comes in, beside signs and Ctrl-C", () => {
    const reader = new RspReader();
    const stream = bytes("++$g#67\x03-$vCont;c#a8");
    const events = [...stream].flatMap((byte) => reader.feed(Uint8Array.of(byte)));
    expect(events).toEqual([
      { kind: "ack" },
      { kind: "ack" },
      packet("g"),
      { kind: "interrupt" },
      { kind: "nack" },
      packet("vCont;c"),
    ]);
  });

  it("holds the byte 0x03 without being interrupted", () => {
    const content = Uint8Array.of(0x58, 0x03, 0x2b, 0x24);
    expect(new RspReader().feed(frame(content))).toEqual([{ kind: "packet", bytes: content }]);
  });

  it("is broken where its sum is wrong or no hex", () => {
    expect(read("$g#68$g#zz$g#67")).toEqual([{ kind: "broken" }, { kind: "broken" }, packet("g")]);
  });

  it("is given up where another begins, and where it is too long", () => {
    expect(read("$unfinished$g#67")).toEqual([packet("g")]);
    expect(read(`$${"a".repeat(LONGEST_PACKET + 10)}#00$g#67`)).toEqual([packet("g")]);
  });

  it("comes out as it went in, for 2000 contents by chance in pieces by chance", () => {
    const chance = new Chance(5);
    const reader = new RspReader();
    for (let i = 0; i < 2000; i++) {
      const content = chance.bytes(chance.below(60));
      const wire = frame(content);
      const cut = chance.below(wire.length);
      const events = [...reader.feed(wire.subarray(0, cut)), ...reader.feed(wire.subarray(cut))];
      expect(events).toEqual([{ kind: "packet", bytes: content }]);
    }
  });

  it("survives 100 KB of bytes by chance, and reads the next packet", () => {
    const reader = new RspReader();
    const chance = new Chance(9);
    for (let i = 0; i < 100; i++) reader.feed(chance.bytes(1024));
    expect([...reader.feed(bytes("#00")), ...reader.feed(bytes("$g#67"))].at(-1)).toEqual(packet("g"));
  });
});

describe("vCont", () => {
  it.each([
    ["c", { action: "continue" }],
    ["s:1;c", { action: "step" }],
    ["s:0001", { action: "step" }],
    ["C05:1", { action: "continue" }],
    ["r2000017e,20000188:1;c", { action: "range", start: 0x2000017e, end: 0x20000188 }],
    ["s:2;c", { action: "step" }],
    ["t", { action: "stop" }],
    ["rzz,1:1", undefined],
  ])("%s gives the core the leftmost action, whichever thread it names", (text, action) => {
    expect(actionOf(text)).toEqual(action);
  });
});

describe("a watchpoint's range", () => {
  const cover = (address: number, length: number) =>
    watchesFor(address, length, "write").map((watch) => [watch.address, 2 ** watch.mask]);

  it.each([
    { at: 0x20000000, length: 4, parts: [[0x20000000, 4]] },
    {
      at: 0x20000002,
      length: 4,
      parts: [
        [0x20000002, 2],
        [0x20000004, 2],
      ],
    },
    { at: 0x20000001, length: 1, parts: [[0x20000001, 1]] },
    {
      at: 0x20000004,
      length: 12,
      parts: [
        [0x20000004, 4],
        [0x20000008, 8],
      ],
    },
  ])("of $length bytes at $at is cut into aligned powers of two", ({ at, length, parts }) => {
    expect(cover(at, length)).toEqual(parts);
  });
});

describe("the checksum of qCRC", () => {
  it("is CRC-32/MPEG-2 of the bytes", () => {
    // Catalogue of parametrised CRC algorithms: check value of "123456789".
    expect(crc32Of(bytes("123456789"))).toBe(0x0376e6e7);
  });
});
