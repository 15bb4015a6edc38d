import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../src/base/bytes.ts";
import { type DapPacket, nextPacket, type PacketLimits } from "../../../../src/probe/cmsis-dap/packets.ts";
import { EXECUTE, TRANSFER, TRANSFER_BLOCK } from "../../../../src/probe/cmsis-dap/transfer.ts";
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

describe("CMSIS-DAP packets of a probe that takes several commands in one", () => {
  const atomic = (size: number, count = 4): PacketLimits => ({ size, count, isAtomic: true });
  const named = ({ kind, parts }: DapPacket) =>
    `${kind === "atomic" ? "atomic " : ""}${parts.map((part) => `${part.kind} ${part.transfers.length}`).join(" + ")}`;

  it("carry every transfer once, in order, and fit request and response", () => {
    const anyTransfer = fc.oneof(
      fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 40 }).map((words) => words.map((word) => write(word))),
      fc.array(fc.constant(read()), { minLength: 1, maxLength: 40 }),
      fc.constant([write(0, TAR)]),
    );
    const limits = fc.record({ size: fc.constantFrom(64, 512, 1024), count: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(fc.array(anyTransfer, { minLength: 1, maxLength: 20 }), limits, (rows, { size, count }) => {
        const packets = packetsOf(rows.flat(), atomic(size, count));
        expect(packets.flatMap(({ transfers }) => transfers)).toEqual(rows.flat());
        for (const { kind, parts } of packets) {
          const bytes = parts.map(({ kind: each, transfers }) =>
            (each === "block" ? TRANSFER_BLOCK : TRANSFER).encode(transfers),
          );
          const head = kind === "atomic" ? 2 : 0;
          expect(bytes.reduce((sum, { length }) => sum + 1 + length, head)).toBeLessThanOrEqual(size);
          const words = parts.flatMap(({ transfers }) => transfers).filter(({ word }) => word === undefined);
          const heads = parts.reduce((sum, part) => sum + (part.kind === "block" ? 4 : 3), head);
          expect(heads + 4 * words.length).toBeLessThanOrEqual(size);
        }
      }),
    );
  });

  it("are full blocks, every other one in a packet of several, so that neighbours differ in their answers", () => {
    const words = Array.from({ length: 56 }, (_, i) => write(i));
    expect(packetsOf(words, atomic(64)).map(named)).toEqual([
      "block 14",
      "atomic block 14",
      "block 14",
      "atomic block 14",
    ]);
  });

  it("carry an address, and a block behind it, where that is more than single transfers", () => {
    const words = Array.from({ length: 30 }, (_, i) => write(i));
    const packets = packetsOf([write(0, TAR), ...words], atomic(64));
    expect(packets.map(named)).toEqual(["atomic transfer 1 + block 12", "block 14", "transfer 4"]);
  });

  it("differ from their neighbours, in what they are or in their counts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1500 }), fc.boolean(), fc.constantFrom(64, 512), (length, isRead, size) => {
        const row = Array.from({ length }, (_, i) => (isRead ? read() : write(i)));
        const names = packetsOf(row, atomic(size)).map(named);
        expect(names.every((name, i) => i === 0 || name.endsWith(" 1") || name !== names[i - 1])).toBe(true);
      }),
    );
  });
});

