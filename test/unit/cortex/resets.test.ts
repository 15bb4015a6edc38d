import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { runCode } from "../../../src/cortex/run-code.ts";
import { FakeCore } from "./fake-core.ts";

const DFSR = 0xe000ed30;
const AIRCR = 0xe000ed0c;

async function opened(change: (fake: FakeCore) => void = () => {}) {
  const fake = new FakeCore();
  const core = await CortexCore.open(fake, fake.clock);
  change(fake);
  return { fake, core };
}

/** Refuses accesses after a reset was asked for, where `isRefused` says so of the n-th, counted from 1; answers their number. */
function refusing(fake: FakeCore, isRefused: (n: number) => boolean): () => number {
  const run = fake.run.bind(fake);
  let accesses = 0;
  let isAsked = false;
  fake.run = async (ops, io) => {
    if (isAsked && isRefused(++accesses)) {
      fake.clock.pass(1e9);
      throw new AdiError("memory-fault", "the chip is in reset");
    }
    isAsked ||= ops.some(({ op, address }) => op === "write" && address === AIRCR);
    return run(ops, io);
  };
  return () => accesses;
}

describe("a reset that is waited for", () => {
  it("halts the core before VECTRESET, which is unpredictable on a running core, and lets it run then", async () => {
    const { fake, core } = await opened();
    await core.reset("core", "run");
    expect(fake.log.slice(0, 2)).toEqual(["3", "reset core"]);
    expect(fake.halted).toBe(false);
  });

  it("does not halt a core before SYSRESETREQ that is to run", async () => {
    const { fake, core } = await opened();
    await core.reset("system", "run");
    expect(fake.log[0]).toBe("reset system");
  });

  it("ends when the core is out of reset, and not when it is seen in it", async () => {
    const { fake, core } = await opened();
    await core.reset("system", "run");
    expect(fake.inReset).toBe(0);
  });

  it("takes C_HALT back where it outlived the reset of a core that is to run", async () => {
    const { fake, core } = await opened();
    const reset = fake.reset.bind(fake);
    fake.reset = (how) => {
      reset(how);
      fake.halted = true;
    };
    await core.reset("system", "run");
    expect([fake.halted, fake.debugEnabled]).toEqual([false, true]);
  });

  it("keeps looking while every look is refused one behind the other, and ends at the first answer out of reset", async () => {
    const { fake, core } = await opened();
    const accesses = refusing(fake, (n) => n <= 10);
    await core.reset("system", "run");
    expect(accesses()).toBeGreaterThan(10);
    expect(fake.inReset).toBe(0);
  });

  it("ends for a core that runs where looks are refused again and again: its firmware resets it", async () => {
    const { fake, core } = await opened();
    const accesses = refusing(fake, (n) => n % 2 === 0);
    fake.reset = (how) => {
      fake.log.push(how);
      fake.resetSeen = true;
      fake.inReset = 1000;
    };
    await core.reset("system", "run");
    expect(accesses()).toBeGreaterThanOrEqual(6);
    expect(accesses()).toBeLessThan(20);
  });

  it("does not end so for a core that is to halt: it fails, with what was seen", async () => {
    const { fake, core } = await opened();
    refusing(fake, (n) => n % 2 === 0);
    fake.reset = () => {
      fake.resetSeen = true;
      fake.inReset = 100_000;
    };
    await expect(core.reset("system", "halt")).rejects.toMatchObject({
      code: "core-reset-failed",
      details: { how: "system", sawReset: true },
    });
  });
});

describe("CortexCore", () => {
  it("clears every reason to halt in DFSR as it lets the core run, and before a step", async () => {
    const { fake, core } = await opened();
    await core.resume();
    expect(fake.words.get(DFSR)).toBe(0x1f);
    fake.words.set(DFSR, 0);
    await core.halt();
    await core.step();
    expect(fake.words.get(DFSR)).toBe(0x1f);
  });

  it("throws what is no refused access as it is when it looks for a core", async () => {
    const fake = new FakeCore();
    fake.run = () => Promise.reject(new AdiError("dp-sticky-error", "WDATAERR"));
    await expect(CortexCore.open(fake, fake.clock)).rejects.toMatchObject({ code: "dp-sticky-error" });
    fake.run = () => Promise.reject(new Error("unplugged"));
    await expect(CortexCore.open(fake, fake.clock)).rejects.toThrow("unplugged");
  });

  it("gives the looks of a wait its signal", async () => {
    const { fake, core } = await opened();
    const stop = new AbortController();
    const run = fake.run.bind(fake);
    const signals: unknown[] = [];
    fake.run = (ops, io) => {
      signals.push(io?.signal);
      if (signals.length === 3) stop.abort();
      return run(ops, io);
    };
    await expect(core.waitHalted({ signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
    expect(signals).toEqual([stop.signal, stop.signal, stop.signal]);
  });
});

describe("a call of code on the target that is called off", () => {
  it("throws that it was called off, and the core is halted", async () => {
    const { fake, core } = await opened((fake) => {
      fake.halted = true;
      fake.debugEnabled = true;
    });
    const stop = new AbortController();
    fake.runs = 5;
    fake.endOfRun = () => stop.abort();
    const call = { entry: 0x20000001, stack: 0x20001000, returnTo: 0x20000100, timeoutMs: 1_000 };
    await expect(runCode(core, fake.clock, call, { signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
    expect(fake.halted).toBe(true);
  });
});
