import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import type { BatchMemory, Memory } from "../../../src/adi/memory.ts";
import { walkRomTable } from "../../../src/adi/rom-table.ts";
import { wordsOf } from "../../../src/base/bytes.ts";
import { type Io, MILLISECOND } from "../../../src/base/clock.ts";
import { FakeClock } from "../probe/fake-clock.ts";

/** Memory of words; a page that is not there is a bus fault. */
class Words implements Memory {
  private readonly words = new Map<number, number>();
  private readonly pages = new Set<number>();

  put(address: number, value: number): this {
    this.words.set(address, value >>> 0);
    this.pages.add(address >>> 12);
    return this;
  }

  /** Identification registers as the manuals list them: PIDR4 to 7, PIDR0 to 3, CIDR0 to 3. */
  component(base: number, cid: number, pid: number, pidr4 = 4): this {
    const bytes = (word: number) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
    const all = [pidr4, 0, 0, 0, ...bytes(pid), ...bytes(cid)];
    for (const [i, byte] of all.entries()) this.put(base + 0xfd0 + i * 4, byte);
    return this;
  }

  async read(address: number, count: number): Promise<Uint8Array> {
    if (!this.pages.has(address >>> 12)) throw new AdiError("memory-fault", "no such page");
    const words = Uint32Array.from({ length: count / 4 }, (_, i) => this.words.get(address + i * 4) ?? 0);
    return new Uint8Array(words.buffer);
  }

  write(): Promise<void> {
    throw new Error("a walk writes nothing");
  }
}

const TABLE = 0xe00ff000;
const walk = (memory: Memory) => walkRomTable(memory, TABLE, new FakeClock());

/** The table of the K24, after the log that started this project. */
function k24(): Words {
  const memory = new Words().component(TABLE, 0xb105100d, 0x000bb4c4);
  const entries = [0xfff0f003, 0xfff02003, 0xfff03003, 0xfff01003, 0xfff41003, 0xfff42003, 0xfff43003, 0xfff44003];
  for (const [i, entry] of entries.entries()) memory.put(TABLE + i * 4, entry);
  memory.component(0xe000e000, 0xb105e00d, 0x000bb00c).component(0xe0001000, 0xb105e00d, 0x003bb002);
  memory.component(0xe0002000, 0xb105e00d, 0x002bb003).component(0xe0000000, 0xb105e00d, 0x003bb001);
  memory.component(0xe0040000, 0xb105900d, 0x000bb9a1).put(0xe0040fcc, 0x11);
  memory.component(0xe0041000, 0xb105900d, 0x000bb925).put(0xe0041fcc, 0x13);
  memory.component(0xe0042000, 0xb105900d, 0x003bb907).component(0xe0043000, 0xb105900d, 0x001bb908);
  return memory;
}

describe("ROM table of a K24", () => {
  it("lists what J-Link Commander lists, in its order", async () => {
    const { components } = await walk(k24());
    const lines = components.map(
      ({ base, cid, pid, name }) => [base, cid, pid].map((n) => n.toString(16)).join(" ") + ` ${name}`,
    );
    expect(lines).toEqual([
      "e000e000 b105e00d bb00c SCS",
      "e0001000 b105e00d 3bb002 DWT",
      "e0002000 b105e00d 2bb003 FPB",
      "e0000000 b105e00d 3bb001 ITM",
      "e0040000 b105900d bb9a1 TPIU",
      "e0041000 b105900d bb925 ETM",
      "e0042000 b105900d 3bb907 ETB",
      "e0043000 b105900d 1bb908 CSTF",
    ]);
  });

  it("has DEVTYPE for CoreSight components only", async () => {
    const { components } = await walk(k24());
    expect(components.map(({ devtype }) => devtype)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      0x11,
      0x13,
      0,
      0,
    ]);
  });
});

