import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockLength, HEADER_LENGTH, ID, parseBlock } from "../../../src/rtt/control-block.ts";
import { RttError } from "../../../src/rtt/rtt-error.ts";
import { BASE, Ram, SETUP, setUp } from "./ram.ts";

const LENGTH = HEADER_LENGTH + 2 * 24;

/** A block with one word of its one up buffer changed. */
function blockWith(word: number, value: number): Uint8Array {
  const ram = new Ram();
  const [up] = setUp(ram);
  ram.put(up + 4 * word, value);
  return ram.at(SETUP.at, LENGTH);
}

const parse = (bytes: Uint8Array) => () => parseBlock(SETUP.at, bytes);
const broken = expect.objectContaining({ code: "rtt-block-broken" });

describe("RTT control block", () => {
  it("begins with its ID, padded with zeros", () => {
    expect(new TextDecoder().decode(ID)).toBe("SEGGER RTT\0\0\0\0\0\0");
  });

  it("has the length of its header and a descriptor for each buffer", () => {
    const ram = new Ram();
    setUp(ram);
    expect(blockLength(SETUP.at, ram.at(SETUP.at, HEADER_LENGTH))).toBe(LENGTH);
  });

  it("lists first the up buffers, then the down buffers", () => {
    const ram = new Ram();
    const [up, down] = setUp(ram);
    expect(parseBlock(SETUP.at, ram.at(SETUP.at, LENGTH))).toMatchObject({
      address: SETUP.at,
      up: [{ address: up, buffer: BASE + 0x101, size: 13 }],
      down: [{ address: down, buffer: BASE + 0x203, size: 7 }],
    });
  });

  it("accepts buffers that are not set up, whatever else they contain", () => {
    const ram = new Ram();
    const [up] = setUp(ram);
    ram.put(up, 1, 2, 0, 4, 5, 6);
    expect(parseBlock(SETUP.at, ram.at(SETUP.at, LENGTH)).up).toMatchObject([{ size: 0, writeOffset: 0 }]);
  });

  it.each([
    ["has no place", 1, 0],
    ["is a peripheral", 1, 0x40020000],
    ["ends in a peripheral", 1, 0x3ffffff8],
    ["is a register of the core", 1, 0xe000ed00],
    ["is larger than any RAM", 2, 0x100001],
    ["is written outside", 3, 13],
    ["is read outside", 4, 0xffffffff],
  ])("is refused when a buffer %s", (_, word, value) => {
    expect(parse(blockWith(word, value))).toThrow(broken);
  });

  it("is refused when a buffer exceeds the end of the address space", () => {
    expect(parse(blockWith(1, 0xfffffff8))).toThrow(broken);
  });

  it("is refused when it claims more channels than the limit", () => {
    const ram = new Ram();
    setUp(ram);
    ram.put(SETUP.at + 16, 33);
    expect(() => blockLength(SETUP.at, ram.at(SETUP.at, HEADER_LENGTH))).toThrow(broken);
  });

  it("decodes any bytes to a block or a typed error", () => {
    const words = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 0xffffffff })), {
      minLength: 14,
      maxLength: 14,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), (content, up, down) => {
        const ram = new Ram();
        ram.put(SETUP.at + 24, ...content);
        ram.at(SETUP.at, 16).set(ID);
        ram.put(SETUP.at + 16, up, down);
        try {
          const block = parseBlock(SETUP.at, ram.at(SETUP.at, HEADER_LENGTH + 24 * (up + down)));
          for (const ring of [...block.up, ...block.down].filter(({ size }) => size > 0)) {
            expect(ring.writeOffset).toBeLessThan(ring.size);
            expect(ring.readOffset).toBeLessThan(ring.size);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RttError);
        }
      }),
    );
  });
});
