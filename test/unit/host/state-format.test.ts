import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import type { TwinState } from "../../../src/twin/usb.ts";

const states: fc.Arbitrary<TwinState> = fc.record({
  chip: fc.string(),
  uid: fc.string(),
  clockPs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  parts: fc
    .array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 })
    .map((pairs) => new Map(pairs)),
});

const board: TwinState = {
  chip: "MK24FN1M0xxx12",
  uid: "00112233",
  clockPs: 5,
  parts: new Map([
    ["pflash", Uint8Array.of(1, 2, 3)],
    ["sram", new Uint8Array(0)],
    ["once", Uint8Array.of(0xff)],
  ]),
};

/** The code of what decoding throws, or undefined where it answers. */
function codeFor(bytes: Uint8Array): string | undefined {
  try {
    decodeState(bytes, "board.k24");
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "not ours";
  }
}

/** A state file with any header and a CRC that is right. */
function withHeader(json: string, length = Buffer.byteLength(json)): Uint8Array {
  const head = Buffer.from([...Buffer.from("FPTWIN"), 0, 1, 0, 0, 0, 0]);
  head.writeUInt32LE(length, 8);
  const before = Buffer.concat([head, Buffer.from(json), Buffer.from([1, 2, 3])]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(before));
  return new Uint8Array(Buffer.concat([before, crc]));
}

describe("a state file", () => {
  it("holds magic, header length, JSON header, parts and the CRC of all before it", () => {
    const bytes = encodeState(board);
    expect([...bytes.subarray(0, 8)]).toEqual([...Buffer.from("FPTWIN"), 0, 1]);
    const length = new DataView(bytes.buffer).getUint32(8, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length))) as { parts: object[] };
    expect(header).toMatchObject({ schema: 1, chip: "MK24FN1M0xxx12", uid: "00112233", clockPs: 5 });
    expect(header.parts).toEqual([
      { name: "pflash", offset: 0, length: 3 },
      { name: "sram", offset: 3, length: 0 },
      { name: "once", offset: 3, length: 1 },
    ]);
    expect([...bytes.subarray(12 + length, -4)]).toEqual([1, 2, 3, 0xff]);
    expect(new DataView(bytes.buffer).getUint32(bytes.length - 4, true)).toBe(crc32(bytes.subarray(0, -4)));
  });

  it("gives back every state that was put into it", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(decodeState(encodeState(state), "x")).toEqual(state);
      }),
    );
  });

  it("is the same for the same state, byte for byte", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(encodeState(state)).toEqual(encodeState(state));
      }),
    );
  });

  it("with any bit flipped is foreign (in its magic) or corrupt, never taken for a board", () => {
    const bytes = encodeState(board);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const turned = bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7)));
        expect(codeFor(turned)).toBe(bit >> 3 < 8 ? "twin-state-foreign" : "twin-state-corrupt");
      }),
    );
  });

  it("cut anywhere, or longer than it was, is no board", () => {
    const bytes = encodeState(board);
    for (let length = 0; length < bytes.length; length++) {
      expect(codeFor(bytes.slice(0, length))).toBe(length < 8 ? "twin-state-foreign" : "twin-state-corrupt");
    }
    expect(codeFor(Uint8Array.from([...bytes, 0]))).toBe("twin-state-corrupt");
  });

  it("of anything else is foreign", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(codeFor(bytes)).toBe("twin-state-foreign");
      }),
    );
  });

  it.each([
    ['{"schema":0,"chip":"x","uid":"","clockPs":0,"parts":[]}', "older"],
    ['{"schema":0}', "older"],
    ['{"schema":2,"chip":"x","uid":"","clockPs":0,"parts":[]}', "newer"],
  ])("with the header %s and a right CRC was written by an %s version", (json, version) => {
    expect(codeFor(withHeader(json))).toBe("twin-state-version");
    expect(() => decodeState(withHeader(json), "board.k24")).toThrow(`${version} version of Flashproof`);
  });

  it.each([
    "null",
    "[]",
    "{}",
    '{"schema":1}',
    '{"schema":1,"chip":7,"uid":"","clockPs":0,"parts":[]}',
    '{"schema":1,"chip":"x","uid":"","clockPs":null,"parts":[]}',
    '{"schema":1,"chip":"x","uid":"","clockPs":0,"parts":[null]}',
    '{"schema":1,"chip":"x","uid":"","clockPs":0,"parts":[{"name":"a","offset":0,"length":4}]}',
    '{"schema":1,"chip":"x","uid":"","clockPs":0,"parts":[{"name":"a","offset":-1,"length":2}]}',
    '{"schema":1,"chip":"x","uid":"","clockPs":0,"parts":[{"name":"a","offset":0.5,"length":1}]}',
    "not JSON at all",
    '{"schema":"2","chip":"x","uid":"","clockPs":0,"parts":[]}',
  ])("with the header %s and a right CRC is corrupt", (json) => {
    expect(codeFor(withHeader(json))).toBe("twin-state-corrupt");
  });

  it("whose header claims to be longer than the file is corrupt", () => {
    const json = '{"schema":1,"chip":"x","uid":"","clockPs":0,"parts":[]}';
    expect(codeFor(withHeader(json))).toBeUndefined();
    expect(codeFor(withHeader(json, 0xffff_ffff))).toBe("twin-state-corrupt");
  });
});
