import { describe, expect, it } from "vitest";
import { Breakpoints } from "../../../src/cortex/breakpoints.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { FakeCore } from "./fake-core.ts";

const FP_COMP0 = 0xe0002008;
/** REPLACE 1: the lower halfword of a word; COMP holds the word's address in place. */
const lower = (address: number) => (0x40000000 | address | 1) >>> 0;
const upper = (address: number) => (0x80000000 | address | 1) >>> 0;
const comparators = ({ words }: FakeCore) => [0, 1, 2].map((slot) => words.get(FP_COMP0 + 4 * slot) ?? 0);

describe("Breakpoints of several users", () => {
  it("stay until the last user has cleared them", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 3);
    const gdb = own.sharedWith("gdb", fake);
    await own.set(0x100);
    await gdb.set(0x100);
    expect(await own.clear(0x100)).toBe(true);
    expect(await own.clear(0x100)).toBe(false);
    expect(comparators(fake)).toEqual([lower(0x100), 0, 0]);
    expect(await gdb.clear(0x101)).toBe(true);
    expect([comparators(fake), own.addresses]).toEqual([[0, 0, 0], []]);
  });

  it("are cleared for their own user alone", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 3);
    const gdb = own.sharedWith("gdb", fake);
    for (const address of [0x100, 0x200]) await own.set(address);
    for (const address of [0x202, 0x200]) await gdb.set(address);
    expect(await gdb.clear(0x100)).toBe(false);
    await gdb.clearOwn();
    expect([own.addresses, comparators(fake)]).toEqual([
      [0x100, 0x200],
      [lower(0x100), lower(0x200), 0],
    ]);
  });

  it("are cleared for their own user also where comparators are free or another user's", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 3);
    const gdb = own.sharedWith("gdb", fake);
    await own.set(0x100);
    await gdb.set(0x200);
    await own.clear(0x100);
    fake.roundTrips = 0;
    await own.clearOwn();
    expect([fake.roundTrips, own.addresses]).toEqual([0, [0x200]]);
    await gdb.clearOwn();
    expect([fake.roundTrips, own.addresses, comparators(fake)]).toEqual([1, [], [0, 0, 0]]);
  });

  it("stay where a comparator could not be written to clear them", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 1);
    await own.set(0x100);
    fake.refuses = true;
    await expect(own.clear(0x100)).rejects.toMatchObject({ code: "memory-fault" });
    fake.refuses = false;
    expect(own.addresses).toEqual([0x100]);
    expect(await own.clear(0x100)).toBe(true);
  });

  it("take a comparator each where two users set them at once", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 3);
    await Promise.all([own.set(0x100), own.sharedWith("gdb", fake).set(0x200)]);
    expect(comparators(fake)).toEqual([lower(0x100), lower(0x200), 0]);
  });

  it("are all gone for every user after clearAll", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 3);
    await own.sharedWith("gdb", fake).set(0x100);
    await own.clearAll();
    expect([own.addresses, comparators(fake)]).toEqual([[], [0, 0, 0]]);
  });

  it("reach the code region and nothing beyond it", () => {
    expect([0, 0x1fffffff, 0x20000000, 0xe0000000].map((at) => Breakpoints.reaches(at))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("free the comparator that could not be written", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 1);
    fake.refuses = true;
    await expect(own.set(0x100)).rejects.toMatchObject({ code: "memory-fault" });
    fake.refuses = false;
    await own.set(0x202);
    expect([own.capacity, own.addresses, comparators(fake)[0]]).toEqual([1, [0x202], upper(0x200)]);
  });

  it("are those of the core, for each user of it", async () => {
    const fake = new FakeCore();
    const core = await CortexCore.open(fake, fake.clock);
    const other = core.sharedWith("gdb", (memory) => memory);
    await core.breakpoints.set(0x100);
    await other.breakpoints.set(0x100);
    expect(await core.breakpoints.clear(0x100)).toBe(true);
    expect(other.breakpoints.addresses).toEqual([0x100]);
    expect([other.identity, other.events]).toEqual([core.identity, core.events]);
    await other.watchpoints.set({ address: 0x20000000, mask: 0, access: "any" });
    expect((await core.watchpoints.set({ address: 0x20000004, mask: 0, access: "any" })) ?? 0).toBe(2);
  });
});

describe("Breakpoints.clearForeign", () => {
  it("empties the enabled comparators that no user has set, and answers their addresses", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 4);
    await own.set(0x100);
    fake.words.set(FP_COMP0 + 4, upper(0x1230)).set(FP_COMP0 + 8, lower(0x2000) - 1);
    fake.words.set(FP_COMP0 + 12, lower(0x4440));
    expect(await own.clearForeign()).toEqual([0x1232, 0x4440]);
    expect(comparators(fake)).toEqual([lower(0x100), 0, lower(0x2000) - 1]);
    expect(fake.words.get(FP_COMP0 + 12)).toBe(0);
    expect(own.addresses).toEqual([0x100]);
  });

  it("writes nothing where there are none", async () => {
    const fake = new FakeCore();
    const own = new Breakpoints(fake, 4);
    await own.set(0x100);
    fake.roundTrips = 0;
    expect(await own.clearForeign()).toEqual([]);
    expect(fake.roundTrips).toBe(1);
  });
});
