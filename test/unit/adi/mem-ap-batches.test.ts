import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccessPort, type ApGate } from "../../../src/adi/access-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import type { MemoryOp, Width } from "../../../src/adi/memory.ts";
import { connectedLab } from "./lab.ts";

const RAM = 0x2000_0000;
const read = (address: number, width: Width = 32): MemoryOp => ({ op: "read", address, width });
const write = (address: number, value: number, width: Width = 32): MemoryOp => ({ op: "write", address, width, value });
const row = <T>(count: number, op: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => op(i));

/** An access as the RAM lists it. */
const asListed = ({ op, address, width }: MemoryOp) => `${op === "write" ? "w" : "r"}${width} ${address.toString(16)}`;

/** Without those that are the same as the one before: a wait reads as often as it likes. */
const withoutRepeats = (list: readonly string[]) => list.filter((one, i) => one !== list[i - 1]);

/** What a batch reads from memory that holds zeros, where each access does what it is there for. */
function wordsOf(ops: readonly MemoryOp[]): readonly number[] {
  const bytes = new Map<number, number>();
  return ops.flatMap((op) => {
    const each = row(op.width / 8, (i) => i);
    if (op.op === "write") for (const i of each) bytes.set(op.address + i, Math.floor(op.value / 2 ** (8 * i)) & 0xff);
    return op.op === "write" ? [] : [each.reduce((sum, i) => sum + (bytes.get(op.address + i) ?? 0) * 2 ** (8 * i), 0)];
  });
}

/** One to nine accesses of one kind one behind the other, around the border of 1 KB or near address 0. */
const anyRow = fc
  .record({
    op: fc.constantFrom("read", "read", "write", "write", "until"),
    base: fc.constantFrom(RAM + 0x3e0, RAM + 0x3e0, 0),
    slot: fc.integer({ min: 0, max: 0x11 }),
    width: fc.constantFrom(32 as const, 32 as const, 16 as const, 8 as const),
    value: fc.integer({ min: 0, max: 0xffffffff }),
    length: fc.constantFrom(1, 1, 1, 2, 3, 4, 5, 9),
  })
  .map(({ op, base, slot, width, value, length }) =>
    row(length, (i): MemoryOp => {
      const address = base + slot * 4 + (i * width) / 8;
      if (op === "write") return write(address, (value + i) % 2 ** width, width);
      return op === "read" ? read(address, width) : { op: "until", address, width, mask: 0, value: 0 };
    }),
  );

describe("MemAp: a batch", () => {
  it("makes its accesses in order, each at its own address and in its own width, and answers what was read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 8 }), async (rows) => {
        const { memory, ram, target } = await connectedLab();
        target.tar = RAM + 0x7f0;
        const ops = rows.flat();
        expect([...(await memory.run(ops))]).toEqual(wordsOf(ops));
        expect(withoutRepeats(ram.accesses)).toEqual(withoutRepeats(ops.map(asListed)));
      }),
      { numRuns: 150 },
    );
  });

  const block = row(4, (i) => write(RAM + 4 * i, 0x1111_1111 * (i + 1)));
  it.each<readonly [string, readonly MemoryOp[]]>([
    ["a read of the next word", [...block, read(RAM + 0x10)]],
    ["a byte behind it", [...block, write(RAM + 0x10, 0x77, 8), read(RAM + 0x10, 8)]],
    ["a word elsewhere", [...block, write(RAM + 0x20, 5), read(RAM + 0x10)]],
    ["words that are read and written by turns", row(6, (i) => (i % 2 ? write(RAM + 4 * i, i) : read(RAM + 4 * i)))],
    ["two words read and two written behind them", [read(0), read(4), write(8, 1), write(0xc, 2), read(8), read(0xc)]],
  ])("makes the accesses of words in a row, and then those of %s, at their own addresses", async (_, ops) => {
    const { memory, ram } = await connectedLab();
    expect([...(await memory.run(ops))]).toEqual(wordsOf(ops));
    expect(ram.accesses).toEqual(ops.map(asListed));
  });

  it("takes its own byte lanes of DRW alone, whatever the others hold", async () => {
    const written: number[] = [];
    const gate: ApGate = {
      runAp: async (_index, ops) => {
        for (const op of ops) if (op.op === "write" && op.address === 0x0c) written.push(...Array.from(op.words));
        return Uint32Array.from(
          ops.filter(({ op }) => op === "read"),
          () => 0x4433_2211,
        );
      },
      together: (calls, io = {}) => calls(io),
    };
    const memory = await MemAp.open(new AccessPort(gate, 0));
    expect([...(await memory.run([read(0x101, 8), read(0x102, 16), read(0x104)]))]).toEqual([
      0x22, 0x4433, 0x4433_2211,
    ]);
    await memory.run([write(0x101, 0xabcd, 8), write(0x102, 0x1_abcd, 16)]);
    expect(written).toEqual([0xcd00, 0xabcd_0000]);
  });

  it("makes no access where it is empty", async () => {
    const { memory, ram } = await connectedLab();
    expect(await memory.run([])).toEqual(new Uint32Array());
    expect(ram.accesses).toEqual([]);
  });

  it("is refused before any transfer where one of its accesses is not aligned", async () => {
    const { memory, target } = await connectedLab();
    const details = { address: "0x20000006", width: 32 };
    const run = memory.run([write(RAM, 1), read(RAM + 6)]);
    await expect(run).rejects.toMatchObject({ code: "memory-alignment", details });
    expect(target.roundTrips.length).toBe(0);
  });

  it.each([
    [8, 0x4002_0002, 0xc0, "r8 40020002"],
    [16, 0x4002_0002, 0xc0, "r16 40020002"],
    [32, 0x4002_0000, 0xc0_0000, "r32 40020000"],
  ] as const)(
    "waits for bits of a register of %i bits in its own byte lanes",
    async (width, address, value, access) => {
      const { memory, ram } = await connectedLab();
      ram.bytes.set(0x4002_0002, 0xc0);
      const mask = width === 32 ? 0x80_0000 : 0x80;
      expect([...(await memory.run([{ op: "until", address, width, mask, value: mask }]))]).toEqual([value]);
      expect(new Set(ram.accesses)).toEqual(new Set([access]));
    },
  );

  it("leaves neighbouring bits out of what is waited for", async () => {
    const { memory, ram } = await connectedLab();
    ram.bytes.set(RAM + 1, 0x80).set(RAM + 2, 0xff);
    const until: MemoryOp = { op: "until", address: RAM + 1, width: 8, mask: 0x81, value: 0x81 };
    await expect(memory.run([until])).rejects.toMatchObject({ code: "dap-until-timeout" });
  });
});

