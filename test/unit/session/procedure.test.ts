import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../../src/adi/memory.ts";
import { AdiError } from "../../../src/adi/adi-error.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import type { Procedure, ProcedureStep, RegisterTest } from "../../../src/chips/procedure.ts";
import {
  foreignPortOf,
  hasResetStep,
  needsCore,
  type ProcedureWires,
  runProcedure,
} from "../../../src/session/procedure.ts";
import { CTRL_IDR, MADE_UP } from "../../support/made-up-chip.ts";
import { FakeClock } from "../probe/fake-clock.ts";

const A = 0x40000010;
const B = 0x40000014;
const memory = (address: number) => ({ in: "memory", address, width: 32 }) as const;
const port = (register: number, index = 1) => ({ in: "ap", ap: { v: 1, index }, register }) as const;
const write = (at: RegisterTest["at"], value: number): ProcedureStep => ({ step: "write", name: "write", at, value });
const test = (at: RegisterTest["at"], value: number, mask = 0xffffffff): RegisterTest => ({
  ...{ name: "the test", at, mask, value },
  otherwise: "it is not so",
});
const pin = (level: 0 | 1): ProcedureStep => ({ step: "pin", name: "reset line", pin: "nreset", level });
const procedure = (steps: readonly ProcedureStep[], more: Partial<Procedure> = {}): Procedure => ({
  ...{ name: "made up", what: "Does what the test says.", steps, cleanup: [], source: "this test" },
  ...more,
});
const chip: Chip = MADE_UP;

/** Places that hold words, and what was done to them and to the core, in order; an access may be made to fail. `trips` counts batches of memory. */
function lab(words: { readonly [place: string]: number } = {}) {
  const held = new Map(Object.entries(words));
  const log: string[] = [];
  let trips = 0;
  const clock = new FakeClock();
  const fail: { at?: string; error?: Error } = {};
  const done = (line: string) => {
    log.push(line);
    if (fail.at === line && fail.error) throw fail.error;
  };
  const place = (name: string) => ({
    read: async () => {
      done(`r ${name}`);
      return held.get(name) ?? 0;
    },
    write: async (value: number) => {
      done(`w ${name} ${value}`);
      held.set(name, value);
    },
  });
  const core = {
    halt: async () => done("halt"),
    reset: async (kind: string, leaves: string) => done(`reset ${kind} ${leaves}`),
    memory: {
      run: async (ops: readonly MemoryOp[]) => {
        const read: number[] = [];
        trips++;
        for (const op of ops) {
          const at = place(op.address.toString(16));
          if (op.op === "write") await at.write(op.value);
          else read.push(await at.read());
        }
        return Uint32Array.from(read);
      },
    },
  };
  const dp = {
    accessPort: (index: number) => ({
      read: (register: number) => place(`ap${index}.${register}`).read(),
      write: (register: number, value: number) => place(`ap${index}.${register}`).write(value),
    }),
    read: (register: number) => place(`dp.${register}`).read(),
    write: (register: number, value: number) => place(`dp.${register}`).write(value),
  };
  const wires = {
    ...{ clock, core, dp, aps: chip.debug.aps },
    probe: { setPins: async ({ nreset }: { nreset?: number }) => done(`nreset ${nreset}`) },
    reconnect: async () => done("reconnect"),
  } as unknown as ProcedureWires;
  const run = (one: Procedure, on: Partial<ProcedureWires> = {}, signal?: AbortSignal) =>
    runProcedure({ ...wires, ...on }, one, chip, { failed }, signal ? { signal } : {});
  return { held, log, clock, fail, run, trips: () => trips };
}

const failed = ({ name, otherwise }: RegisterTest, cause?: unknown) => new Error(`${name}: ${otherwise}`, { cause });
const NO_ANSWER = new AdiError("memory-fault", "no answer");

describe("the conditions of a procedure that has nothing to do", () => {
  const BOTH = [test(memory(A), 1), test(memory(B), 2, 0xf)];
  const BESIDE = [test(memory(A), 1), test(port(4), 2, 0xf)];

  it.each([
    ["in memory alone", BOTH, "40000014"],
    ["in memory and on a port", BESIDE, "ap1.4"],
  ])("leave its steps out where all hold by their masks, %s", async (_, unless, second) => {
    const { log, run } = lab({ "40000010": 1, [second]: 0xf2 });
    await run(procedure([write(memory(B), 9)], { unless }));
    expect(log).toEqual(["r 40000010", `r ${second}`]);
  });

  it("are one round trip where all are in memory", async () => {
    const one = lab({ "40000010": 1 });
    await one.run(procedure([], { unless: BOTH }));
    expect(one.trips()).toBe(1);
  });

  it.each([
    ["the first", 0, 2],
    ["the last", 1, 3],
    ["each", 0, 3],
  ])("let the steps run where %s does not hold, in memory and on ports", async (_, first, last) => {
    for (const [unless, second] of [
      [BOTH, "40000014"],
      [BESIDE, "ap1.4"],
    ] as const) {
      const { held, run } = lab({ "40000010": first, [second]: last });
      await run(procedure([write(memory(B), 9)], { unless }));
      expect(held.get("40000014")).toBe(9);
    }
  });

  it("that can't be read end the procedure, before a step of it or of its cleanup", async () => {
    const { log, fail, run } = lab();
    Object.assign(fail, { at: "r 40000010", error: NO_ANSWER });
    const one = procedure([write(memory(B), 9)], { unless: BOTH, cleanup: [pin(1)] });
    await expect(run(one)).rejects.toBe(NO_ANSWER);
    expect(log).toEqual(["r 40000010"]);
  });
});

