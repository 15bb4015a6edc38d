import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../../src/adi/memory.ts";
import type { MemAp } from "../../../src/adi/mem-ap.ts";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { Trace, type TraceRecord } from "../../../src/base/trace.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { CortexCore } from "../../../src/cortex/cortex-core.ts";
import type { Loader } from "../../../src/flash/loader.ts";
import type { DapOp, DapPort, Probe } from "../../../src/probe/probe.ts";
import { tracedCore, tracedLoader, tracedMemory, tracedProbe } from "../../../src/session/traced.ts";
import { FakeClock } from "../probe/fake-clock.ts";

/** A trace at the level of everything, and what it wrote. */
function traceOf() {
  const records: TraceRecord[] = [];
  const trace = new Trace(new FakeClock(), { level: "trace", write: (record) => void records.push(record) });
  const last = () => records.at(-1);
  return { trace, records, last };
}

const [bank] = k24.banks;
const bytes = (length: number) => new Uint8Array(length);

describe("a trace of a loader", () => {
  const done = async () => {};
  const loader: Loader = {
    ...{
      name: "ram",
      caps: { runsOn: false, eraseThen: true, marginBlank: true, provesErase: true } as Loader["caps"],
    },
    ...{ start: done, isBlank: async () => true, ensureBlank: done, eraseSector: done, eraseBank: done },
    ...{ program: done, settle: done, end: done, stop: done },
  };
  const first = [
    { address: 0x408, bytes: bytes(8) },
    { address: 0x500, bytes: bytes(8) },
  ];
  const at = { bank: "main", address: "0x00005000" };
  type Call = (of: Loader) => Promise<unknown> | undefined;

  it.each<[string, Call]>([
    ["start", (of) => of.start()],
    ["eraseBank", (of) => of.eraseBank?.(bank, [])],
    ["stop", (of) => of.stop()],
  ])("has %s at the level of what a job did", async (event, call) => {
    const { trace, last } = traceOf();
    await call(tracedLoader(loader, trace));
    expect(last()).toMatchObject({ layer: "flash", level: "info", event });
  });

  it.each<[string, Call, object]>([
    ["isBlank", (of) => of.isBlank?.(bank, 0x5000, 0x1000), { ...at, length: 0x1000 }],
    ["ensureBlank", (of) => of.ensureBlank?.(bank, 0x5000, 0x1000, []), { ...at, length: 0x1000 }],
    ["ensureBlank", (of) => of.ensureBlank?.(bank, 0x5000, 16, first), { ...at, length: 16, opening: "0x00000408" }],
    ["eraseSector", (of) => of.eraseSector(bank, 0x5000, []), at],
    ["eraseSector", (of) => of.eraseSector(bank, 0x5000, first), { ...at, opening: "0x00000408" }],
    ["program", (of) => of.program(bank, 0x5000, bytes(24)), { ...at, length: 24 }],
    ["settle", (of) => of.settle(), {}],
    ["end", (of) => of.end?.(), {}],
  ])(
    "has %s among the calls, with bank, address and length, and where it programs at once",
    async (event, call, fields) => {
      const { trace, last } = traceOf();
      await call(tracedLoader(loader, trace));
      expect(last()).toMatchObject({ layer: "flash", level: "debug", event, fields });
      expect(Object.keys(last()?.fields ?? {}).sort()).toEqual(Object.keys(fields).sort());
    },
  );

  it("has the bank of an erase of everything, and the loader's name at its start", async () => {
    const { trace, last } = traceOf();
    const traced = tracedLoader(loader, trace);
    await traced.eraseBank?.(bank, first);
    expect(last()?.fields).toEqual({ bank: "main", opening: "0x00000408" });
    await traced.start();
    expect(last()?.fields).toEqual({ loader: "ram" });
  });
});