describe("walkRomTable", () => {
  it("skips entries that are not present and ends at the first zero", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0);
    memory
      .put(TABLE, 0xfff0f002)
      .put(TABLE + 4, 0xfff02003)
      .put(TABLE + 12, 0xfff03003);
    memory.component(0xe0001000, 0xb105e00d, 0x003bb002);
    expect((await walk(memory)).components.map(({ name }) => name)).toEqual(["DWT"]);
  });

  it("lists the entries of a table as far as a zero, in however many reads they come", async () => {
    for (const count of [15, 16, 17, 40]) {
      const memory = new Words().component(TABLE, 0xb105100d, 0).component(0xe0001000, 0xb105e00d, 0x003bb002);
      for (let i = 0; i < count; i++) memory.put(TABLE + 4 * i, i < count - 1 ? 0xfff02002 : 0xfff02003);
      memory.put(TABLE + 4 * (count + 1), 0xfff02003);
      expect((await walk(memory)).components.map(({ name }) => name)).toEqual(["DWT"]);
    }
  });

  it("lists no more entries than a table has room for", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).component(0xe0001000, 0xb105e00d, 0x003bb002);
    for (let i = 0; i < 0x3c0; i++) memory.put(TABLE + 4 * i, i < 0x3bf ? 0xfff02002 : 0xfff02003);
    memory.put(TABLE + 0xf00, 0xfff02003);
    expect((await walk(memory)).components.length).toBe(1);
  });

  it("takes the addresses of entries relative to the table, and names who made the chip", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0x000bb4c4).put(TABLE, 0xfff02003);
    memory.component(0xe0001000, 0xb105e00d, 0x003bb002);
    expect(await walk(memory)).toEqual({
      base: TABLE,
      cid: 0xb105100d,
      pid: 0x000bb4c4,
      designer: 0x23b,
      components: [{ base: 0xe0001000, cid: 0xb105e00d, pid: 0x003bb002, designer: 0x23b, name: "DWT" }],
    });
  });

  it("lists a component that cannot be read with zeros", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).put(TABLE, 0xfff41003);
    expect((await walk(memory)).components).toEqual([{ base: 0xe0040000, cid: 0, pid: 0, designer: 0 }]);
  });

  it("walks nested tables", async () => {
    const memory = k24()
      .put(TABLE + 32, 0xfffff003)
      .component(0xe00fe000, 0xb105100d, 0x000bb4c8);
    memory.put(0xe00fe000, 0xfff03003);
    const { components } = await walk(memory);
    expect(components[8].table).toMatchObject({ base: 0xe00fe000, components: [{ base: 0xe0001000, name: "DWT" }] });
  });

  it("does not name a part of another designer by Arm's part number", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).put(TABLE, 0xfff02003);
    memory.component(0xe0001000, 0xb105e00d, 0x00000002, 0);
    expect((await walk(memory)).components[0].name).toBeUndefined();
  });

  it("fails with rom-table-broken for tables that contain themselves", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).put(TABLE, 0x00000003);
    const at = { message: expect.stringContaining("0xE00FF000"), details: { base: "0xE00FF000" } };
    await expect(walk(memory)).rejects.toMatchObject({ code: "rom-table-broken", ...at });
  });

  /** Tables one in the other, the outermost one included. */
  function nestedTables(count: number): Words {
    const memory = new Words();
    for (let i = 0; i < count; i++) {
      memory.component(TABLE + i * 0x1000, 0xb105100d, 0);
      if (i < count - 1) memory.put(TABLE + i * 0x1000, 0x00001003);
    }
    return memory;
  }

  it("takes tables in tables four deep, and fails with rom-table-broken at the fifth", async () => {
    await expect(walk(nestedTables(4))).resolves.toMatchObject({ base: TABLE });
    await expect(walk(nestedTables(5))).rejects.toMatchObject({ code: "rom-table-broken" });
  });

  it("fails where a component is not read for another reason than a fault of the bus", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).put(TABLE, 0xfff02003);
    const read = memory.read.bind(memory);
    memory.read = async (address, count) => {
      if (address >>> 12 === 0xe0001) throw new AdiError("dp-sticky-error", "unplugged");
      return read(address, count);
    };
    await expect(walk(memory)).rejects.toMatchObject({ code: "dp-sticky-error" });
  });

  it("fails with memory-fault for a table that cannot be read", async () => {
    await expect(walk(new Words())).rejects.toMatchObject({ code: "memory-fault" });
  });

  it("fails with rom-table-broken where there is no table, with its address and its CID", async () => {
    const memory = new Words().component(TABLE, 0xb105e00d, 0);
    await expect(walk(memory)).rejects.toMatchObject({
      code: "rom-table-broken",
      message: expect.stringContaining("0xE00FF000"),
      details: { base: "0xE00FF000", cid: "0xB105E00D" },
    });
  });

  it("has ten seconds, or less where the call has less", async () => {
    const deadlines: unknown[] = [];
    const memory = k24();
    const watched = {
      read: (address: number, count: number, _width: unknown, io?: Io) => {
        deadlines.push(io?.deadline);
        return memory.read(address, count);
      },
    };
    await walkRomTable(watched, TABLE, new FakeClock());
    expect(new Set(deadlines.splice(0))).toEqual(new Set([10_000 * MILLISECOND]));
    await walkRomTable(watched, TABLE, new FakeClock(), { deadline: 5 });
    expect(new Set(deadlines)).toEqual(new Set([5]));
  });
});