describe("the steps of a procedure", () => {
  it("are done in their order, whatever they are on", async () => {
    const { log, run } = lab();
    await run(
      procedure([
        pin(0),
        write(memory(A), 1),
        write(port(4), 2),
        write({ in: "dp", register: 4 }, 3),
        write(memory(A), 4),
        write(memory(B), 5),
        { step: "halt", name: "halt" },
        { step: "reset", name: "reset", kind: "core", leaves: "halt" },
        write(memory(A), 6),
        write(memory(B), 7),
        { step: "reconnect", name: "back", deadlineMs: 10 },
        pin(1),
      ]),
    );
    expect(log).toEqual([
      ...["nreset 0", "w 40000010 1", "w ap1.4 2", "w dp.4 3", "w 40000010 4", "w 40000014 5"],
      ...["halt", "reset core halt", "w 40000010 6", "w 40000014 7", "reconnect", "nreset 1"],
    ]);
  });

  it("that begin with writes to memory are done once each", async () => {
    const { log, run } = lab();
    const halt = { step: "halt", name: "halt" } as const;
    await run(procedure([write(memory(A), 1), write(memory(B), 2), halt, write(memory(A), 3), write(memory(B), 4)]));
    expect(log).toEqual(["w 40000010 1", "w 40000014 2", "halt", "w 40000010 3", "w 40000014 4"]);
  });

  it.each([
    ["behind another write", [write(memory(A), 1), write(memory(B), 2)]],
    ["alone", [write(memory(B), 2)]],
  ])("before a reconnect may fail on the wire, %s", async (_, steps) => {
    const { log, fail, run } = lab();
    Object.assign(fail, { at: "w 40000014 2", error: NO_ANSWER });
    await run(procedure([...steps, { step: "reconnect", name: "back", deadlineMs: 10 }, write(memory(A), 3)]));
    expect(log.slice(-2)).toEqual(["reconnect", "w 40000010 3"]);
  });

  it.each([
    ["that is no reconnect", NO_ANSWER, pin(1)],
    ["that is a reconnect, for an error that is none of the wire's", new Error("a bug"), undefined],
  ])("that fail before a step %s end the procedure", async (_, error, next) => {
    const { log, fail, run } = lab();
    Object.assign(fail, { at: "w 40000014 2", error });
    const after = next ?? { step: "reconnect", name: "back", deadlineMs: 10 };
    await expect(run(procedure([write(memory(B), 2), after]))).rejects.toBe(error);
    expect(log).toEqual(["w 40000014 2"]);
  });

  it("change only the bits of their mask where they update", async () => {
    const { held, run } = lab({ "40000010": 0x812345f0 });
    await run(procedure([{ step: "update", name: "bits", at: memory(A), mask: 0xff, value: 0x0c }]));
    expect(held.get("40000010")).toBe(0x8123450c);
  });

  it("write nothing where two readings of a register to update are not the same", async () => {
    const { held, log, run } = lab({ "ap1.4": 1 });
    const read = held.get.bind(held);
    held.get = (name) => (read(name) ?? 0) + log.length;
    const update = { step: "update", name: "bits", at: port(4), mask: 1, value: 0 } as const;
    await expect(run(procedure([update]))).rejects.toMatchObject({ code: "unsteady-read" });
    expect(log).toEqual(["r ap1.4", "r ap1.4"]);
  });

  it.each([
    ["on the core", { step: "halt", name: "halt" } as const, { core: undefined }, "target-locked"],
    ["in memory", write(memory(A), 1), { core: undefined }, "target-locked"],
    [
      "that reconnects",
      { step: "reconnect", name: "back", deadlineMs: 1 } as const,
      { reconnect: undefined },
      "session-closed",
    ],
    [
      "on a port by its address",
      write({ in: "ap", ap: { v: 2, address: 0x2000 }, register: 0 }, 1),
      {},
      "ap-not-found",
    ],
  ])("%s are refused where that can't be reached", async (_, step, on, code) => {
    const { log, run } = lab();
    await expect(run(procedure([step]), on as Partial<ProcedureWires>)).rejects.toMatchObject({ code });
    expect(log).toEqual([]);
  });
});

