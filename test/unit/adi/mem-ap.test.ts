import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccessPort } from "../../../src/adi/access-port.ts";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { readBlock, writeBlock } from "../../../src/adi/block.ts";
import { address32 } from "../../../src/base/u32.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import type { MemoryOp, Width } from "../../../src/adi/memory.ts";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { queuedProbe } from "../../../src/adi/queued-probe.ts";
import type { Probe } from "../../../src/probe/probe.ts";
import { FakeRam } from "../probe/fake-target.ts";
import { connectedLab, lab } from "./lab.ts";
import { inHex } from "../../support/hex.ts";

const widths = fc.constantFrom(8 as const, 16 as const, 32 as const);

describe("MemAp: widths and byte lanes", () => {
  it("reads and writes any aligned range in every width, across 1 KB boundaries", async () => {
    const { memory, ram } = await connectedLab();
    const anyRange = fc.record({
      start: fc.integer({ min: 0, max: 3000 }),
      data: fc.uint8Array({ maxLength: 1300 }),
      width: widths,
    });
    await fc.assert(
      fc.asyncProperty(anyRange, async ({ start, data, width }) => {
        const step = width / 8;
        const address = 0x2000_0000 + start * step;
        const bytes = data.subarray(0, data.length - (data.length % step));
        await memory.write(address, bytes, width);
        expect(bytes.every((byte, i) => ram.bytes.get(address + i) === byte)).toBe(true);
        expect(await memory.read(address, bytes.length, width)).toEqual(bytes.slice());
      }),
      { numRuns: 40 },
    );
  });

  it("uses the requested width on the bus", async () => {
    const { memory, ram } = await connectedLab();
    await memory.write(0x102, Uint8Array.of(1, 2), 8);
    await memory.write(0x102, Uint8Array.of(1, 2), 16);
    expect(ram.accesses).toEqual(["w8 102", "w8 103", "w16 102"]);
  });

  it.each(
    inHex<[number, Width]>([
      [0x101, 4, 32],
      [0x100, 3, 32],
      [0x101, 2, 16],
    ]),
  )("refuses %s + %i at %i bits before any transfer", async (_, count, width, address) => {
    const { memory, target } = await connectedLab();
    await expect(memory.read(address, count, width)).rejects.toMatchObject({ code: "memory-alignment" });
    await expect(memory.write(address, new Uint8Array(count), width)).rejects.toMatchObject({
      code: "memory-alignment",
    });
    expect(target.roundTrips.length).toBe(0);
  });

  it("transfers nothing for an empty range", async () => {
    const { memory } = await connectedLab();
    expect(await memory.read(0x100, 0, 32)).toEqual(new Uint8Array());
  });
});

describe("MemAp: round trips", () => {
  it("writes 64 KiB in 12 round trips and reads it in 12", async () => {
    const { memory, target } = await connectedLab();
    const data = Uint8Array.from({ length: 65536 }, (_, i) => i ^ (i >> 8));
    await memory.write(0x2000_0000, data, 32);
    expect(target.roundTrips.length).toBe(12);
    expect(await memory.read(0x2000_0000, data.length, 32)).toEqual(data);
    expect(target.roundTrips.length).toBe(24);
  });

  it("runs a batch of unrelated accesses in one round trip", async () => {
    const { memory, target } = await connectedLab();
    const ops: MemoryOp[] = [
      { op: "write", address: 0x4002_0004, width: 32, value: 0x0900_1000 },
      { op: "write", address: 0x4002_0000, width: 8, value: 0x80 },
      { op: "read", address: 0xe000_edf0, width: 32 },
      { op: "read", address: 0x4005_2000, width: 16 },
    ];
    expect([...(await memory.run(ops))]).toEqual([0, 0]);
    expect(target.roundTrips.length).toBe(1);
  });
});

describe("MemAp: batches", () => {
  const anyOp = fc.record({
    op: fc.constantFrom("read", "write"),
    slot: fc.integer({ min: 0, max: 11 }),
    width: widths,
    value: fc.integer({ min: 0, max: 0xffffffff }),
  });

  it("return what the same accesses return one by one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOp, { maxLength: 30 }), async (steps) => {
        const ops = steps.map(({ op, slot, width, value }): MemoryOp => {
          const address = 0x2000_0000 + slot * 4 + (width === 8 ? slot % 4 : 0);
          if (op === "read") return { op: "read", address, width };
          return { op: "write", address, width, value: value % 2 ** width };
        });
        const together = await connectedLab();
        const apart = await connectedLab();
        const words: number[] = [];
        for (const op of ops) words.push(...(await apart.memory.run([op])));
        expect([...(await together.memory.run(ops))]).toEqual(words);
        expect(together.ram.accesses).toEqual(apart.ram.accesses);
      }),
      { numRuns: 60 },
    );
  });

  it("poll bits of a byte register in its own byte lane", async () => {
    const { memory, ram } = await connectedLab();
    ram.bytes.set(0x4002_0002, 0xc0);
    const until: MemoryOp = { op: "until", address: 0x4002_0002, width: 8, mask: 0x80, value: 0x80 };
    expect([...(await memory.run([until]))]).toEqual([0xc0]);
    expect(ram.accesses.every((access) => access === "r8 40020002")).toBe(true);
  });
});