describe("a trace of memory", () => {
  const words = (ops: readonly MemoryOp[]) => Uint32Array.from(ops, () => 0);
  const memory = {
    read: async (_: number, count: number) => bytes(count),
    write: async () => {},
    run: async (ops: readonly MemoryOp[]) => words(ops),
  } as unknown as MemAp;

  it.each([
    ["a read", (of: MemAp) => of.read(0x20000010, 12, 16), "read"],
    ["a write", (of: MemAp) => of.write(0x20000010, bytes(12), 16), "write"],
  ])("has address, length and width of %s", async (_, call, event) => {
    const { trace, last } = traceOf();
    await call(tracedMemory(memory, trace));
    const fields = { address: "0x20000010", count: 12, width: 16 };
    expect(last()).toMatchObject({ layer: "memory", level: "trace", event, fields });
  });

  it.each<[MemoryOp, string]>([
    [{ op: "read", address: 0x40000000, width: 8 }, "read 8 0x40000000"],
    [{ op: "write", address: 0x40000000, width: 32, value: 0x1f }, "write 32 0x40000000 0x0000001F"],
    [
      { op: "until", address: 0x40000000, width: 16, mask: 0x80, value: 0 },
      "until 16 0x40000000 & 0x00000080 = 0x00000000",
    ],
  ])("has each access of a batch with its width, and its value or its test: %o", async (op, text) => {
    const { trace, last } = traceOf();
    await tracedMemory(memory, trace).run([op]);
    expect(last()).toMatchObject({ layer: "memory", level: "trace", event: "run", fields: { ops: [text] } });
  });

  it("has the first accesses of a long batch", async () => {
    const { trace, last } = traceOf();
    const ops = Array.from({ length: 40 }, (_, i): MemoryOp => ({ op: "read", address: 4 * i, width: 32 }));
    await tracedMemory(memory, trace).run(ops);
    const shown = last()?.fields["ops"] as readonly string[];
    expect([shown[0], shown.length < ops.length]).toEqual(["read 32 0x00000000", true]);
  });
});

describe("a trace of a core", () => {
  const done = async () => {};
  const core = {
    ...{ halt: done, resume: done, step: done, waitHalted: done, reset: done, writeRegisters: done },
    readRegisters: async () => [1],
    state: async () => "halted",
  } as unknown as CortexCore;

  it.each<[string, (of: CortexCore) => Promise<unknown>, readonly (readonly [string, unknown])[]]>([
    ["halt", (of) => of.halt(), []],
    ["resume", (of) => of.resume(), []],
    ["step", (of) => of.step(), []],
    ["waitHalted", (of) => of.waitHalted(), []],
    [
      "reset",
      (of) => of.reset("system", "halt"),
      [
        ["how", "system"],
        ["then", "halt"],
      ],
    ],
    ["readRegisters", (of) => of.readRegisters(["PC", "SP"]), [["registers", ["PC", "SP"]]]],
    ["writeRegisters", (of) => of.writeRegisters({ PC: 4 }), [["registers", ["PC"]]]],
  ])("has %s among the calls, with the registers' names and without their values", async (event, call, fields) => {
    const { trace, last } = traceOf();
    await call(tracedCore(core, trace));
    expect(last()).toMatchObject({ layer: "core", level: "debug", event });
    expect(Object.entries(last()?.fields ?? {})).toEqual(fields);
  });

  it("has no record of a look at the state, which is one of memory", async () => {
    const { trace, records } = traceOf();
    expect(await tracedCore(core, trace).state()).toBe("halted");
    expect(records).toEqual([]);
  });
});