describe("what a procedure holds", () => {
  const one = (steps: readonly ProcedureStep[]) => procedure([pin(0), ...steps], { cleanup: [pin(1)] });

  it("is left as its steps leave it where they succeed", async () => {
    const { log, run } = lab();
    await run(one([]));
    expect(log).toEqual(["nreset 0"]);
  });

  it("is let go where a test fails, and the error is the test's", async () => {
    const { log, run } = lab();
    await expect(run(one([{ ...test(memory(A), 1), step: "expect" }]))).rejects.toThrow("the test: it is not so");
    expect(log).toEqual(["nreset 0", "r 40000010", "nreset 1"]);
  });

  it("is let go where a wait is called off, which is no failed test", async () => {
    const { log, run } = lab();
    const stop = AbortSignal.abort();
    const wait = { ...test(memory(A), 1), step: "until", deadlineMs: 5, orElse: [write(memory(B), 1)] } as const;
    await expect(run(one([wait]), {}, stop)).rejects.toMatchObject({ code: "aborted" });
    expect(log).toEqual(["nreset 0", "r 40000010", "nreset 1"]);
  });
});

describe("a wait within a procedure", () => {
  const until = { ...test(memory(A), 1), step: "until", deadlineMs: 5 } as const;

  it("that can't read fails as its test, without another way being tried", async () => {
    const { log, fail, run } = lab();
    Object.assign(fail, { at: "r 40000010", error: NO_ANSWER });
    const work = run(procedure([{ ...until, orElse: [write(memory(B), 1)] }]));
    await expect(work).rejects.toMatchObject({ message: "the test: it is not so", cause: NO_ANSWER });
    expect(log).toEqual(["r 40000010"]);
  });

  it("lasts no longer than its deadline", async () => {
    const { clock, run } = lab();
    await expect(run(procedure([until]))).rejects.toThrow("the test");
    expect(clock.now() / 1e9).toBeGreaterThanOrEqual(5);
    expect(clock.now() / 1e9).toBeLessThan(8);
  });

  it("for a fixed time passes that time", async () => {
    const { clock, run } = lab();
    await run(procedure([{ step: "delay", name: "pause", ms: 7 }]));
    expect(clock.now() / 1e9).toBe(7);
  });
});

describe("what a procedure's steps need", () => {
  const loop = (step: ProcedureStep): ProcedureStep => ({ step: "loop", name: "twice", times: 2, steps: [step] });
  const until = (more: object): ProcedureStep => ({ ...test(port(4), 1), step: "until", deadlineMs: 1, ...more });
  const halt = { step: "halt", name: "halt" } as const;
  const reset = { step: "reset", name: "reset", kind: "system", leaves: "run" } as const;
  const WAYS = [
    ["directly", (step: ProcedureStep) => step],
    ["in a loop", loop],
    ["in a loop within a loop", (step: ProcedureStep) => loop(loop(step))],
    ["before each look of a wait", (step: ProcedureStep) => until({ each: [step] })],
    ["as the other way of a wait", (step: ProcedureStep) => until({ orElse: [step] })],
  ] as const;

  it.each(WAYS)("is the core for a halt, a reset and an access to memory %s", (_, inside) => {
    for (const step of [halt, reset, write(memory(A), 1)])
      expect(needsCore(procedure([pin(0), inside(step)]))).toBe(true);
    expect(needsCore(procedure([inside(write(port(4), 1))]))).toBe(false);
    expect(needsCore(procedure([inside(write({ in: "dp", register: 4 }, 1))]))).toBe(false);
  });

  it.each(WAYS)("is a reset of the core by its registers %s, and by no other step", (_, inside) => {
    expect(hasResetStep(procedure([pin(0), inside(reset)]))).toBe(true);
    for (const step of [halt, pin(0), write(memory(A), 1)]) expect(hasResetStep(procedure([inside(step)]))).toBe(false);
  });

  it.each(WAYS)("is a port of the chip's by number and IDR %s", (_, inside) => {
    const steps = [inside(write(port(0, 1), 1))];
    expect(foreignPortOf(procedure(steps), chip.debug.aps as never, chip)).toBeUndefined();
    expect(foreignPortOf(procedure(steps), [{ index: 1, idr: CTRL_IDR ^ 1 }] as never, chip)).toBe(1);
    expect(foreignPortOf(procedure(steps), [{ index: 0, idr: CTRL_IDR }] as never, chip)).toBe(1);
    expect(foreignPortOf(procedure([inside(write(port(0, 5), 1))]), chip.debug.aps as never, chip)).toBe(5);
  });

  it("is looked for in the cleanup, too, and nothing is done where its port is another chip's", async () => {
    const { log, run } = lab();
    const one = procedure([pin(0)], { cleanup: [write(port(0), 1)] });
    const aps = [{ index: 1, idr: CTRL_IDR ^ 1 }] as never;
    await expect(run(one, { aps })).rejects.toMatchObject({ code: "chip-mismatch" });
    expect(log).toEqual([]);
  });
});
