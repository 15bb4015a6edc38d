import { describe, expect, it } from "vitest";
import type { Procedure, Procedures, ProcedureStep } from "../../../src/chips/procedure.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { CTRL, connectMadeUp, FREEZE, ID, LAUNCH, MADE_UP, madeUp } from "../../support/made-up-chip.ts";

const memory = (address: number) => ({ in: "memory", address, width: 32 }) as const;
const port = (register: number) => ({ in: "ap", ap: { v: 1, index: 1 }, register }) as const;
const write = (at: ReturnType<typeof memory> | ReturnType<typeof port>, value: number): ProcedureStep => ({
  step: "write",
  name: "write",
  at,
  value,
});
const procedure = (...steps: ProcedureStep[]): Procedure => ({
  name: "made up",
  what: "Does what the test says.",
  steps,
  cleanup: [],
  source: "this test",
});
const chipWith = (procedures: Procedures): Chip => ({ ...MADE_UP, procedures });
const hex = (address: number) => address.toString(16);

const untilFrozen: ProcedureStep & { readonly step: "until" } = {
  ...{
    step: "until",
    name: "frozen",
    at: memory(FREEZE),
    mask: 1,
    value: 1,
    otherwise: "it stays warm",
    deadlineMs: 20,
  },
  each: [write(memory(FREEZE), 1)],
};

const RESET_BY_PORT = procedure(write(port(CTRL.RESET), 1), write(port(CTRL.RESET), 0));

describe("procedures of a chip", () => {
  it("before-connect runs before memory is touched, after-connect before the core halts, after-halt after it", async () => {
    const lab = madeUp();
    const uses = {
      "before-connect": procedure(write(port(CTRL.STATUS), 7)),
      "after-connect": procedure(write(memory(FREEZE), 1)),
      "after-halt": procedure(write(memory(FREEZE), 2)),
    };
    await connectMadeUp(lab, chipWith(uses));
    expect(lab.core.log).toEqual(["ap1 8 7", `w ${hex(FREEZE)} 1`, "halt", `w ${hex(FREEZE)} 2`]);
  });

  it("before-connect is followed by a scan that finds the port that it brought up", async () => {
    const lab = madeUp();
    const { idrs, ports } = lab.target;
    const { 0: ahb } = idrs;
    idrs[0] = 0;
    const bringUp = () => {
      idrs[0] = ahb;
    };
    ports[1] = { read: () => 0, write: bringUp };
    const session = await connectMadeUp(lab, chipWith({ "before-connect": procedure(write(port(CTRL.STATUS), 1)) }));
    expect(session.found.aps.map(({ index }) => index)).toEqual([0, 1]);
  });

  it("are left out where a port that they name is another chip's", async () => {
    const lab = madeUp();
    lab.target.idrs[1] = 0x001c0000;
    const session = await connectMadeUp(lab, chipWith({ "before-connect": procedure(write(port(CTRL.ERASE), 1)) }));
    expect(lab.core.log).toEqual(["halt"]);
    expect(session.found.match).toBe("yes");
  });

  it("are left out where the chip's registers identify another one", async () => {
    const lab = madeUp();
    lab.core.write(ID, 4, 0x4321);
    lab.core.log.length = 0;
    const uses = { "after-connect": procedure(write(memory(FREEZE), 1)), reset: RESET_BY_PORT };
    const session = await connectMadeUp(lab, chipWith({ ...uses, "after-halt": procedure(write(memory(FREEZE), 2)) }));
    await session.reset("system", "run");
    expect(session.found.match).toBe("no");
    expect(lab.core.log).toEqual(["halt", "reset by SYSRESETREQ"]);
  });

  it("leave a core alone that is only attached to, but for after-connect", async () => {
    const lab = madeUp();
    const uses = {
      "after-connect": procedure(write(memory(FREEZE), 1)),
      "after-halt": procedure(write(memory(FREEZE), 2)),
    };
    await connectMadeUp(lab, chipWith(uses), { how: "attach" });
    expect(lab.core.log).toEqual([`w ${hex(FREEZE)} 1`]);
  });

  it("throw procedure-failed with the test that did not come true", async () => {
    const never = {
      step: "expect",
      name: "ready",
      at: memory(FREEZE),
      mask: 1,
      value: 1,
      otherwise: "it is not ready",
    } as const;
    const failed = connectMadeUp(madeUp(), chipWith({ "after-connect": procedure(never) }));
    await expect(failed).rejects.toMatchObject({
      code: "procedure-failed",
      message: 'The MADE-UP did not do as it should in "made up": it is not ready',
      details: { procedure: "made up", step: "ready" },
    });
  });
});