describe("a trace of a probe", () => {
  const levels = { nreset: 0, trst: 1, tck: 0, tms: 0, tdi: 0, tdo: 0 } as const;

  /** A probe whose port answers each read with one word, and what was asked of it. */
  function probeOf() {
    const port: DapPort = {
      transfersPerRoundTrip: 7,
      transfer: async (ops) => Uint32Array.from({ length: ops.length }, (_, i) => i + 0x10),
      sequence: async () => {},
      swdSequence: async () => [],
    };
    const probe = {
      info: { driver: "jlink" },
      connect: async () => port,
      setSpeed: async () => 3_900_000,
      setPins: async () => levels,
      targetVoltage: async () => 3300,
      close: async () => {},
    } as unknown as Probe;
    return { probe, port };
  }

  it("has what a call asked for and what it got", async () => {
    const { trace, records } = traceOf();
    const traced = tracedProbe(probeOf().probe, trace);
    await traced.setSpeed(4_000_000);
    await traced.setPins({ nreset: 0 });
    await traced.targetVoltage?.();
    await traced.close();
    expect(records.map(({ layer, level, event, fields }) => ({ layer, level, event, fields }))).toEqual(
      [
        { event: "setSpeed", fields: { hz: 4_000_000, really: 3_900_000 } },
        { event: "setPins", fields: { nreset: 0, levels } },
        { event: "targetVoltage", fields: { millivolts: 3300 } },
        { event: "close", fields: {} },
      ].map((one) => ({ layer: "probe", level: "debug", ...one })),
    );
    expect(traced.info.driver).toBe("jlink");
  });

  const dp = (a: 0 | 4 | 8 | 12) => ({ port: "dp", a }) as const;
  const ap = (a: 0 | 4 | 8 | 12) => ({ port: "ap", a }) as const;
  const write = (reg: DapOp["reg"], ...words: number[]): DapOp => ({
    op: "write",
    reg,
    words: Uint32Array.from(words),
  });

  it.each<[string, readonly DapOp[], "dp" | "ap", readonly string[]]>([
    [
      "reads of DP registers",
      [0, 4, 8, 12].map((a) => ({ op: "read", reg: dp(a as 0), count: 1 })),
      "dp",
      ["read DPIDR", "read CTRL/STAT", "read RESEND", "read RDBUFF"],
    ],
    [
      "writes of DP registers",
      [0, 4, 8, 12].map((a) => write(dp(a as 0), a)),
      "dp",
      ["write ABORT 0x00000000", "write CTRL/STAT 0x00000004", "write SELECT 0x00000008", "write TARGETSEL 0x0000000C"],
    ],
    [
      "a write that selects a port, and its register",
      [write(dp(8), 0xf0), { op: "read", reg: ap(12), count: 1 }],
      "ap",
      ["write SELECT 0x000000F0", "read AP ..C"],
    ],
    [
      "repeated accesses",
      [{ op: "read", reg: ap(12), count: 3 }, write(ap(12), 1, 2, 3)],
      "ap",
      ["read AP ..C x3", "write AP ..C 0x00000001 and 2 more"],
    ],
    [
      "a wait",
      [{ op: "until", reg: ap(12), mask: 0x80, value: 0x80 } as DapOp],
      "ap",
      ["until AP ..C & 0x00000080 = 0x00000080"],
    ],
  ])("has %s in the words of ADIv5, in the layer that they reach", async (_, ops, layer, texts) => {
    const { trace, last } = traceOf();
    const port = await tracedProbe(probeOf().probe, trace).connect("swd", 4_000_000);
    expect(last()).toMatchObject({
      layer: "probe",
      level: "debug",
      event: "connect",
      fields: { wire: "swd", hz: 4_000_000 },
    });
    const words = await port.transfer(ops);
    expect(last()).toMatchObject({
      layer,
      level: "trace",
      event: "transfer",
      fields: { ops: texts, count: ops.length },
    });
    expect(last()?.fields["words"]).toEqual([...words].map((word) => `0x000000${word.toString(16).toUpperCase()}`));
  });

  it("has the clocks of sequences, negative where the target drives, and the port keeps its properties", async () => {
    const { trace, last } = traceOf();
    const port = await tracedProbe(probeOf().probe, trace).connect("swd", 4_000_000);
    expect(port.transfersPerRoundTrip).toBe(7);
    expect("together" in port).toBe(false);
    await port.sequence(bytes(7), 51);
    expect(last()).toMatchObject({ layer: "dp", level: "trace", event: "sequence", fields: { bits: 51 } });
    await port.swdSequence([{ count: 8, drive: bytes(1) }, { count: 33 }]);
    expect(last()).toMatchObject({ layer: "dp", event: "swd sequence", fields: { clocks: [8, -33] } });
  });

  it("passes on an error with its code in the record", async () => {
    const { trace, last } = traceOf();
    const { probe, port } = probeOf();
    const error = new AdiError("memory-fault", "refused");
    port.transfer = async () => Promise.reject(error);
    const traced = await tracedProbe(probe, trace).connect("swd", 4_000_000);
    await expect(traced.transfer([write(dp(8), 0)])).rejects.toBe(error);
    expect(last()).toMatchObject({ event: "transfer", error: "memory-fault" });
  });
});