describe("MemAp: the accesses to the access port that a batch takes", () => {
  const CSW = "0 w 0";
  const TAR = "0 w 4";
  const writes = (row: readonly string[], which: string) => row.filter((one) => one === which).length;

  it.each([
    { is: "one word", ops: [read(RAM)], csw: 1, tar: 1, selects: 1 },
    { is: "the same word twice", ops: [read(RAM), read(RAM)], csw: 1, tar: 1, selects: 1 },
    { is: "words in sixteen bytes", ops: [read(RAM + 4), read(RAM), read(RAM + 0xc)], csw: 1, tar: 1, selects: 2 },
    { is: "a word among its neighbours", ops: [read(RAM), read(RAM + 8), read(RAM)], csw: 1, tar: 1, selects: 2 },
    { is: "words far from each other", ops: [read(RAM), read(RAM + 0x40)], csw: 1, tar: 2, selects: 1 },
    { is: "two bytes", ops: [read(RAM, 8), read(RAM + 1, 8)], csw: 1, tar: 2, selects: 1 },
    { is: "the same byte twice", ops: [read(RAM, 8), write(RAM, 1, 8)], csw: 1, tar: 1, selects: 1 },
    { is: "two widths", ops: [read(RAM), read(RAM, 8), read(RAM, 16)], csw: 3, tar: 1, selects: 1 },
    { is: "four words in a row", ops: row(4, (i) => read(RAM + 4 * i)), csw: 1, tar: 1, selects: 1 },
    { is: "a row across 1 KB", ops: row(8, (i) => write(RAM + 0x3f0 + 4 * i, i)), csw: 1, tar: 2, selects: 1 },
    {
      is: "two rows of words",
      ops: [...row(4, (i) => read(RAM + 4 * i)), ...row(4, (i) => write(RAM + 0x40 + 4 * i, i))],
      csw: 1,
      tar: 2,
      selects: 1,
    },
    {
      is: "a row, and two words near to each other",
      ops: [...row(4, (i) => read(RAM + 4 * i)), read(RAM + 0x44), read(RAM + 0x48)],
      csw: 1,
      tar: 2,
      selects: 2,
    },
  ])(
    "for $is: CSW is written $csw times, TAR $tar times, SELECT $selects times",
    async ({ ops, csw, tar, selects }) => {
      const { memory, target } = await connectedLab();
      target.apAccesses.length = 0;
      target.dpWrites.length = 0;
      await memory.run(ops);
      expect(writes(target.apAccesses, CSW)).toBe(csw);
      expect(writes(target.apAccesses, TAR)).toBe(tar);
      expect(target.dpWrites.filter(({ a }) => a === 8).length).toBe(selects);
    },
  );

  it.each([4, 64])("for %i words in a row fit one round trip", async (count) => {
    const { memory, target } = await connectedLab();
    await memory.run(row(count, (i) => write(RAM + 4 * i, i)));
    expect(target.roundTrips.length).toBe(1);
  });
});