/** The same memory with batches: one faults where any of its reads does. */
function batched(memory: Words, broken?: Error) {
  let [batches, reads] = [0, 0];
  const read: BatchMemory["read"] = (address, count) => {
    reads++;
    return memory.read(address, count);
  };
  const run: BatchMemory["run"] = async (ops) => {
    batches++;
    if (broken) throw broken;
    const words: number[] = [];
    for (const { address } of ops) words.push(...wordsOf(await memory.read(address, 4)));
    return Uint32Array.from(words);
  };
  return { memory: { read, run }, batches: () => batches, reads: () => reads };
}

describe("a walk through a memory that takes batches", () => {
  const walkBatched = ({ memory }: ReturnType<typeof batched>) => walkRomTable(memory, TABLE, new FakeClock());

  it("lists the same as one without, by one batch for all components of a table", async () => {
    const own = batched(k24());
    expect(await walkBatched(own)).toEqual(await walk(k24()));
    // The table's own identification and its entries are read before.
    expect([own.batches(), own.reads()]).toEqual([1, 2]);
  });

  it("lists the same of a table in a table", async () => {
    const nested = () =>
      k24()
        .put(TABLE + 32, 0xfffff003)
        .component(0xe00fe000, 0xb105100d, 0x000bb4c8)
        .put(0xe00fe000, 0xfff03003);
    expect(await walkBatched(batched(nested()))).toEqual(await walk(nested()));
  });

  it("fails with rom-table-broken for tables that contain themselves", async () => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).put(TABLE, 0x00000003);
    await expect(walkBatched(batched(memory))).rejects.toMatchObject({ code: "rom-table-broken" });
  });

  it("lists the others where one component faults", async () => {
    const unpowered = () => k24().put(TABLE + 32, 0xfff81003);
    const { components } = await walkBatched(batched(unpowered()));
    expect(components).toEqual((await walk(unpowered())).components);
    expect(components[8]).toMatchObject({ base: 0xe0080000, cid: 0 });
  });

  it("fails where the batch does for another reason than a fault of the bus", async () => {
    const broken = new AdiError("dp-sticky-error", "unplugged");
    await expect(walkBatched(batched(k24(), broken))).rejects.toBe(broken);
  });

  it.each([
    [32, 1],
    [33, 0],
  ])("reads %i components by %i batches", async (count, batches) => {
    const memory = new Words().component(TABLE, 0xb105100d, 0).component(0xe0001000, 0xb105e00d, 0x003bb002);
    for (let i = 0; i < count; i++) memory.put(TABLE + 4 * i, 0xfff02003);
    const own = batched(memory);
    expect((await walkBatched(own)).components.length).toBe(count);
    expect(own.batches()).toBe(batches);
  });
});
