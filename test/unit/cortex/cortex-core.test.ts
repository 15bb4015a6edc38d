import { describe, expect, it } from "vitest";
import { within } from "../../../src/base/clock.ts";
import type { RegisterName } from "../../../src/cortex/core.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { selectorOf } from "../../../src/cortex/core-registers.ts";
import { runCode } from "../../../src/cortex/run-code.ts";
import { FakeCore } from "./fake-core.ts";
import { inHex } from "../../support/hex.ts";

async function setUp(change: (fake: FakeCore) => void = () => {}) {
  const fake = new FakeCore();
  const resetPin = async (level: 0 | 1) => {
    if (level === 0) fake.log.push("pin 0");
    else fake.reset("pin");
  };
  const core = await CortexCore.open(fake, fake.clock, { resetPin });
  change(fake);
  fake.roundTrips = 0;
  return { fake, core };
}

const halted = (fake: FakeCore) => {
  fake.halted = true;
  fake.debugEnabled = true;
};

describe("core identity", () => {
  it("of the K24 is Cortex-M4 r0p1 with FPU, 6 code and 2 literal comparators, 4 watchpoints", async () => {
    const { core } = await setUp();
    expect(core.identity).toEqual({
      cpuid: 0x410fc241,
      name: "Cortex-M4",
      revision: 0,
      patch: 1,
      hasFpu: true,
      codeBreakpoints: 6,
      literalBreakpoints: 2,
      watchpoints: 4,
    });
  });

  it.each(
    inHex([
      [0x412fc230, "Cortex-M3", 2, 0],
      [0x411fc272, "Cortex-M7", 1, 2],
      [0x410cc601, "Cortex-M0+", 0, 1],
      [0x410fd214, "Cortex-M33", 0, 4],
      [0x410fdead, "unknown core 0x410FDEAD", 0, 13],
    ]),
  )("of CPUID %s is %s", async (_, name, revision, patch, cpuid) => {
    const fake = new FakeCore();
    fake.words.set(0xe000ed00, cpuid).set(0xe000ef40, 0);
    const { identity } = await CortexCore.open(fake, fake.clock);
    expect(identity).toMatchObject({ name, revision, patch, hasFpu: false });
  });

  it("is undefined where no core answers or the bus refuses", async () => {
    const silent = new FakeCore();
    silent.words.set(0xe000ed00, 0);
    await expect(CortexCore.open(silent, silent.clock)).rejects.toMatchObject({ code: "core-not-found" });
    const locked = new FakeCore();
    locked.refuses = true;
    await expect(CortexCore.open(locked, locked.clock)).rejects.toMatchObject({ code: "core-not-found" });
  });
});

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

  it("refuses to step a running core", async () => {
    const { core } = await setUp();
    await expect(core.step()).rejects.toMatchObject({ code: "core-not-halted" });
  });

  it("ends waiting for a halt at the halt, at a lockup, or at the deadline", async () => {
    const ends = await setUp((fake) => Object.assign(fake, { runs: 9, endOfRun: () => halted(fake) }));
    await expect(ends.core.waitHalted()).resolves.toBeUndefined();
    const locks = await setUp((fake) => Object.assign(fake, { lockup: true }));
    await expect(locks.core.waitHalted()).rejects.toMatchObject({ code: "core-call-failed" });
    const never = await setUp();
    await expect(never.core.waitHalted(within(never.fake.clock, 20))).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("CortexCore: registers", () => {
  const ALL: RegisterName[] = ["R0", "R12", "SP", "LR", "PC", "XPSR", "MSP", "PSP", "CFBP", "FPSCR", "S0", "S31"];
  const SELECTORS = [0, 12, 13, 14, 15, 16, 17, 18, 20, 33, 64, 95];

  it("have the REGSEL numbers of the manual", () => {
    expect(ALL.map(selectorOf)).toEqual(SELECTORS);
  });

  it("are refused by name when no core has them", () => {
    for (const name of ["S32", "S01", "Sx", "R13"]) expect(() => selectorOf(name as RegisterName)).toThrow(name);
  });

  it("are read in one round trip", async () => {
    const { core, fake } = await setUp(halted);
    for (const selector of SELECTORS) fake.registers.set(selector, 0x1000 + selector);
    expect(await core.readRegisters(ALL)).toEqual(SELECTORS.map((selector) => 0x1000 + selector));
    expect(fake.roundTrips).toBe(1);
  });

  it("are written in one round trip", async () => {
    const { core, fake } = await setUp(halted);
    await core.writeRegisters({ R0: 1, PC: 0x100, S31: 0xffffffff });
    expect([0, 15, 95].map((selector) => fake.registers.get(selector))).toEqual([1, 0x100, 0xffffffff]);
    expect(fake.roundTrips).toBe(1);
  });

  it("are retried one by one on a slow core", async () => {
    const { core, fake } = await setUp(halted);
    fake.registers.set(0, 7).set(1, 8);
    fake.slow = 3;
    expect(await core.readRegisters(["R0", "R1"])).toEqual([7, 8]);
    await core.writeRegisters({ R2: 9, R3: 10 });
    expect([fake.registers.get(2), fake.registers.get(3)]).toEqual([9, 10]);
  });

  it("are refused while the core runs", async () => {
    const { core } = await setUp();
    await expect(core.readRegisters(["R0"])).rejects.toMatchObject({ code: "core-not-halted" });
    await expect(core.writeRegisters({ R0: 1 })).rejects.toMatchObject({ code: "core-not-halted" });
  });
});

describe("CortexCore: reset", () => {
  it.each(["system", "core", "pin"] as const)(
    "%s, then halt: caught by VC_CORERESET, which is cleared afterwards",
    async (how) => {
      const { core, fake } = await setUp();
      await core.reset(how, "halt");
      expect(fake.log).toContain(`reset ${how}`);
      expect(await core.state()).toBe("halted");
      expect(fake.demcr).toBe(0x01000000);
    },
  );

  it.each(["system", "core", "pin"] as const)("%s, then run", async (how) => {
    const { core } = await setUp(halted);
    await core.reset(how, "run");
    expect(await core.state()).toBe("running");
  });

  it("fails when S_RESET_ST does not show it", async () => {
    const { core } = await setUp((fake) => Object.assign(fake, { deafTo: "reset" }));
    await expect(core.reset("system", "halt")).rejects.toMatchObject({
      code: "core-reset-failed",
      details: { sawReset: false },
    });
  });

  it("throws unsteady-read and requests no reset when DEMCR reads differently the second time", async () => {
    const { core, fake } = await setUp((fake) => {
      const run = fake.run.bind(fake);
      fake.run = async (ops, io) => {
        const words = await run(ops, io);
        if (ops.length === 2 && ops.every(({ address }) => address === 0xe000edfc)) words[1] ^= 1;
        return words;
      };
    });
    await expect(core.reset("system", "halt")).rejects.toMatchObject({ code: "unsteady-read" });
    expect(fake.log).not.toContain("reset system");
  });

  it("is not mixed up with a reset that was seen before", async () => {
    const { core } = await setUp((fake) => Object.assign(fake, { deafTo: "reset", resetSeen: true }));
    await expect(core.reset("system", "run")).rejects.toMatchObject({ details: { sawReset: false } });
  });

  it("fails without a pin to pull", async () => {
    const fake = new FakeCore();
    const core = await CortexCore.open(fake, fake.clock);
    await expect(core.reset("pin", "run")).rejects.toMatchObject({
      code: "core-reset-failed",
      details: { how: "pin" },
    });
  });

  it("waits while the bus refuses accesses", async () => {
    const { core, fake } = await setUp();
    const sleep = fake.clock.sleep.bind(fake.clock);
    fake.clock.sleep = async (us) => {
      fake.refuses = fake.clock.now() < 40e9;
      return sleep(us * 10);
    };
    await core.reset("system", "halt");
    expect(await core.state()).toBe("halted");
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
    await expect(core.breakpoints.set(0x20000000)).rejects.toMatchObject({ code: "core-breakpoint" });
    for (let i = 0; i < 6; i++) await core.breakpoints.set(i * 2);
    await expect(core.breakpoints.set(100)).rejects.toMatchObject({
      code: "core-breakpoint",
      details: { address: "0x00000064" },
    });
  });

  it("of an earlier session are removed by clearAll", async () => {
    const { core, fake } = await setUp();
    fake.words.set(0xe0002010, 0x40000101);
    await core.breakpoints.clearAll();
    expect(comparators(fake)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("CortexCore: running code in RAM", () => {
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
      details: { entry: "0x20000101", pc: "0x20000044" },
    });
  });

  it("halts code that does not end and fails", async () => {
    const { core, fake } = await setUp(halted);
    await expect(runCode(core, fake.clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      cause: { code: "timeout" },
    });
    expect(fake.halted).toBe(true);
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
});
