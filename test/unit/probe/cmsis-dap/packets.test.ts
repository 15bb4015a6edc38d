import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../src/base/bytes.ts";
import { type DapPacket, nextPacket, type PacketLimits } from "../../../../src/probe/cmsis-dap/packets.ts";
import { TRANSFER, TRANSFER_BLOCK } from "../../../../src/probe/cmsis-dap/transfer.ts";
import type { SwdTransfer } from "../../../../src/probe/swd/swd-transfer.ts";

const DRW = { port: "ap", a: 0xc } as const;
const TAR = { port: "ap", a: 0x4 } as const;
const write = (word: number, reg: SwdTransfer["reg"] = DRW): SwdTransfer => ({ reg, word, op: 0 });
const read = (reg: SwdTransfer["reg"] = DRW): SwdTransfer => ({ reg, op: 0, result: 0 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const answer = (text: string) => new ByteReader(Buffer.from(text, "hex"));

/** All packets of a batch. */
function packetsOf(transfers: readonly SwdTransfer[], limits: PacketLimits) {
  const packets: DapPacket[] = [];
  for (let at = 0; at < transfers.length; at += packets[packets.length - 1].transfers.length) {
    packets.push(nextPacket(transfers, at, transfers.length, limits, packets));
  }
  return packets;
}

describe("CMSIS-DAP packets", () => {
  const anyTransfer = fc.oneof(
    fc.nat(0xffff).map((word) => write(word)),
    fc.constant(read()),
    fc.constant(write(0, TAR)),
  );
  const anyLimits = fc.record({ size: fc.constantFrom(64, 512, 1024), count: fc.integer({ min: 1, max: 8 }) });

  it("carry every transfer once, in order, and fit request and response", () => {
    fc.assert(
      fc.property(fc.array(anyTransfer, { minLength: 1, maxLength: 400 }), anyLimits, (transfers, limits) => {
        const packets = packetsOf(transfers, limits);
        expect(packets.flatMap((packet) => packet.transfers)).toEqual(transfers);
        for (const { kind, transfers: row } of packets) {
          const command = kind === "block" ? TRANSFER_BLOCK : TRANSFER;
          expect(1 + command.encode(row).length).toBeLessThanOrEqual(limits.size);
          expect(3 + 4 * row.filter(({ word }) => word === undefined).length).toBeLessThanOrEqual(limits.size);
        }
      }),
    );
  });

  it("are DAP_TransferBlock where more words of one register follow than single transfers hold", () => {
    const words = Array.from({ length: 30 }, (_, i) => write(i));
    const kinds = packetsOf([write(0, TAR), ...words], { size: 64, count: 1 }).map(
      ({ kind, transfers }) => `${kind} ${transfers.length}`,
    );
    expect(kinds).toEqual(["transfer 12", "block 14", "transfer 5"]);
  });

  it("differ from their neighbours in their counts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3000 }), anyLimits, (length, limits) => {
        const row = Array.from({ length }, () => read());
        const counts = packetsOf(row, limits).map(({ transfers }) => transfers.length);
        const differs = (count: number, i: number) => i === 0 || count === 1 || count !== counts[i - 1];
        expect(counts.every(differs)).toBe(true);
      }),
    );
  });

  it("of 512 bytes differ in their counts from all pending ones", () => {
    const row = Array.from({ length: 1270 }, () => read());
    const counts = packetsOf(row, { size: 512, count: 4 }).map(({ transfers }) => transfers.length);
    expect(counts.slice(0, 5)).toEqual([127, 126, 125, 124, 127]);
  });
});

describe("DAP_Transfer", () => {
  it("takes one byte per read and five per write", () =>
    expect(hex(TRANSFER.encode([write(0x12345678, TAR), read()]))).toBe("00020578563412" + "0f"));

  it("returns the words of all reads", () =>
    expect(TRANSFER.decode(answer("020178563412"), [write(0), read()])).toEqual({
      done: 2,
      ack: "ok",
      words: [0x12345678],
    }));

  it.each([
    ["0102", "wait"],
    ["0104", "fault"],
    ["0107", "none"],
    ["0108", "parity"],
    ["0100", "none"],
  ])("decodes response %s as %s, with the value of the read before still pending", (bytes, ack) =>
    expect(TRANSFER.decode(answer(bytes), [read(), read()])).toEqual({ done: 1, ack, words: [] }),
  );

  it.each(["0301", "0101", "02"])("refuses response %s", (bytes) =>
    expect(() => TRANSFER.decode(answer(bytes), [write(1), write(2)])).toThrow(RangeError),
  );

  it("never reads beyond a response", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const outcome = TRANSFER.decode(new ByteReader(bytes), [read(), write(1), read()]);
          expect(outcome.done).toBeLessThanOrEqual(3);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
