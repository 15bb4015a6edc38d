import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../../src/adi/memory.ts";
import { type BesideCall, type PieceWork, runCode, runCodeBeside } from "../../../src/cortex/run-code.ts";
import { ProbeError } from "../../../src/probe/probe-error.ts";
import type { FakeCore } from "./fake-core.ts";
import { halted, setUp } from "./lab.ts";

const call = {
  entry: 0x20000101,
  args: [1, 2],
  stack: 0x20002000,
  returnTo: 0x20000010,
  staticBase: 0x20001000,
  timeoutMs: 50,
};

function returning(fake: FakeCore, pc: number, r0: number) {
  halted(fake);
  Object.assign(fake, { runs: 6 });
  fake.endOfRun = () => {
    fake.registers.set(15, pc).set(0, r0);
    fake.halted = true;
  };
}

const read = (address: number): MemoryOp => ({ op: "read", address, width: 32 });
const write = (address: number, value: number): MemoryOp => ({ op: "write", address, width: 32, value });

describe("a call of code in RAM", () => {
  it("passes arguments, stack and return address, and returns R0", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, 0x20000010, 42));
    const started = new Map<number, number>();
    const before = new Map(fake.registers);
    const end = fake.endOfRun;
    fake.endOfRun = () => {
      for (const [selector, value] of fake.registers) started.set(selector, value);
      end();
    };
    expect(await runCode(core, fake.clock, call)).toBe(42);
    expect([0, 1, 9, 17, 14, 15, 16, 20].map((selector) => started.get(selector))).toEqual([
      1, 2, 0x20001000, 0x20002000, 0x20000011, 0x20000100, 0x01000000, 1,
    ]);
    // What the call has no argument for is not written.
    for (const selector of [2, 3, 4]) expect(started.get(selector)).toBe(before.get(selector));
  });

  it("fails when the code stops elsewhere", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, 0x20000044, 0));
    await expect(runCode(core, fake.clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      message: expect.stringMatching(/0x20000101 stopped .*0x20000044/),
      details: { entry: "0x20000101", pc: "0x20000044" },
    });
  });

  it("halts code that does not end and fails", async () => {
    const { core, fake } = await setUp(halted);
    await expect(runCode(core, fake.clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      message: expect.stringMatching(/50 ms.*0x20000100/),
      details: { entry: "0x20000101", pc: "0x20000100" },
      cause: { code: "timeout" },
    });
    expect([fake.halted, fake.clock.now() < 100e9]).toEqual([true, true]);
  });

  it("keeps the call's own failure as the cause when the core cannot be halted afterwards", async () => {
    const { core, fake } = await setUp((fake) => {
      halted(fake);
      fake.deafTo = "halt";
    });
    await expect(runCode(core, fake.clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      message: expect.stringContaining("did not end in 50 ms; PC could not be read"),
      cause: { code: "timeout" },
      details: { entry: "0x20000101" },
    });
  });

  it("fails where the core locks up, with that as the cause, and the core is halted", async () => {
    const { core, fake } = await setUp((fake) => {
      halted(fake);
      Object.assign(fake, { runs: 6, endOfRun: () => Object.assign(fake, { lockup: true }) });
    });
    await expect(runCode(core, fake.clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      message: expect.stringContaining("0x20000101 failed"),
      details: { pc: "0x20000100" },
      cause: { details: { state: "lockup" } },
    });
    expect(fake.halted).toBe(true);
  });

  it.each([
    ["probe-protocol", undefined],
    ["usb-unplugged", undefined],
    ["pipe-closed", undefined],
    ["memory-fault", "core-call-failed"],
    [undefined, "core-call-failed"],
  ])("throws the error of a probe that was lost as it is: %s becomes %s", async (code, thrown) => {
    const { core, fake } = await setUp(halted);
    const lost = code ? Object.assign(new ProbeError("probe-protocol", "lost"), { code }) : new Error("lost");
    fake.runs = 6;
    fake.endOfRun = () => {
      fake.run = () => Promise.reject(lost);
    };
    const error: unknown = await runCode(core, fake.clock, call).catch((caught: unknown) => caught);
    if (thrown) expect(error).toMatchObject({ code: thrown, cause: lost });
    else expect(error).toBe(lost);
  });
});