describe("MemAp: faults", () => {
  const holeAt = (hole: number) => connectedLab(new FakeRam((address) => address === hole));

  it.each([
    ["first", 0x2000_0000],
    ["middle", 0x2000_0808],
    ["last", 0x2000_0ffc],
  ])("name the address that failed: %s", async (_, hole) => {
    const { memory } = await holeAt(hole);
    const details = { address: `0x${hole.toString(16).toUpperCase()}` };
    await expect(memory.read(0x2000_0000, 4096, 32)).rejects.toMatchObject({ code: "memory-fault", details });
    await expect(memory.write(0x2000_0000, new Uint8Array(4096), 32)).rejects.toMatchObject({ details });
  });

  it("name the address that failed in a batch", async () => {
    const { memory } = await holeAt(0x4002_0004);
    const read = (address: number): MemoryOp => ({ op: "read", address, width: 32 });
    const details = { address: "0x40020004" };
    await expect(memory.run([read(0x100), read(0x4002_0004), read(0x200)])).rejects.toMatchObject({ details });
  });

  it("do not affect later accesses", async () => {
    const { memory, ram } = await holeAt(0x100);
    ram.bytes.set(0x200, 0x77);
    await expect(memory.read(0x100, 4, 32)).rejects.toThrow();
    expect([...(await memory.read(0x200, 4, 32))]).toEqual([0x77, 0, 0, 0]);
  });
});

describe("MemAp: ROM table address", () => {
  it.each(
    inHex<[number | undefined]>([
      [0xe00ff003, 0xe00ff000],
      [0xe00ff002, undefined],
      [0xffffffff, undefined],
      [0x00000000, undefined],
      [0x80000000, 0x80000000],
    ]),
  )("follows from BASE %s", async (_, table, base) => {
    const { dp, target } = await connectedLab();
    target.base = base;
    expect((await MemAp.open(dp.accessPort(0))).romTable).toBe(table);
  });
});

describe("MemAp: the address of a fault", () => {
  /** An access port whose DRW faults, and whose TAR reads as given afterwards. */
  const faultingAt = (tar: number) =>
    MemAp.open(
      new AccessPort(
        {
          runAp: async (_, ops) => {
            const details = { flags: ["STICKYERR"] };
            if (ops.some(({ address }) => address === 0x0c))
              throw new AdiError("dp-sticky-error", "refused", { details });
            return Uint32Array.from(ops, ({ address }) => (address === 0x04 ? tar : 0));
          },
          together: (calls, io = {}) => calls(io),
        },
        0,
      ),
    );

  it.each([
    { is: "TAR inside of the block", tar: 0x104, address: 0x104 },
    { is: "the block's own address where TAR has passed its end", tar: 0x110, address: 0x100 },
    { is: "the block's own address where TAR lies before it", tar: 0x0fc, address: 0x100 },
  ])("is $is", async ({ tar, address }) => {
    const memory = await faultingAt(tar);
    await expect(memory.read(0x100, 0x10, 32)).rejects.toMatchObject({
      code: "memory-fault",
      details: { address: address32(address) },
    });
  });
});

describe("readBlock and writeBlock", () => {
  it("use words between unaligned ends", async () => {
    const { memory, ram } = await connectedLab();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 64 }), fc.uint8Array({ maxLength: 64 }), async (start, data) => {
        ram.accesses.length = 0;
        await writeBlock(memory, start, data);
        expect(ram.accesses.filter((access) => access.startsWith("w8")).length).toBeLessThanOrEqual(6);
        expect(await readBlock(memory, start, data.length)).toEqual(data.slice());
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["one byte", 6, 1, ["r8"]],
    ["an aligned half-word", 6, 2, ["r16"]],
    ["a half-word across a word", 3, 2, ["r8", "r8"]],
    ["a word and a half-word", 4, 6, ["r32", "r16"]],
  ])("read %s by accesses of its own width", async (_, start, count, widths) => {
    const { memory, ram } = await connectedLab();
    ram.accesses.length = 0;
    await readBlock(memory, start, count);
    expect(ram.accesses.map((access) => access.split(" ")[0])).toEqual(widths);
  });
});

