import { describe, expect, it } from "vitest";
import { queuedProbe } from "../../../src/adi/queued-probe.ts";
import type { Io } from "../../../src/base/clock.ts";
import type { DapPort, Probe } from "../../../src/probe/probe.ts";
import { FakeClock } from "../probe/fake-clock.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A probe, or another object of functions, that notes each call with its arguments and answers what it was. */
function noting<T>(log: unknown[][], more: object = {}): T {
  const own = more as { readonly [name: string]: unknown };
  return new Proxy(own, {
    get: (target, name) =>
      typeof name === "symbol" || name === "then" || name in target
        ? target[name as string]
        : async (...given: unknown[]) => {
            log.push([name, ...given]);
            return `${name} done`;
          },
  }) as T;
}

/** A queued probe and its port, whose first transfer ends when it is let. */
async function lab() {
  const log: unknown[][] = [];
  let end = () => {};
  const slow = new Promise<Uint32Array>((resolve) => {
    end = () => resolve(Uint32Array.of(1));
  });
  const port = noting<DapPort>(log, { transfersPerRoundTrip: 7, transfer: () => slow });
  const bare = { info: { serial: "1" }, swo: noting(log), connect: async () => port };
  const clock = new FakeClock();
  const probe = noting<Probe>(log, bare);
  const queued = queuedProbe(probe, clock);
  return { log, clock, probe, queued, port: await queued.connect("swd", 1), bare, end };
}

type Lab = Awaited<ReturnType<typeof lab>>;
const BITS = new Uint8Array(1);

/** Each call but `close` and `transfer`, with its limits and what the probe is to be called with before them. */
const CALLS: readonly (readonly [name: string, call: (lab: Lab, io?: Io) => unknown, given: readonly unknown[]])[] = [
  ["setSpeed", ({ queued }, io) => queued.setSpeed(8, io), [8]],
  ["setPins", ({ queued }, io) => queued.setPins({ nreset: 0 }, io), [{ nreset: 0 }]],
  ["readDetails", ({ queued }, io) => queued.readDetails?.(io), []],
  ["targetVoltage", ({ queued }, io) => queued.targetVoltage?.(io), []],
  ["speedFor", ({ queued }, io) => queued.swo?.speedFor(9, io), [9]],
  ["start", ({ queued }, io) => queued.swo?.start(10, io), [10]],
  ["read", ({ queued }, io) => queued.swo?.read(io), []],
  ["stop", ({ queued }, io) => queued.swo?.stop(io), []],
  ["wake", ({ port }, io) => port.wake?.(BITS, 8, io), [BITS, 8]],
  ["sequence", ({ port }, io) => port.sequence(BITS, 8, io), [BITS, 8]],
  ["swdSequence", ({ port }, io) => port.swdSequence([{ count: 3 }], io), [[{ count: 3 }]]],
];

describe("a queued probe", () => {
  it.each(CALLS)("makes %s wait for the call under way, and gives and answers the same", async (name, call, given) => {
    const all = await lab();
    const first = all.port.transfer([]);
    const io = { deadline: 1000 };
    const waiting = call(all, io);
    await settle();
    expect(all.log).toEqual([]);
    all.end();
    expect([await first, await waiting]).toEqual([Uint32Array.of(1), `${name} done`]);
    expect(all.log).toEqual([[name, ...given, io]]);
  });

  it.each(CALLS)("makes %s leave the queue at its deadline", async (_, call) => {
    const all = await lab();
    const first = all.port.transfer([]);
    const late = expect(call(all, { deadline: 5 })).rejects.toMatchObject({ code: "timeout" });
    all.clock.pass(6);
    await late;
    all.end();
    await first;
    expect(all.log).toEqual([]);
  });

  it.each(CALLS)("makes %s at once where it is a part of the call under way", async (name, call) => {
    const all = await lab();
    const inner = await all.port.together?.(async (_port, io) => call(all, io));
    expect(inner).toBe(`${name} done`);
  });

  it("makes transfers and connecting wait, too, but not close", async () => {
    const { log, queued, port, end } = await lab();
    const ended: string[] = [];
    const first = port.transfer([]).then(() => ended.push("transfer"));
    const second = port.transfer([]).then(() => ended.push("transfer"));
    const third = queued.connect("swd", 2).then(() => ended.push("connect"));
    await queued.close();
    expect([log, ended]).toEqual([[["close"]], []]);
    end();
    await Promise.all([first, second, third]);
    expect(ended).toEqual(["transfer", "transfer", "connect"]);
  });

  it("gives batches that belong together the port itself, with their limits", async () => {
    const { port } = await lab();
    const io = await port.together?.(
      async (own, limits) => {
        await own.sequence(BITS, 8);
        return limits;
      },
      { deadline: 9 },
    );
    expect(io?.deadline).toBe(9);
  });

  it("is the same one however often it is asked for", async () => {
    const { clock, probe, queued } = await lab();
    expect(queuedProbe(probe, clock)).toBe(queued);
    expect(queuedProbe(queued, clock)).toBe(queued);
  });

  it("knows what the probe knows of itself, and how much its port takes, at any time", async () => {
    const { bare, queued, port } = await lab();
    expect([queued.info, port.transfersPerRoundTrip]).toEqual([{ serial: "1" }, 7]);
    bare.info = { serial: "2" };
    expect(queued.info).toEqual({ serial: "2" });
  });

  it("has no details, voltage, SWO receiver or wake-up where the probe has none", async () => {
    const probe = { connect: async () => ({ transfersPerRoundTrip: 1 }) } as unknown as Probe;
    const queued = queuedProbe(probe, new FakeClock());
    const optional = { ...queued, ...(await queued.connect("swd", 1)) };
    for (const name of ["readDetails", "targetVoltage", "swo", "wake"]) expect(optional).not.toHaveProperty(name);
  });
});
