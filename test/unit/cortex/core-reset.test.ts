import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import type { OwnReset } from "../../../src/cortex/core-reset.ts";
import { FakeCore } from "./fake-core.ts";
import { halted, setUp } from "./lab.ts";

const DHCSR = 0xe000edf0;
const AIRCR = 0xe000ed0c;
const TRCENA = 0x01000000;
const VC_CORERESET = 1;

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

  it("is not asked for where its guard throws by what it has looked at", async () => {
    const { core, fake } = await setUp();
    const looks = [{ op: "read", address: DHCSR, width: 32 }] as const;
    const check = async (words: Uint32Array | undefined) => {
      throw new RangeError(`seen ${words?.length}`);
    };
    await expect(core.reset("system", "halt", {}, { looks, check })).rejects.toThrow("seen 1");
    expect([fake.log, fake.halted]).toEqual([[], false]);
  });

  it("has a guard that is asked without words where the target refuses its looks, and is made where that does not throw", async () => {
    const { core, fake } = await setUp();
    const run = fake.run.bind(fake);
    fake.run = async (ops, io) => {
      if (ops[0].address === 0x40c) throw new AdiError("memory-fault", "broken");
      return run(ops, io);
    };
    const seen: unknown[] = [];
    const looks = [{ op: "read", address: 0x40c, width: 8 }] as const;
    await core.reset("system", "halt", {}, { looks, check: async (words) => void seen.push(words) });
    expect([seen, await core.state(), fake.demcr]).toEqual([[undefined], "halted", TRCENA]);
  });

  it("fails when S_RESET_ST does not show it", async () => {
    const { core } = await setUp((fake) => Object.assign(fake, { deafTo: "reset" }));
    await expect(core.reset("system", "halt")).rejects.toMatchObject({
      code: "core-reset-failed",
      message: expect.stringContaining("S_RESET_ST"),
      details: { how: "system", sawReset: false, dhcsr: "0x00030001" },
      cause: { code: "timeout", details: { what: expect.stringContaining("reset") } },
    });
  });

  it("fails where the core runs after a reset at whose end it was to halt", async () => {
    const { core } = await setUp((fake) => {
      const reset = fake.reset.bind(fake);
      fake.reset = (how) => {
        reset(how);
        fake.halted = false;
      };
    });
    await expect(core.reset("system", "halt")).rejects.toMatchObject({
      code: "core-reset-failed",
      message: expect.stringContaining("out of reset"),
      details: { sawReset: true },
    });
  });

  it("ends where it is called off, and gives each look the signal for that", async () => {
    const { core, fake } = await setUp((fake) => Object.assign(fake, { deafTo: "reset" }));
    const stop = new AbortController();
    const run = fake.run.bind(fake);
    const signals: unknown[] = [];
    fake.run = (ops, io) => {
      signals.push(io?.signal);
      if (signals.length === 5) stop.abort();
      return run(ops, io);
    };
    await expect(core.reset("system", "run", { signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
    expect(signals).toEqual(Array.from({ length: 5 }, () => stop.signal));
  });

  it("fails two seconds after it was asked for", async () => {
    const { core, fake } = await setUp((fake) => Object.assign(fake, { deafTo: "reset" }));
    await expect(core.reset("system", "run")).rejects.toMatchObject({ code: "core-reset-failed" });
    expect(fake.clock.now() / 1e12).toBeCloseTo(2, 1);
  });

  it("waits for as long as the core stays in reset, however often it is looked at", async () => {
    const { core, fake } = await setUp();
    const reset = fake.reset.bind(fake);
    fake.reset = (how) => {
      reset(how);
      fake.inReset = 40;
    };
    await core.reset("system", "run");
    expect(fake.inReset).toBe(0);
  });

  it("pulls the line for a millisecond, and releases it", async () => {
    const fake = new FakeCore();
    const levels: (readonly [level: number, at: number])[] = [];
    const resetPin = async (level: 0 | 1) => {
      levels.push([level, fake.clock.now()]);
      if (level === 1) fake.reset("pin");
    };
    const core = await CortexCore.open(fake, fake.clock, { resetPin });
    await core.reset("pin", "run");
    const [[first, pulled], [second, released]] = levels;
    expect([first, second, levels.length]).toEqual([0, 1, 2]);
    expect(released - pulled).toBe(1e9);
    expect(fake.log).toEqual(["reset pin"]);
  });

  it("leaves DEMCR to a firmware that runs already", async () => {
    const { core, fake } = await setUp();
    const reset = fake.reset.bind(fake);
    fake.reset = (how) => {
      reset(how);
      fake.demcr = 0x00010000;
    };
    await core.reset("system", "run");
    expect(fake.demcr).toBe(0x00010000);
  });

  it("clears a VC_CORERESET that a debugger has left where the core is to run", async () => {
    const { core, fake } = await setUp((fake) => Object.assign(fake, { demcr: TRCENA + VC_CORERESET }));
    await core.reset("system", "run");
    expect([fake.demcr, fake.halted]).toEqual([TRCENA, false]);
  });

  it.each([
    ["as it is asked for", AIRCR],
    ["as the core is looked at", DHCSR],
  ])("throws what is no refused access as it is %s", async (_, address) => {
    const { core, fake } = await setUp();
    const run = fake.run.bind(fake);
    fake.run = async (ops, io) => {
      if (ops.at(-1)?.address === address) throw new AdiError("dp-sticky-error", "WDATAERR");
      return run(ops, io);
    };
    await expect(core.reset("system", "halt")).rejects.toMatchObject({ code: "dp-sticky-error" });
  });

  it("is asked for where the access that asks for it is refused", async () => {
    const { core, fake } = await setUp();
    const run = fake.run.bind(fake);
    fake.run = async (ops, io) => {
      const words = await run(ops, io);
      if (ops.at(-1)?.address === AIRCR) throw new AdiError("memory-fault", "the chip is in reset");
      return words;
    };
    await core.reset("system", "halt");
    expect(await core.state()).toBe("halted");
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
    await expect(core.reset("system", "halt")).rejects.toMatchObject({
      code: "unsteady-read",
      message: expect.stringContaining("DEMCR"),
    });
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
      message: expect.stringContaining("pin"),
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

describe("CortexCore: the own reset of a chip", () => {
  /** A core whose chip resets in its own way, and what DEMCR was and whether the core was halted as it was asked to. */
  async function withOwn(answer: "seen" | "requested", act: (fake: FakeCore) => void) {
    const fake = new FakeCore();
    const asked: (readonly [demcr: number, isHalted: boolean])[] = [];
    const own: OwnReset = {
      before: async () => void fake.log.push("before"),
      request: async () => {
        asked.push([fake.demcr, fake.halted]);
        act(fake);
        return answer;
      },
    };
    const core = await CortexCore.open(fake, fake.clock, {
      resetPin: async () => fake.reset("pin"),
      ownReset: () => own,
    });
    return { fake, core, asked };
  }

  it("replaces SYSRESETREQ, with the core prepared as for that", async () => {
    const { fake, core, asked } = await withOwn("requested", (fake) => fake.reset("system"));
    await core.reset("system", "halt");
    expect(asked).toEqual([[TRCENA + VC_CORERESET, true]]);
    expect(fake.log).toEqual(["before", "3", "reset system"]);
    expect([await core.state(), fake.demcr]).toEqual(["halted", TRCENA]);
  });

  it.each(["core", "pin"] as const)("leaves a reset by %s as it is, but for what comes before each", async (how) => {
    const { fake, core, asked } = await withOwn("requested", () => {});
    await core.reset(how, "run");
    expect([asked, fake.log[0]]).toEqual([[], "before"]);
    expect(fake.log).toContain(`reset ${how}`);
  });

  it("is over where the chip has seen the core in reset, and is waited for where it has not", async () => {
    const seen = await withOwn("seen", () => {});
    await seen.core.reset("system", "run");
    const requested = await withOwn("requested", () => {});
    await expect(requested.core.reset("system", "run")).rejects.toMatchObject({ code: "core-reset-failed" });
  });

  it("is asked for at each reset: there may be none by then", async () => {
    const fake = new FakeCore();
    const core = await CortexCore.open(fake, fake.clock, { ownReset: () => undefined });
    halted(fake);
    await core.reset("system", "run");
    expect(fake.log).toEqual(["reset system"]);
  });
});