describe("MemAp: a batch with words one behind the other", () => {
  const word = (address: number, value: number): MemoryOp => ({ op: "write", address, width: 32, value });
  const read = (address: number, width: Width = 32): MemoryOp => ({ op: "read", address, width });

  it("writes them as one block, and what follows goes to its own address", async () => {
    const { memory } = await connectedLab();
    const block = Array.from({ length: 300 }, (_, i) => word(0x2000_0380 + 4 * i, 0xa000_0000 + i));
    const after = [word(0x2000_1000, 1), word(0x2000_1004, 2), read(0x2000_1000), read(0x2000_0380 + 4 * 299)];
    const narrow: readonly MemoryOp[] = [
      { op: "write", address: 0x2000_1009, width: 8, value: 0x5a },
      read(0x2000_1009, 8),
    ];
    expect([...(await memory.run([...block, ...after, ...narrow, read(0x2000_1004)]))]).toEqual([
      1, 0xa000_012b, 0x5a, 2,
    ]);
    const bytes = await memory.read(0x2000_0380, 1200, 32);
    expect([...new Uint32Array(bytes.buffer)]).toEqual(block.map((_, i) => 0xa000_0000 + i));
  });

  it.each([
    ["a write of 8 bits", { op: "write", address: 0x2000_0010, width: 8, value: 0x77 }, [0x77], 5],
    ["a read", { op: "read", address: 0x2000_0010, width: 32 }, [0], 5],
    ["a word elsewhere", { op: "write", address: 0x2000_0020, width: 32, value: 5 }, [], 4],
  ] as const)("ends the block at %s", async (_, next, expected, words) => {
    const { memory, ram } = await connectedLab();
    const block = Array.from({ length: 4 }, (_, i) => word(0x2000_0000 + 4 * i, 0x1111_1111 * (i + 1)));
    await memory.run([...block, next]);
    const bytes = await memory.read(0x2000_0000, 4 * words, 32);
    const read = [...new Uint32Array(bytes.buffer)];
    expect(read).toEqual([...block.map((_, i) => 0x1111_1111 * (i + 1)), ...expected]);
    if (next.op === "write") expect(ram.bytes.get(next.address)).toBe(next.value);
    expect(ram.accesses).toContain(`${next.op[0]}${next.width} ${next.address.toString(16)}`);
  });

  it("takes one round trip for 64 words", async () => {
    const { memory, target } = await connectedLab();
    await memory.run([read(0x2000_0000)]);
    const before = target.roundTrips.length;
    await memory.run(Array.from({ length: 64 }, (_, i) => word(0x2000_0000 + 4 * i, i)));
    expect(target.roundTrips.length - before).toBe(1);
  });
});

describe("MemAp: accesses with none of another caller's between them", () => {
  /** A port with the queue of a probe, and its memory. */
  async function queuedLab() {
    const all = lab();
    const probe = { connect: async () => all.port } as unknown as Probe;
    const port = await queuedProbe(probe, all.clock).connect("swd", 1);
    const dp = await DebugPort.connect(port, all.clock);
    return { ...all, memory: await MemAp.open(dp.accessPort(0)) };
  }

  it("go through the memory that they are given, in every form, while others wait", async () => {
    const { memory, ram } = await queuedLab();
    let other: Promise<void> | undefined;
    const word = await memory.together(async (own) => {
      other = memory.write(0x2000_0000, Uint8Array.of(9, 9, 9, 9), 32);
      await own.write(0x2000_0000, Uint8Array.of(1, 2, 3, 4), 32);
      await own.run([{ op: "write", address: 0x2000_0004, width: 32, value: 5 }]);
      const inner = await own.together?.((within) => within.read(0x2000_0004, 4, 32));
      return [...(await own.read(0x2000_0000, 4, 32)), inner?.[0]];
    });
    await other;
    expect(word).toEqual([1, 2, 3, 4, 5]);
    expect(ram.bytes.get(0x2000_0000)).toBe(9);
  });

  it("belong to the part also where the memory itself is used with the part's io", async () => {
    const { memory } = await queuedLab();
    const read = await memory.together((_own, io) => memory.read(0x2000_0000, 4, 32, io));
    expect(read).toEqual(new Uint8Array(4));
  });
});
