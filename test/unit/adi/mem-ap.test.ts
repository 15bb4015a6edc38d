import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccessPort } from "../../../src/adi/access-port.ts";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { MILLISECOND } from "../../../src/base/clock.ts";
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

  it("keeps the protection bits that the port has, and sets those that an AHB-AP wants", async () => {
    const { dp, target } = await connectedLab();
    target.csw = 0x40000042;
    const memory = await MemAp.open(dp.accessPort(0));
    await memory.read(0x100, 1, 8);
    expect(target.csw & 0x7f000000).toBe(0x63000000);
  });

  it("transfers nothing for an empty range", async () => {
    const { memory } = await connectedLab();
    expect(await memory.read(0x100, 0, 32)).toEqual(new Uint8Array());
  });
});

describe("MemAp: a range across borders of 1 KB", () => {
  it.each<readonly [Width, count: number, start: number]>([
    [32, 0x10, 0x2000_07f8],
    [16, 0x06, 0x2000_03fe],
    [8, 0x0402, 0x2000_03ff],
    [32, 0x0400, 0x2000_0400],
  ])("is read and written at its own addresses: %i bits, %i bytes", async (width, count, start) => {
    const { memory, ram } = await connectedLab();
    const bytes = Uint8Array.from({ length: count }, (_, i) => i % 251);
    await memory.write(start, bytes, width);
    expect([...ram.bytes].every(([address, byte]) => bytes[address - start] === byte)).toBe(true);
    expect(ram.bytes.size).toBe(count);
    expect(await memory.read(start, count, width)).toEqual(bytes);
    expect(ram.accesses.filter((access) => access.startsWith("w")).length).toBe(count / (width / 8));
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
  /** An access port whose DRW fails with an error, and whose TAR reads as given afterwards. */
  const failingWith = (error: Error, tar: number) =>
    MemAp.open(
      new AccessPort(
        {
          runAp: async (_, ops) => {
            if (ops.some(({ address }) => address === 0x0c)) throw error;
            return Uint32Array.from(ops, ({ address }) => (address === 0x04 ? tar : 0));
          },
          together: (calls, io = {}) => calls(io),
        },
        0,
      ),
    );
  const refused = (...flags: string[]) => new AdiError("dp-sticky-error", "refused", { details: { flags } });

  it.each([
    { is: "TAR at the first byte of the block", tar: 0x100, address: 0x100 },
    { is: "TAR inside of the block", tar: 0x104, address: 0x104 },
    { is: "the block's own address where TAR has passed its end", tar: 0x110, address: 0x100 },
    { is: "the block's own address where TAR lies before it", tar: 0x0fc, address: 0x100 },
  ])("is $is", async ({ tar, address }) => {
    const memory = await failingWith(refused("STICKYORUN", "STICKYERR"), tar);
    await expect(memory.read(0x100, 0x10, 32)).rejects.toMatchObject({
      code: "memory-fault",
      message: expect.stringContaining(address32(address)),
      details: { address: address32(address), count: 0x10 },
      cause: { code: "dp-sticky-error" },
    });
  });

  it.each([
    ["a sticky error of the wire", refused("WDATAERR")],
    ["a sticky error without flags", new AdiError("dp-sticky-error", "refused")],
    ["another error of the port", new AdiError("dp-power-up", "down", { details: { flags: ["STICKYERR"] } })],
    ["an error of the probe", new Error("unplugged")],
  ])("is not looked for after %s, which is thrown as it is", async (_, error) => {
    const memory = await failingWith(error, 0x104);
    await expect(memory.read(0x100, 0x10, 32)).rejects.toBe(error);
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

  it("belong to the innermost part that their io names, and to the part itself where it names one further out", async () => {
    const { memory } = await queuedLab();
    await memory.write(0x2000_0000, Uint8Array.of(1, 2, 3, 4), 32);
    const read = await memory.together((own, outer) =>
      memory.together(async (inner, io) => {
        const byInner = await inner.read(0x2000_0000, 1, 8, outer);
        return [byInner[0], (await own.read(0x2000_0001, 1, 8, io))[0]];
      }, outer),
    );
    expect(read).toEqual([1, 2]);
  });

  it("belong to the part where their io has limits and no part", async () => {
    const { memory, clock } = await queuedLab();
    const deadline = clock.now() + 1000 * MILLISECOND;
    const late = { deadline: clock.now() };
    await memory.together(async (own) => {
      expect(await own.read(0x2000_0000, 1, 8, { deadline })).toEqual(Uint8Array.of(0));
      await expect(own.read(0x2000_0000, 1, 8, late)).rejects.toMatchObject({ code: "timeout" });
    });
  });

  it("go through where the probe has no queue, too", async () => {
    const { memory, ram } = await connectedLab();
    await memory.together(async (own) => {
      await own.write(0x2000_0000, Uint8Array.of(7), 8, {});
      expect(await own.read(0x2000_0000, 1, 8)).toEqual(Uint8Array.of(7));
    });
    expect(ram.accesses).toEqual(["w8 20000000", "r8 20000000"]);
  });
});
