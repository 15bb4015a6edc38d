import { describe, expect, it } from "vitest";
import { SwoDecoder } from "../../../src/swo/decoder.ts";
import type { SwoPacket } from "../../../src/swo/packet.ts";
import { Chance } from "../../support/chance.ts";
import { anyPacket, encode } from "./encoder.ts";

const decode = (...bytes: number[]) => new SwoDecoder().feed(Uint8Array.from(bytes));

describe("the SWO decoder", () => {
  it.each<[string, number[], SwoPacket]>([
    ["a byte of port 0", [0x01, 0x41], { kind: "itm", port: 0, page: 0, bytes: Uint8Array.of(0x41) }],
    ["a halfword of port 31", [0xfa, 0x34, 0x12], { kind: "itm", port: 31, page: 0, bytes: Uint8Array.of(0x34, 0x12) }],
    ["an overflow", [0x70], { kind: "overflow" }],
    ["47 zeros and a one", [0, 0, 0, 0, 0, 0x80], { kind: "sync" }],
    ["a longer synchronisation", [0, 0, 0, 0, 0, 0, 0, 0x80], { kind: "sync" }],
    ["SysTick's entry", [0x0e, 0x0f, 0x10], { kind: "exception", number: 15, action: "enter" }],
    ["a return to thread mode", [0x0e, 0x00, 0x30], { kind: "exception", number: 0, action: "return" }],
    ["a PC sample", [0x17, 0x78, 0x56, 0x34, 0x12], { kind: "pc", pc: 0x12345678 }],
    ["a sample of a sleeping core", [0x15, 0x00], { kind: "pc", pc: undefined }],
    ["the cycle counter's event", [0x05, 0x20], { kind: "counters", wrapped: ["cycle"] }],
    [
      "a traced write by comparator 2",
      [0xad, 0x55],
      { kind: "data-value", comparator: 2, access: "write", bytes: Uint8Array.of(0x55) },
    ],
    ["the PC of a traced access", [0x57, 1, 2, 3, 4], { kind: "data-pc", comparator: 1, pc: 0x04030201 }],
    ["the address of a traced access", [0x7e, 0xcd, 0xab], { kind: "data-address", comparator: 3, offset: 0xabcd }],
    ["a local timestamp of one byte", [0x30], { kind: "local-time", ticks: 3, delayed: "none" }],
    ["a delayed one of three", [0xd0, 0x81, 0x02], { kind: "local-time", ticks: 0x101, delayed: "timestamp" }],
    [
      "the low bits of a global one",
      [0x94, 0xff, 0xff, 0xff, 0x5f],
      { kind: "global-time-low", value: 0x3ffffff, bits: 26, wrapped: true, clockChanged: false },
    ],
    ["the high ones", [0xb4, 0x05], { kind: "global-time-high", value: 5n, bits: 7 }],
    ["a page of ports", [0x38], { kind: "page", page: 3 }],
  ])("reads %s", (_, bytes, packet) => {
    expect(decode(...bytes)).toEqual([packet]);
  });

  it("gives stimulus packets the page of the extension before them", () => {
    expect(decode(0x18, 0x01, 0x41)[1]).toMatchObject({ kind: "itm", port: 0, page: 1 });
  });

  it("keeps what is no packet as unknown bytes, and resumes behind them", () => {
    expect(decode(0x04, 0x90, 0x01, 0x41)).toEqual([
      { kind: "unknown", bytes: Uint8Array.of(0x04, 0x90) },
      { kind: "itm", port: 0, page: 0, bytes: Uint8Array.of(0x41) },
    ]);
  });

  it("decodes 20,000 random packets to themselves, whatever the pieces' borders are", () => {
    const chance = new Chance(17);
    for (let round = 0; round < 100; round++) {
      let page = 0;
      const packets = Array.from({ length: 200 }, () => {
        const packet = anyPacket(chance, page);
        if (packet.kind === "page") page = packet.page;
        return packet;
      });
      const bytes = Uint8Array.from(packets.flatMap(encode));
      const decoder = new SwoDecoder();
      const decoded: SwoPacket[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + chance.below(9);
        decoded.push(...decoder.feed(bytes.subarray(at, at + length)));
        at += length;
      }
      expect(decoder.pending).toBe(0);
      expect(decoded).toEqual(packets);
    }
  });

  it("loses no byte of noise but what timestamps and synchronisations have beside their shortest form", () => {
    const chance = new Chance(5);
    const decoder = new SwoDecoder();
    let [fed, kept] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const piece = chance.bytes(chance.below(40));
      fed += piece.length;
      for (const packet of decoder.feed(piece)) kept += lengthOf(packet);
    }
    expect(kept + decoder.pending).toBeLessThanOrEqual(fed);
    // Timestamps and synchronisations may be written longer than the shortest way.
    expect(kept + decoder.pending).toBeGreaterThan(fed * 0.98);
  });

  it("gives out a line that is held low as unknown zeros", () => {
    const packets = new SwoDecoder().feed(new Uint8Array(100_000));
    expect(packets.length).toBeGreaterThan(0);
    expect(packets.every(({ kind }) => kind === "unknown")).toBe(true);
  });
});

const lengthOf = (packet: SwoPacket): number =>
  packet.kind === "global-time-low" ? 1 + Math.ceil(packet.bits / 7) : encode(packet).length;
