import { describe, expect, it } from "vitest";
import type { BatchMemory } from "../../../src/adi/memory.ts";
import { type CoreEvent, CoreEvents, observed } from "../../../src/cortex/core-events.ts";
import { FakeCore } from "./fake-core.ts";

const DHCSR = 0xe000edf0;
const S_HALT = 0x20000;
const S_RESET_ST = 0x2000000;

/** Events, and what a listener has got of them: `halted by target`. */
function listened() {
  const events = new CoreEvents();
  const got: string[] = [];
  const end = events.listen(({ event, by }: CoreEvent) => void got.push(`${event} by ${by}`));
  return { events, got, end };
}

describe("CoreEvents", () => {
  it("publishes no event for the first look, and one for each change after it", () => {
    const { events, got } = listened();
    events.see([S_HALT]);
    events.see([S_HALT]);
    events.see([0]);
    events.see([0]);
    events.see([S_HALT]);
    expect(got).toEqual(["resumed by target", "halted by target"]);
  });

  it("publishes nothing for a first look at a running core", () => {
    const { events, got } = listened();
    events.see([0]);
    expect(got).toEqual([]);
  });

  it("publishes a reset that lasts over the reads of one batch once", () => {
    const { events, got } = listened();
    events.see([S_RESET_ST, S_RESET_ST]);
    events.see([S_RESET_ST, S_RESET_ST]);
    expect(got).toEqual(["reset by target"]);
    events.see([0, 0]);
    events.see([S_RESET_ST, 0]);
    expect(got).toEqual(["reset by target", "reset by target"]);
  });

  it("publishes each reset that a single read shows, because the read clears it", () => {
    const { events, got } = listened();
    events.see([S_RESET_ST]);
    events.see([S_RESET_ST]);
    expect(got).toEqual(["reset by target", "reset by target"]);
  });

  it("names the user during whose act it happened, and the target afterwards, also where the act fails", async () => {
    const { events, got } = listened();
    events.see([0]);
    await events.during("gdb", async () => {
      await events.during("rtt", async () => events.see([S_HALT]));
      events.see([0]);
    });
    const failing = events.during("gdb", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    events.see([S_HALT]);
    expect(got).toEqual(["halted by rtt", "resumed by gdb", "halted by target"]);
  });

  it("publishes once that a user has let the core run, and the halt after it", () => {
    const { events, got } = listened();
    events.see([S_HALT]);
    events.resumed("gdb");
    events.resumed("gdb");
    events.see([0]);
    events.see([S_HALT]);
    expect(got).toEqual(["resumed by gdb", "halted by target"]);
  });

  it("calls every listener until its end", () => {
    const { events, got, end } = listened();
    const others: string[] = [];
    events.listen(({ event }) => void others.push(event));
    events.see([S_HALT]);
    end();
    events.see([0]);
    expect([got, others]).toEqual([[], ["resumed"]]);
  });
});

describe("observed memory", () => {
  function watched(inner: BatchMemory = new FakeCore()) {
    const seen: number[][] = [];
    return { memory: observed(inner, (reads) => void seen.push([...reads])), seen };
  }

  it("shows the reads of DHCSR in a batch together, and no other word", async () => {
    const fake = new FakeCore();
    fake.halted = true;
    const { memory, seen } = watched(fake);
    const read = (address: number, width: 8 | 32 = 32) => ({ op: "read", address, width }) as const;
    await memory.run([
      { op: "write", address: DHCSR, width: 32, value: 0 },
      read(0xe000ed00),
      read(DHCSR),
      read(DHCSR, 8),
      read(DHCSR),
    ]);
    expect(seen).toEqual([[fake.dhcsr, fake.dhcsr]]);
    await memory.run([read(0xe000ed00)]);
    expect(seen.length).toBe(1);
  });

  it.each([
    ["begins at it", DHCSR, 4, true],
    ["has it inside", DHCSR - 8, 16, true],
    ["ends with it", DHCSR - 4, 8, true],
    ["has only its first bytes", DHCSR - 4, 6, false],
    ["ends before it", DHCSR - 8, 8, false],
    ["begins behind it", DHCSR + 4, 8, false],
  ])("shows DHCSR of a range that %s: %#", async (_, address, count, isShown) => {
    const inner = {
      read: async (at: number, length: number) => Uint8Array.from({ length }, (_, i) => (at + i) & 0xff),
    } as unknown as BatchMemory;
    const { memory, seen } = watched(inner);
    const bytes = await memory.read(address, count, 32);
    expect(bytes.length).toBe(count);
    expect(seen).toEqual(isShown ? [[0xf3f2f1f0]] : []);
  });

  it("writes through, and shows what is read within one part", async () => {
    const fake = new FakeCore();
    const together: BatchMemory["together"] = (accesses, io = {}) => accesses(fake, io);
    const { memory, seen } = watched(Object.assign(fake, { together }));
    await memory.write(0x20000000, Uint8Array.of(1, 2, 3, 4), 32);
    expect(fake.words.get(0x20000000)).toBe(0x04030201);
    await memory.together?.((own) => own.run([{ op: "read", address: DHCSR, width: 32 }]));
    expect(seen).toEqual([[fake.dhcsr]]);
    expect(watched(new FakeCore()).memory.together).toBeUndefined();
  });
});
