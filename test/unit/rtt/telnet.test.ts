import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBlockAddress, parseSearchRanges } from "../../../src/rtt/place-text.ts";
import { banner, readFirst } from "../../../src/rtt/telnet.ts";

const first = (text: string) => readFirst(new TextEncoder().encode(text));
const request = (text: string) => {
  const read = first(text);
  return read.kind === "request" ? read.request : read.kind;
};

describe("first bytes of a client", () => {
  it("choose a channel", () => expect(request("$$SEGGER_TELNET_ConfigStr=RTTCh;1$$")).toEqual({ channel: 1 }));
  it("may end their list with a semicolon", () =>
    expect(request("$$SEGGER_TELNET_ConfigStr=RTTCh;2;$$")).toEqual({ channel: 2 }));
  it("set the address of the control block", () =>
    expect(request("$$SEGGER_TELNET_ConfigStr=RTTCh;1;SetRTTAddr;0x20000010;$$")).toEqual({
      channel: 1,
      address: 0x20000010,
    }));
  it("set the ranges to search for it", () =>
    expect(request("$$SEGGER_TELNET_ConfigStr=SetRTTSearchRanges;0x10000000 0x1000, 0x20000000 0x2000;$$")).toEqual({
      ranges: [
        { start: 0x10000000, length: 0x1000 },
        { start: 0x20000000, length: 0x2000 },
      ],
    }));
  it("may have input behind the request", () => {
    const read = first("$$SEGGER_TELNET_ConfigStr=RTTCh;0$$hello");
    expect(read.kind === "request" && new TextDecoder().decode(read.rest)).toBe("hello");
  });
  it("may arrive in pieces", () => {
    const whole = "$$SEGGER_TELNET_ConfigStr=RTTCh;1$$";
    for (let i = 0; i < whole.length; i++) expect(first(whole.slice(0, i)).kind).toBe("incomplete");
  });
  it("are input without the prefix", () => expect(first("$$hello").kind).toBe("input"));
  it("with an unknown setting set nothing", () =>
    expect(request("$$SEGGER_TELNET_ConfigStr=Frob;1;RTTCh;x$$")).toEqual({}));
  it("without an end are input", () =>
    expect(first(`$$SEGGER_TELNET_ConfigStr=${"a".repeat(2000)}`).kind).toBe("input"));
  it("decode for any bytes", () => {
    const tail = fc.string({ maxLength: 40 });
    fc.assert(fc.property(tail, (text) => void request(`$$SEGGER_TELNET_ConfigStr=${text}$$`)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readFirst(bytes)));
  });
});

describe("place text", () => {
  it("is hex, with or without a prefix", () => {
    expect(parseBlockAddress("0x20000000")).toBe(0x20000000);
    expect(parseBlockAddress("1FFF0000")).toBe(0x1fff0000);
    for (const bad of ["", "0x", "0x123456789", "x", "0x20000001", "0x40000000", "0x3FFFFFF0", undefined])
      expect(parseBlockAddress(bad)).toBeUndefined();
  });
  it("is a start and a length for a search range", () => {
    expect(parseSearchRanges("0x20000000")).toBeUndefined();
    expect(parseSearchRanges("0x20000000 0x10 0x10")).toBeUndefined();
    expect(parseSearchRanges(" 20000000  400 ")).toEqual([{ start: 0x20000000, length: 0x400 }]);
  });
  it("is none where a range reaches a peripheral", () => {
    for (const bad of ["0x40000000 0x10000", "0x20000000 0x20000001", "0x20000000 0x100, 0xE0000000 0x1000"])
      expect(parseSearchRanges(bad)).toBeUndefined();
  });
});

describe("banner", () => {
  it("has J-Link's three lines", () =>
    expect(banner("V7.86e", "SEGGER J-Link V9.30", "59304712")).toBe(
      "SEGGER J-Link V7.86e - Real time terminal output\r\nSEGGER J-Link V9.30, SN=59304712\r\nProcess: flashproof\r\n",
    ));
});