describe("a call of code in RAM with accesses beside it", () => {
  const plain: BesideCall = { before: [], mayRun: () => true, after: [] };
  const RETURNED = call.returnTo;

  it("starts where it may by the words of the accesses before it, and answers those of the accesses behind it", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, RETURNED, 0));
    const asked: number[][] = [];
    const words = await runCodeBeside(core, fake.clock, call, {
      before: [write(0x20000800, 0x11), read(0x20000800), read(0xe000ed00)],
      mayRun: (seen) => asked.push([...seen]) > 0,
      after: [read(0x20000800), write(0x20000800, 0x22), read(0x20000800)],
    });
    expect(asked).toEqual([[0x11, 0x410fc241]]);
    expect([...(words ?? [])]).toEqual([0x11, 0x22]);
  });

  it("is not started where it may not run", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, RETURNED, 0));
    const words = await runCodeBeside(core, fake.clock, call, { ...plain, mayRun: () => false, after: [read(0)] });
    expect([words, fake.halted, fake.log]).toEqual([undefined, true, []]);
  });

  it.each([0, 3])("passes its arguments to a core that takes %i looks for a register", async (slow) => {
    const { core, fake } = await setUp((fake) => returning(fake, RETURNED, 0));
    const started = new Map<number, number>();
    const end = fake.endOfRun;
    Object.assign(fake, {
      slow,
      endOfRun: () => {
        for (const [selector, value] of fake.registers) started.set(selector, value);
        end();
      },
    });
    const words = await runCodeBeside(core, fake.clock, call, { ...plain, after: [read(0xe000ed00)] });
    expect([0, 1, 9, 17, 14, 15, 16, 20].map((selector) => started.get(selector))).toEqual([
      1, 2, 0x20001000, 0x20002000, 0x20000011, 0x20000100, 0x01000000, 1,
    ]);
    expect([...(words ?? [])]).toEqual([0x410fc241]);
  });

  it("takes three round trips where the code ends at once", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, RETURNED, 0));
    fake.runs = 2;
    await runCodeBeside(core, fake.clock, call, plain);
    expect(fake.roundTrips).toBe(3);
  });

  it("fails when the code stops elsewhere, or does not end", async () => {
    const elsewhere = await setUp((fake) => returning(fake, 0x20000044, 0));
    await expect(runCodeBeside(elsewhere.core, elsewhere.fake.clock, call, plain)).rejects.toMatchObject({
      code: "core-call-failed",
      details: { pc: "0x20000044" },
    });
    const endless = await setUp(halted);
    await expect(runCodeBeside(endless.core, endless.fake.clock, call, plain)).rejects.toMatchObject({
      code: "core-call-failed",
      cause: { code: "timeout" },
    });
    expect(endless.fake.halted).toBe(true);
  });

  it("ends where it is called off while the code runs, and the core is halted", async () => {
    const { core, fake } = await setUp(halted);
    const stop = new AbortController();
    fake.runs = 6;
    fake.endOfRun = () => stop.abort();
    const called = runCodeBeside(core, fake.clock, call, plain, { signal: stop.signal });
    await expect(called).rejects.toMatchObject({ code: "aborted" });
    expect(fake.halted).toBe(true);
  });
});

describe("work beside code that runs", () => {
  /** So many pieces of two accesses, what they were done for, and what was taken of them. */
  function pieces(count: number) {
    const taken: number[][] = [];
    let given = 0;
    const work: PieceWork = {
      next: () => (given < count ? [write(0x20000900, ++given), read(0x20000900)] : undefined),
      take: (words) => void taken.push([...words]),
      forget: () => {},
    };
    return { work, taken };
  }
  const beside = (work: PieceWork): BesideCall => ({ before: [], mayRun: () => true, after: [], duringRun: work });

  it("is done piece by piece as long as there is some, and its words are taken", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, call.returnTo, 0));
    fake.runs = 40;
    const { work, taken } = pieces(3);
    expect(await runCodeBeside(core, fake.clock, call, beside(work))).toEqual(new Uint32Array());
    expect(taken).toEqual([[1], [2], [3]]);
    expect(fake.halted).toBe(true);
  });

  it("ends where the core has halted, which is not waited for again", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, call.returnTo, 0));
    fake.runs = 6;
    const { work, taken } = pieces(100);
    await runCodeBeside(core, fake.clock, call, beside(work));
    expect(taken.length).toBe(2);
    // Registers and start; two pieces; PC.
    expect(fake.roundTrips).toBe(5);
  });

  it("is not begun on a core that does not run", async () => {
    const { core, fake } = await setUp((fake) => returning(fake, call.returnTo, 0));
    fake.sleeping = true;
    fake.runs = 40;
    const { work, taken } = pieces(3);
    await runCodeBeside(core, fake.clock, call, beside(work));
    expect(taken).toEqual([]);
  });
});
