import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  importRefusal,
  importReply,
  listReply,
  type OfferedDevice,
  readBusId,
  readOperation,
} from "../../../src/usbip/operations.ts";
import {
  MOST_TRANSFER_BYTES,
  payloadBytes,
  readUrb,
  submitReply,
  unlinkReply,
  URB_STATUS,
} from "../../../src/usbip/urbs.ts";
import { submitFields, urbHeader } from "../../support/usbip-client.ts";

const DEVICE: OfferedDevice = {
  busId: "1-2",
  busNumber: 1,
  deviceNumber: 2,
  speed: 3,
  vendorId: 0x0d28,
  productId: 0x0204,
  deviceVersion: 0x0100,
  configurationValue: 1,
  interfaces: [
    [0xff, 0, 0],
    [3, 0, 0],
  ],
};

const hex = (bytes: Uint8Array, from = 0, to = bytes.length) => Buffer.from(bytes.subarray(from, to)).toString("hex");
const u32 = fc.nat(0xffff_ffff);

describe("USB/IP operations before import", () => {
  it("are decoded by version and code", () => {
    expect(readOperation(Buffer.from("0111800500000000", "hex"))).toBe("list");
    expect(readOperation(Buffer.from("0111800300000000", "hex"))).toBe("import");
    expect(readOperation(Buffer.from("0106800500000000", "hex"))).toBeUndefined();
    expect(readOperation(Buffer.from("0111800700000000", "hex"))).toBeUndefined();
  });

  it("name a device by text up to a zero, or by all 32 bytes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.-]{0,32}$/), (text) => {
        const bytes = new Uint8Array(32);
        bytes.set(new TextEncoder().encode(text));
        expect(readBusId(bytes)).toBe(text);
      }),
    );
  });

  it("answer with 312 bytes per device and four for each interface of a list", () => {
    const list = listReply([DEVICE, { ...DEVICE, interfaces: [] }]);
    expect(list.length).toBe(12 + 2 * 312 + 8);
    expect(hex(list, 0, 12)).toBe("011100050000000000000002");
    expect(hex(list, 12 + 312, 12 + 312 + 8)).toBe("ff00000003000000");
    const device = list.subarray(12, 12 + 312);
    expect(hex(device, 256, 260)).toBe(Buffer.from("1-2\0").toString("hex"));
    expect(hex(device, 288)).toBe(
      "00000001" + "00000002" + "00000003" + "0d28" + "0204" + "0100" + "000000" + "010102",
    );
    expect(hex(importReply(DEVICE))).toBe(`0111000300000000${hex(device)}`);
  });

  it("are refused with a status and nothing else", () => {
    expect(hex(importRefusal("busy"))).toBe("0111000300000002");
    expect(hex(importRefusal("unknown"))).toBe("0111000300000004");
  });
});

describe("USB/IP URB message", () => {
  const setup = fc.uint8Array({ minLength: 8, maxLength: 8 });

  it("decodes endpoint, direction and length of a submit", () => {
    const urb = fc.record({
      sequence: u32,
      inward: fc.boolean(),
      endpoint: fc.nat(15),
      length: fc.nat(MOST_TRANSFER_BYTES),
      setup,
    });
    fc.assert(
      fc.property(urb, ({ sequence, inward, endpoint, length, setup }) => {
        const read = readUrb(urbHeader(1, sequence, inward, endpoint, submitFields(length, setup)));
        const direction = inward ? "in" : "out";
        expect(read).toEqual({ kind: "submit", sequence, direction, endpoint, length, setup });
        expect(read && payloadBytes(read)).toBe(inward ? 0 : length);
      }),
    );
  });

  it("decodes the sequence number of an unlink", () => {
    const fields = Buffer.alloc(4);
    fields.writeUInt32BE(77);
    expect(readUrb(urbHeader(2, 78, false, 0, fields))).toEqual({ kind: "unlink", sequence: 78, unlinks: 77 });
  });

  it("is refused when it makes no sense", () => {
    expect(readUrb(urbHeader(3, 1, true, 1, Buffer.alloc(0)))).toBeUndefined();
    expect(readUrb(urbHeader(1, 1, true, 16, Buffer.alloc(0)))).toBeUndefined();
    expect(readUrb(urbHeader(1, 1, true, 1, submitFields(MOST_TRANSFER_BYTES + 1)))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => void readUrb(bytes)));
  });

  it("answers with the received data or the sent length", () => {
    fc.assert(
      fc.property(u32, fc.uint8Array({ minLength: 1, maxLength: 100 }), (sequence, data) => {
        const reply = Buffer.from(submitReply({ sequence, status: URB_STATUS.ok, data }));
        expect([0, 4, 20, 24].map((at) => reply.readUInt32BE(at))).toEqual([3, sequence, 0, data.length]);
        expect(hex(reply, 48)).toBe(hex(data));
      }),
    );
    const written = Buffer.from(submitReply({ sequence: 1, status: URB_STATUS.ok, written: 512 }));
    expect([written.length, written.readUInt32BE(24)]).toEqual([48, 512]);
    const stalled = Buffer.from(submitReply({ sequence: 1, status: URB_STATUS.stall }));
    expect([stalled.length, stalled.readInt32BE(20)]).toEqual([48, -32]);
    const unlinked = Buffer.from(unlinkReply(9, URB_STATUS.unlinked));
    expect([unlinked.length, unlinked.readUInt32BE(0), unlinked.readInt32BE(20)]).toEqual([48, 4, -104]);
  });
});