describe("DAP_ExecuteCommands", () => {
  const parts = [
    { kind: "block", transfers: [write(1), write(2)] },
    { kind: "transfer", transfers: [write(3, TAR), read()] },
  ] as const;

  it("carries its commands one behind the other", () =>
    expect(hex(EXECUTE.encode(parts))).toBe(
      ["02", "0600", "0200", "0d", "01000000", "02000000", "050002", "0503000000", "0f"].join(""),
    ));

  it.each([
    ["02" + "06020001" + "05020178563412", { done: 4, ack: "ok", words: [0x12345678] }],
    ["02" + "06010002" + "050004", { done: 1, ack: "wait", words: [] }],
    ["02" + "06020001" + "050104", { done: 3, ack: "fault", words: [] }],
  ])("adds up what its commands answer, up to the first that failed: %s", (bytes, outcome) => {
    const response = answer(bytes);
    expect(EXECUTE.decode(response, parts)).toEqual(outcome);
    expect(response.left).toBe(0);
  });

  it.each(["0106020001", "0205020178563412" + "06020001", "020602000105"])("refuses answer %s", (bytes) =>
    expect(() => EXECUTE.decode(answer(bytes), parts)).toThrow(RangeError),
  );
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

  it("has request bits for the port, the direction and the address", () => {
    const reg = (port: "dp" | "ap", a: 0x0 | 0x4 | 0x8 | 0xc) => ({ port, a }) as const;
    const requests = [read(reg("dp", 0x0)), read(reg("ap", 0x8)), write(0, reg("dp", 0x4)), write(0, reg("ap", 0xc))];
    const bytes = requests.map((transfer) => TRANSFER.encode([transfer])[2]);
    expect(bytes).toEqual([0x02, 0x0b, 0x04, 0x0d]);
  });

  it.each([
    [
      "an AP write failed behind a read of the debug port",
      [read({ port: "dp", a: 0x4 }), write(1)],
      "01040d000000",
      [0xd],
    ],
    ["an AP write failed behind an AP write", [write(1), write(2)], "0104", []],
    ["nothing was done", [read(), read()], "0004", []],
    ["a second AP read failed, whose value came", [read(), read(), read()], "0204010000000200000003", [1]],
  ] as const)("has the words of all reads but a pending one where %s", (_, transfers, bytes, words) => {
    expect(TRANSFER.decode(answer(bytes), transfers).words).toEqual(words);
  });

  it("passes over nothing where no transfer was done", () => {
    const response = answer("000278563412");
    expect(TRANSFER.decode(response, [read()])).toEqual({ done: 0, ack: "wait", words: [] });
    expect(response.left).toBe(4);
  });

  it("passes over a pending value that came nevertheless", () => {
    const response = answer("010401000000");
    TRANSFER.decode(response, [read(), read()]);
    expect(response.left).toBe(0);
    const short = answer("0104010000");
    TRANSFER.decode(short, [read(), read()]);
    expect(short.left).toBe(3);
  });

  it("is refused with how many transfers were done, and how they were acknowledged", () => {
    expect(() => TRANSFER.decode(answer("0301"), [write(1), write(2)])).toThrow(
      "3 of 2 transfers done, acknowledged ok",
    );
    expect(() => TRANSFER.decode(answer("0304"), [write(1), write(2)])).toThrow(
      "3 of 2 transfers done, acknowledged fault",
    );
  });

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

describe("DAP_TransferBlock", () => {
  it("has the number of words, one request, and the words", () => {
    expect(hex(TRANSFER_BLOCK.encode([write(1), write(0x12345678)]))).toBe("0002000d0100000078563412");
    const many = Array.from({ length: 300 }, (_, i) => write(i));
    expect(hex(TRANSFER_BLOCK.encode(many).subarray(0, 4))).toBe("002c010d");
  });

  it("is answered by a number of 16 bits and the acknowledge", () => {
    const writes = Array.from({ length: 300 }, (_, i) => write(i));
    expect(TRANSFER_BLOCK.decode(answer("2c0101"), writes)).toEqual({ done: 300, ack: "ok", words: [] });
    expect(TRANSFER_BLOCK.decode(answer("010102"), writes)).toEqual({ done: 257, ack: "wait", words: [] });
    expect(() => TRANSFER_BLOCK.decode(answer("2b0101"), writes)).toThrow(RangeError);
  });
});

describe("the next packet", () => {
  const limits = { size: 64, count: 1 };
  const counts = (transfers: readonly SwdTransfer[], from: number, to: number) => {
    const { kind, transfers: row } = nextPacket(transfers, from, to, limits);
    return `${kind} ${row.length}`;
  };

  it("begins and ends where it is to", () => {
    const reads = Array.from({ length: 10 }, () => read());
    expect([counts(reads, 0, 10), counts(reads, 2, 7), counts(reads, 9, 10)]).toEqual([
      "transfer 10",
      "transfer 5",
      "transfer 1",
    ]);
  });

  it("holds what fits both the command and its answer", () => {
    const reads = Array.from({ length: 40 }, () => read());
    const writes = Array.from({ length: 40 }, (_, i) => write(i, i % 2 === 0 ? DRW : TAR));
    expect([counts(reads, 0, 40), counts(writes, 0, 40)]).toEqual(["transfer 15", "transfer 12"]);
  });

  it("is no block of writes to two registers, or with a write that switches overrun detection on", () => {
    const row = (at: number, other: SwdTransfer) => Array.from({ length: 14 }, (_, i) => (i === at ? other : write(i)));
    expect(counts(row(99, write(0)), 0, 14)).toBe("block 14");
    expect(counts(row(12, write(0, TAR)), 0, 14)).toBe("transfer 12");
    expect(counts(row(12, write(0, { port: "dp", a: 0xc })), 0, 14)).toBe("transfer 12");
    expect(counts(row(12, { ...write(0), startsOverrunDetection: true }), 0, 14)).toBe("transfer 12");
    expect(counts(row(12, read()), 0, 14)).toBe("transfer 13");
  });

  it("leaves one transfer for a rest that would be a packet of its own count", () => {
    const reads = Array.from({ length: 30 }, () => read());
    // 15 and 15 are one count: 14 and 16 would not fit, so that the rest is cut.
    expect(counts(reads, 0, 30)).toBe("transfer 15");
    // Here the rest is reads, of which 14 fit one packet.
    const mixed = [
      ...Array.from({ length: 12 }, (_, i) => write(i, i % 2 === 0 ? DRW : TAR)),
      ...Array.from({ length: 14 }, () => read()),
    ];
    expect(counts(mixed, 0, 26)).toBe("transfer 12");
  });

  it("leaves one where the rest would have its own count and fits with it, unless the one before has that count", () => {
    const writes = Array.from({ length: 12 }, (_, i) => write(i, i % 2 === 0 ? DRW : TAR));
    const row = [...writes, ...Array.from({ length: 14 }, () => read())];
    const behind = (count?: number) => {
      const before = count === undefined ? [] : [nextPacket(row, 0, count, limits)];
      return nextPacket(row, 0, row.length, limits, before).transfers.length;
    };
    expect([behind(), behind(5), behind(12)]).toEqual([12, 12, 13]);
    expect([counts(row, 0, 25), counts([...row, read()], 0, 27)]).toEqual(["transfer 13", "transfer 13"]);
    expect(counts([write(0), read()], 0, 2)).toBe("transfer 2");
  });
});
