import { describe, expect, it } from "vitest";
import { CallQueue, MOST_PASSES } from "../../../src/adi/call-queue.ts";
import { queuedProbe } from "../../../src/adi/queued-probe.ts";
import { MILLISECOND, type Priority } from "../../../src/base/clock.ts";
import type { Probe } from "../../../src/probe/probe.ts";
import { FakeClock } from "../probe/fake-clock.ts";

/** A call that ends when it is let. */
function call(log: string[], name: string): { readonly run: () => Promise<void>; readonly end: () => void } {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    run: async () => {
      log.push(name);
      await done;
    },
    end,
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the queue of a probe's calls", () => {
  it("begins a call at once where none is under way", () => {
    const log: string[] = [];
    void new CallQueue(new FakeClock()).run(async () => void log.push("one"));
    expect(log).toEqual(["one"]);
  });

  it("lets the most urgent go first, and equals in the order of their arrival", async () => {
    const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
    const first = call(log, "first");
    const all = [queue.run(first.run)];
    for (const priority of ["live", "rtt", "job", "run-control", "job"] as Priority[])
      all.push(queue.run(async () => void log.push(priority), { priority }));
    first.end();
    await Promise.all(all);
    expect(log).toEqual(["first", "run-control", "job", "job", "rtt", "live"]);
  });

  it("runs a call that was passed eight times before more urgent ones", async () => {
    const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
    const first = call(log, "first");
    const all = [queue.run(first.run), queue.run(async () => void log.push("live"), { priority: "live" })];
    for (let i = 0; i < 30; i++) all.push(queue.run(async () => void log.push("job"), { priority: "job" }));
    first.end();
    await Promise.all(all);
    expect(log.indexOf("live")).toBe(1 + MOST_PASSES);
  });

  it("leaves the order of the others as it is where a waiting call is called off or late", async () => {
    const [log, clock] = [[] as string[], new FakeClock()];
    const queue = new CallQueue(clock);
    const first = call(log, "first");
    const under = queue.run(first.run);
    const stop = new AbortController();
    const off = queue.run(async () => void log.push("off"), { signal: stop.signal });
    const late = queue.run(async () => void log.push("late"), { deadline: clock.now() + MILLISECOND });
    const last = queue.run(async () => void log.push("last"));
    stop.abort();
    clock.pass(2 * MILLISECOND);
    await expect(off).rejects.toMatchObject({ code: "aborted" });
    await expect(late).rejects.toMatchObject({ code: "timeout" });
    expect(queue.length).toBe(1);
    first.end();
    await Promise.all([under, last]);
    expect(log).toEqual(["first", "last"]);
  });

  it("refuses a call at once that was called off before it came, and names what it would have waited for", async () => {
    const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
    const first = call(log, "first");
    const under = queue.run(first.run);
    const off = queue.run(async () => void log.push("off"), { signal: AbortSignal.abort() });
    await expect(off).rejects.toMatchObject({
      code: "aborted",
      details: { what: "the calls of others to the same probe to end" },
    });
    expect(queue.length).toBe(0);
    first.end();
    await under;
    expect(log).toEqual(["first"]);
  });

  it("runs the next call after one that failed", async () => {
    const queue = new CallQueue(new FakeClock());
    const failing = queue.run(() => Promise.reject(new Error("no")));
    const next = queue.run(async () => "yes");
    await expect(failing).rejects.toThrow("no");
    await expect(next).resolves.toBe("yes");
  });

  it("runs the parts of a call one after the other, before all that waits", async () => {
    const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
    const compound = queue.run(async ({ entry }) => {
      const part = (name: string) =>
        entry?.run(async () => {
          await settle();
          log.push(name);
        }, {});
      await Promise.all([part("a"), part("b")]);
      await entry?.run(
        ({ entry: inner }) => inner?.run(async () => void log.push("inner"), {}) ?? Promise.resolve(),
        {},
      );
    });
    const other = queue.run(async () => void log.push("other"), { priority: "run-control" });
    await Promise.all([compound, other]);
    expect(log).toEqual(["a", "b", "inner", "other"]);
  });

  it("lets a part that is used after its call wait like any other call", async () => {
    const queue = new CallQueue(new FakeClock());
    const entry = await queue.run(async (io) => io.entry);
    const log: string[] = [];
    const first = call(log, "first");
    const under = queue.run(first.run);
    const late = entry?.run(async () => void log.push("late"), {});
    await settle();
    expect(log).toEqual(["first"]);
    first.end();
    await Promise.all([under, late]);
    expect(log).toEqual(["first", "late"]);
  });
});

describe("a queued probe", () => {
  it("is the same one however often it is asked for, and makes every call but close wait", async () => {
    const log: string[] = [];
    const slow = call(log, "transfer");
    const probe = {
      info: {},
      connect: async () => ({
        transfersPerRoundTrip: 7,
        transfer: () => slow.run().then(() => Uint32Array.of(1)),
        sequence: async () => void log.push("sequence"),
      }),
      setSpeed: async () => void log.push("speed"),
      setPins: async () => void log.push("pins"),
      targetVoltage: async () => void log.push("voltage"),
      close: async () => void log.push("close"),
    } as unknown as Probe;
    const clock = new FakeClock();
    const queued = queuedProbe(probe, clock);
    expect(queuedProbe(probe, clock)).toBe(queued);
    expect(queuedProbe(queued, clock)).toBe(queued);
    const port = await queued.connect("swd", 1);
    expect(port.transfersPerRoundTrip).toBe(7);
    const first = port.transfer([]);
    const others = [
      port.sequence(new Uint8Array(1), 8),
      queued.setPins({}),
      queued.setSpeed(1),
      queued.targetVoltage?.(),
    ];
    await queued.close();
    await settle();
    expect(log).toEqual(["transfer", "close"]);
    slow.end();
    await Promise.all([first, ...others]);
    expect(log).toEqual(["transfer", "close", "sequence", "pins", "speed", "voltage"]);
  });

  it("makes the calls to its SWO receiver wait, too, and has none where the probe has none", async () => {
    const log: string[] = [];
    const slow = call(log, "pins");
    const swo = {
      speedFor: async (hz: number) => {
        log.push(`speedFor ${hz}`);
        return hz + 1;
      },
      start: async (hz: number) => void log.push(`start ${hz}`),
      read: async () => {
        log.push("read");
        return "piece";
      },
      stop: async () => void log.push("stop"),
    };
    const bare = { setPins: () => slow.run() } as unknown as Probe;
    const queued = queuedProbe({ ...bare, swo } as unknown as Probe, new FakeClock());
    const first = queued.setPins({});
    const others = [queued.swo?.speedFor(7), queued.swo?.start(8), queued.swo?.read(), queued.swo?.stop()];
    await settle();
    expect(log).toEqual(["pins"]);
    slow.end();
    expect(await Promise.all(others.map((one) => Promise.resolve(one)))).toEqual([8, undefined, "piece", undefined]);
    await first;
    expect(log).toEqual(["pins", "speedFor 7", "start 8", "read", "stop"]);
    expect(queuedProbe(bare, new FakeClock()).swo).toBeUndefined();
  });
});
