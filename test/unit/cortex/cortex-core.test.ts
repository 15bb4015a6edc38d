import { describe, expect, it } from "vitest";
import { within } from "../../../src/base/clock.ts";
import type { FakeCore } from "./fake-core.ts";
import { halted, setUp } from "./lab.ts";

describe("core state", () => {
  it.each([
    ["running", () => {}],
    ["halted", halted],
    ["sleeping", (fake: FakeCore) => Object.assign(fake, { sleeping: true })],
    ["lockup", (fake: FakeCore) => Object.assign(fake, { lockup: true })],
    ["in-reset", (fake: FakeCore) => Object.assign(fake, { inReset: 100 })],
  ] as const)("is %s", async (state, change) => {
    const { core } = await setUp(change);
    expect(await core.state()).toBe(state);
  });

  it("ignores a reset that ended before", async () => {
    const { core } = await setUp((fake) => Object.assign(fake, { resetSeen: true }));
    expect(await core.state()).toBe("running");
  });
});

describe("CortexCore: halt, resume, step", () => {
  it("halts and resumes in one round trip each", async () => {
    const { core, fake } = await setUp();
    await core.halt();
    await core.resume();
    expect(fake.log).toEqual(["3", "1"]);
    expect(fake.roundTrips).toBe(2);
  });

  it("fails when the core does not halt within two seconds", async () => {
    const { core, fake } = await setUp((fake) => Object.assign(fake, { deafTo: "halt" }));
    await expect(core.halt()).rejects.toMatchObject({ code: "core-halt-failed" });
    expect(fake.clock.now()).toBeLessThan(2.2e12);
  });

  it("masks interrupts for a step while C_HALT is set, and unmasks them after", async () => {
    const { core, fake } = await setUp(halted);
    await core.step();
    expect(fake.log).toEqual(["b", "d", "3"]);
    expect(fake.registers.get(15)).toBe(2);
  });

  it("masks no interrupts for a step that is to take them", async () => {
    const { core, fake } = await setUp(halted);
    await core.step({}, "taken");
    expect(fake.log).toEqual(["3", "5", "3"]);
  });

  it("throws what is no missing halt as it is", async () => {
    const { core, fake } = await setUp();
    fake.refuses = true;
    await expect(core.halt()).rejects.toMatchObject({ code: "memory-fault" });
  });

  it("steps also behind a reset that has ended", async () => {
    const { core, fake } = await setUp(halted);
    fake.resetSeen = true;
    await core.step();
    expect(fake.registers.get(15)).toBe(2);
  });

  it("makes further accesses in the round trip in which the core begins to run, and answers their words", async () => {
    const { core, fake } = await setUp(halted);
    fake.words.set(0x20000000, 0x12345678);
    const words = await core.resume({}, [{ op: "read", address: 0x20000000, width: 32 }]);
    expect([...words]).toEqual([0x12345678]);
    expect([fake.roundTrips, fake.halted]).toEqual([1, false]);
  });

  it("refuses to step a running core", async () => {
    const { core } = await setUp();
    await expect(core.step()).rejects.toMatchObject({
      code: "core-not-halted",
      message: expect.stringContaining("step"),
    });
  });

  it("ends waiting for a halt at the halt, at a lockup, or at the deadline", async () => {
    const ends = await setUp((fake) => Object.assign(fake, { runs: 9, endOfRun: () => halted(fake) }));
    await expect(ends.core.waitHalted()).resolves.toBeUndefined();
    const locks = await setUp((fake) => Object.assign(fake, { lockup: true }));
    await expect(locks.core.waitHalted()).rejects.toMatchObject({
      code: "core-call-failed",
      details: { state: "lockup" },
    });
    const never = await setUp();
    await expect(never.core.waitHalted(within(never.fake.clock, 20))).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("CortexCore: how long it waits for a halt", () => {
  const seconds = (ps: number) => ps / 1e12;

  it("is ten seconds where the caller has no deadline", async () => {
    const { core, fake } = await setUp();
    await expect(core.waitHalted()).rejects.toMatchObject({
      code: "timeout",
      details: { what: expect.stringContaining("core") },
    });
    expect(seconds(fake.clock.now())).toBeCloseTo(10, 1);
  });

  it("is as long as the caller's deadline, also where that is later", async () => {
    const { core, fake } = await setUp();
    await expect(core.waitHalted({ deadline: 12e12 })).rejects.toMatchObject({ code: "timeout" });
    expect(seconds(fake.clock.now())).toBeCloseTo(12, 1);
  });

  it("is two seconds after a request to halt", async () => {
    const { core, fake } = await setUp((fake) => Object.assign(fake, { deafTo: "halt" }));
    await expect(core.halt()).rejects.toMatchObject({
      code: "core-halt-failed",
      message: expect.stringContaining("halt"),
      cause: { code: "dap-until-timeout" },
    });
    expect(seconds(fake.clock.now())).toBeCloseTo(2, 1);
  });
});

describe("CortexCore: events", () => {
  it("are published of what its looks show, with the user who caused them", async () => {
    const { core, fake } = await setUp();
    const got: string[] = [];
    core.events.listen(({ event, by }) => void got.push(`${event} by ${by}`));
    await core.state();
    halted(fake);
    await core.state();
    await core.resume();
    await core.halt();
    await core.sharedWith("gdb", (memory) => memory).resume();
    await core.reset("system", "run");
    expect(got).toEqual([
      "halted by target",
      "resumed by session",
      "halted by session",
      "resumed by gdb",
      "reset by session",
    ]);
  });

  it("have the same name for the session as its breakpoints", async () => {
    const { core, fake } = await setUp();
    await core.breakpoints.set(0x100);
    expect(await core.breakpoints.sharedWith("session", fake).clear(0x100)).toBe(true);
  });
});

describe("CortexCore: breakpoints", () => {
  const comparators = (fake: FakeCore) => [0, 1, 2, 3, 4, 5].map((slot) => fake.words.get(0xe0002008 + slot * 4) ?? 0);

  it("select the halfword by REPLACE and enable the FPB with its key", async () => {
    const { core, fake } = await setUp();
    await core.breakpoints.set(0x08000036);
    await core.breakpoints.set(0x100);
    expect(comparators(fake).slice(0, 2)).toEqual([0x88000035, 0x40000101]);
    expect(fake.words.get(0xe0002000)).toBe(3);
  });

  it("use one comparator per address and release it", async () => {
    const { core, fake } = await setUp();
    await core.breakpoints.set(0x101);
    await core.breakpoints.set(0x100);
    expect(core.breakpoints.addresses).toEqual([0x100]);
    expect(await core.breakpoints.clear(0x100)).toBe(true);
    expect(await core.breakpoints.clear(0x100)).toBe(false);
    expect(comparators(fake)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("are limited to six and to the code region", async () => {
    const { core } = await setUp();
    await expect(core.breakpoints.set(0x20000000)).rejects.toMatchObject({
      code: "core-breakpoint",
      message: expect.stringMatching(/0x20000000.*code region/),
    });
    for (let i = 0; i < 6; i++) await core.breakpoints.set(i * 2);
    await expect(core.breakpoints.set(100)).rejects.toMatchObject({
      code: "core-breakpoint",
      message: expect.stringMatching(/0x00000064.* 6 /),
      details: { address: "0x00000064" },
    });
    await expect(core.breakpoints.set(0x1fffffff)).rejects.toMatchObject({ message: expect.stringContaining(" 6 ") });
  });

  it("of an earlier session are removed by clearAll", async () => {
    const { core, fake } = await setUp();
    fake.words.set(0xe0002010, 0x40000101);
    await core.breakpoints.clearAll();
    expect(comparators(fake)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