describe("a reset of a chip with procedures", () => {
  it.each([
    ["run", false],
    ["halt", true],
  ] as const)("by its own way instead of SYSRESETREQ leaves the core as %s asks", async (then, isHalted) => {
    const lab = madeUp();
    const session = await connectMadeUp(lab, chipWith({ reset: RESET_BY_PORT }));
    lab.core.log.length = 0;
    await session.reset("system", then);
    expect(lab.core.log.filter((line) => line !== "run")).toEqual(["ap1 0 1", "ap1 0 0", "reset by port"]);
    expect(lab.core.isHalted).toBe(isHalted);
  });

  it("by its reset line is the line's, and before-reset runs before each", async () => {
    const lab = madeUp();
    const uses = { reset: RESET_BY_PORT, "before-reset": procedure(write(memory(FREEZE), 3)) };
    const session = await connectMadeUp(lab, chipWith(uses));
    lab.core.log.length = 0;
    const { setPins } = lab.probe;
    lab.probe.setPins = async (levels) => {
      if (levels.nreset === 1) lab.core.reset("line");
      return setPins(levels);
    };
    await session.reset("pin", "run");
    expect(lab.core.log).toEqual([`w ${hex(FREEZE)} 3`, "reset by line"]);
  });

  it("whose own way has a reset step takes the architecture's for that step", async () => {
    const lab = madeUp();
    const own = procedure(write(memory(FREEZE), 4), { step: "reset", name: "reset", kind: "system", leaves: "run" });
    const session = await connectMadeUp(lab, chipWith({ reset: own }));
    lab.core.log.length = 0;
    await session.reset("system", "run");
    expect(lab.core.log.filter((line) => line.startsWith("reset"))).toEqual(["reset by SYSRESETREQ"]);
  });

  it("runs after-halt where the core is to halt, and not where it is to run", async () => {
    const lab = madeUp();
    const session = await connectMadeUp(lab, chipWith({ "after-halt": procedure(write(memory(FREEZE), 5)) }));
    lab.core.log.length = 0;
    await session.reset("system", "run");
    expect(lab.core.log).not.toContain(`w ${hex(FREEZE)} 5`);
    await session.reset("system", "halt");
    expect(lab.core.log).toContain(`w ${hex(FREEZE)} 5`);
  });
});

describe("steps of a procedure", () => {
  it("reconnect waits for a link that was dropped, and core and memory work in the steps after it", async () => {
    const lab = madeUp();
    lab.core.onWrite = (address) => {
      if (address === LAUNCH) lab.target.dropLink(40);
      return undefined;
    };
    const steps = [
      write(memory(LAUNCH), 1),
      { step: "reconnect", name: "the chip starts anew", deadlineMs: 1_000 },
      write(memory(FREEZE), 6),
    ] as const;
    const session = await connectMadeUp(lab, chipWith({ "launch-options": procedure(...steps) }));
    const core = session.core;
    await session.launchOptions();
    expect(lab.core.log).toContain(`w ${hex(FREEZE)} 6`);
    expect(await session.core.state()).toBe("halted");
    expect(await core.memory.read(ID, 4, 32)).toEqual(Uint8Array.of(0x34, 0x12, 0, 0));
  });

  it("reconnect that finds nothing until its deadline throws dp-no-target", async () => {
    const lab = madeUp();
    lab.core.onWrite = (address) => {
      if (address === LAUNCH) lab.target.alive = false;
      return undefined;
    };
    const steps = [write(memory(LAUNCH), 1), { step: "reconnect", name: "back", deadlineMs: 200 }] as const;
    const session = await connectMadeUp(lab, chipWith({ "launch-options": procedure(...steps) }));
    await expect(session.launchOptions()).rejects.toMatchObject({ code: "dp-no-target" });
  });

  it("halt halts, and loop repeats its steps so many times", async () => {
    const lab = madeUp();
    const steps = [
      { step: "halt", name: "halt" },
      { step: "loop", name: "thrice", times: 3, steps: [write(memory(FREEZE), 1)] },
    ] as const;
    await connectMadeUp(lab, chipWith({ "after-connect": procedure(...steps) }), { how: "attach" });
    expect(lab.core.log).toEqual(["halt", ...Array(3).fill(`w ${hex(FREEZE)} 1`)]);
  });

  it("until does the steps of each before every look, and resumes at the first look that holds", async () => {
    const lab = madeUp();
    let looks = 0;
    lab.core.onWrite = (address) => {
      if (address === FREEZE && ++looks === 3) lab.core.onWrite = () => undefined;
      return looks < 3 ? "dropped" : undefined;
    };
    await connectMadeUp(lab, chipWith({ "after-halt": procedure(untilFrozen, write(memory(LAUNCH), 7)) }));
    expect(lab.core.log).toEqual(["halt", ...Array(3).fill(`w ${hex(FREEZE)} 1`), `w ${hex(LAUNCH)} 7`]);
  });

  it("until that times out does the steps of orElse, looks once more, and fails where it doesn't hold then", async () => {
    const orElse = [write(memory(LAUNCH), 9)];
    const chip = chipWith({ "after-halt": procedure({ ...untilFrozen, orElse }, write(memory(LAUNCH), 7)) });
    /** FREEZE takes nothing, or takes it once LAUNCH was written. */
    const warm = (isMended: boolean) => {
      const lab = madeUp();
      let launched = false;
      lab.core.onWrite = (address) => {
        launched ||= address === LAUNCH && isMended;
        return address === FREEZE && !launched ? "dropped" : undefined;
      };
      return lab;
    };
    const mended = warm(true);
    await connectMadeUp(mended, chip);
    expect(mended.core.log.slice(-3)).toEqual([`w ${hex(LAUNCH)} 9`, `w ${hex(FREEZE)} 1`, `w ${hex(LAUNCH)} 7`]);
    const lost = warm(false);
    await expect(connectMadeUp(lost, chip)).rejects.toThrow("it stays warm");
    expect(lost.core.log).not.toContain(`w ${hex(LAUNCH)} 7`);
    const without = connectMadeUp(warm(false), chipWith({ "after-halt": procedure(untilFrozen) }));
    await expect(without).rejects.toThrow("it stays warm");
  });
});
