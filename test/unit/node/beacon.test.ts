import { describe, expect, it } from "vitest";
import { advertisement } from "../../../src/node/servers/beacon.ts";

describe("the datagram by which a J-Link is found", () => {
  const datagram = advertisement({
    host: "127.0.0.3",
    serial: "000059304712",
    product: "J-Link",
    hardwareVersion: 93_000,
  });
  const text = (from: number, to: number) => new TextDecoder().decode(datagram.subarray(from, to)).replace(/\0+$/, "");
  const view = new DataView(datagram.buffer);

  it("has 128 bytes and begins with Found", () => {
    expect(datagram).toHaveLength(128);
    expect(text(0, 16)).toBe("Found");
  });

  it("has the address to connect to at 0x10, in network byte order", () => {
    expect([...datagram.subarray(16, 20)]).toEqual([127, 0, 0, 3]);
  });

  it("has serial number and hardware version at 0x30 and 0x34, little-endian", () => {
    expect(view.getUint32(48, true)).toBe(59304712);
    expect(view.getUint32(52, true)).toBe(93_000);
  });

  it("has the product's name at 0x40 and no nickname", () => {
    expect(text(64, 96)).toBe("J-Link");
    expect(text(96, 128)).toBe("");
  });

  it("distinguishes two boards by their MAC addresses", () => {
    const other = advertisement({ host: "127.0.0.4", serial: "1", product: "J-Link", hardwareVersion: 93_000 });
    expect(other.subarray(32, 38)).not.toEqual(datagram.subarray(32, 38));
  });
});
