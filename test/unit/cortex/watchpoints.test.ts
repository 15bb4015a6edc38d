import { describe, expect, it } from "vitest";
import { Watchpoints } from "../../../src/cortex/watchpoints.ts";
import { FakeCore } from "./fake-core.ts";

const DWT = { comp0: 0xe0001020, mask0: 0xe0001024, function0: 0xe0001028 } as const;
const TRCENA = 0x01000000;
const MATCHED = 0x01000000;

/** Comparator, mask and function, of one comparator. */
const comparator = ({ words }: FakeCore, n: number) =>
  [DWT.comp0, DWT.mask0, DWT.function0].map((register) => words.get(register + 16 * n));

const set = (fake: FakeCore, n: number, address: number, what: number) =>
  void fake.words.set(DWT.comp0 + 16 * n, address).set(DWT.function0 + 16 * n, what);

const at = (address: number) => ({ address, mask: 2, access: "write" }) as const;

describe("Watchpoints", () => {
  it.each([
    ["read", 5],
    ["write", 6],
    ["any", 7],
  ] as const)("writes address, mask and the function for %s into the first free comparator", async (access, code) => {
    const fake = new FakeCore();
    fake.demcr = 0x10;
    const watchpoints = new Watchpoints(fake, 2);
    expect(await watchpoints.set({ address: 0x20000010, mask: 3, access })).toBe(1);
    expect(comparator(fake, 0)).toEqual([0x20000010, 3, code]);
    // TRCENA is set beside what stood in DEMCR.
    expect(fake.demcr).toBe(0x10 + TRCENA);
    expect(await watchpoints.set({ address: 0x20000020, mask: 0, access })).toBe(2);
    expect(comparator(fake, 1)).toEqual([0x20000020, 0, code]);
  });

  it("answers undefined where every comparator is taken, and writes nothing", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 1);
    await watchpoints.set(at(0x20000000));
    fake.roundTrips = 0;
    expect(await watchpoints.set(at(0x20000004))).toBeUndefined();
    expect([fake.roundTrips, comparator(fake, 0)]).toEqual([0, [0x20000000, 2, 6]]);
  });

  it("frees the comparator of a watchpoint that could not be written", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 1);
    fake.refuses = true;
    await expect(watchpoints.set(at(0x20000000))).rejects.toMatchObject({ code: "memory-fault" });
    fake.refuses = false;
    expect(await watchpoints.set(at(0x20000004))).toBe(1);
  });

  it("clears its own comparator alone, which is free again; other handles are none", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 3);
    for (const address of [0x20000000, 0x20000004]) await watchpoints.set(at(address));
    for (const handle of [0, 3, 4]) expect(await watchpoints.clear(handle)).toBe(false);
    expect(await watchpoints.clear(2)).toBe(true);
    expect([comparator(fake, 0), comparator(fake, 1)]).toEqual([
      [0x20000000, 2, 6],
      [0x20000004, 2, 0],
    ]);
    expect(await watchpoints.clear(2)).toBe(false);
    expect(await watchpoints.set(at(0x20000008))).toBe(2);
  });

  it("shares its comparators with another user of the core", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 2);
    const other = watchpoints.sharedBy(fake);
    expect([await watchpoints.set(at(0x20000000)), await other.set(at(0x20000004))]).toEqual([1, 2]);
    expect(await watchpoints.set(at(0x20000008))).toBeUndefined();
  });

  it("names those that have matched, and reads only the comparators that are set", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 3);
    expect([...(await watchpoints.matched())]).toEqual([]);
    expect(fake.roundTrips).toBe(0);
    for (const address of [0x20000000, 0x20000004, 0x20000008]) await watchpoints.set(at(address));
    await watchpoints.clear(1);
    fake.words.set(DWT.function0, MATCHED).set(DWT.function0 + 32, MATCHED + 6);
    expect([...(await watchpoints.matched())]).toEqual([[3, at(0x20000008)]]);
  });
});

describe("Watchpoints.clearForeign", () => {
  it("empties what a debugger before has set, answers its addresses, and leaves its own", async () => {
    const fake = new FakeCore();
    const watchpoints = new Watchpoints(fake, 4);
    await watchpoints.set(at(0x20000000));
    set(fake, 1, 0x20000100, 0x5);
    set(fake, 2, 0x20000200, MATCHED);
    set(fake, 3, 0x20000300, 0x8);
    expect(await watchpoints.clearForeign()).toEqual([0x20000100, 0x20000300]);
    expect([0, 1, 3].map((n) => fake.words.get(DWT.function0 + 16 * n))).toEqual([6, 0, 0]);
    // A comparator that only has MATCHED is off: it is left as it is.
    expect(fake.words.get(DWT.function0 + 32)).toBe(MATCHED);
  });

  it("looks at no comparator while TRCENA is clear, and answers none where all are off", async () => {
    const fake = new FakeCore();
    set(fake, 0, 0x20000100, 5);
    fake.demcr = 0;
    expect(await new Watchpoints(fake, 2).clearForeign()).toEqual([]);
    expect(fake.words.get(DWT.function0)).toBe(5);
    fake.demcr = TRCENA;
    set(fake, 0, 0x20000100, 0);
    fake.roundTrips = 0;
    expect(await new Watchpoints(fake, 2).clearForeign()).toEqual([]);
    expect(fake.roundTrips).toBe(2);
  });
});
