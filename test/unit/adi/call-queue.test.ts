import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { CallQueue, MOST_PASSES } from "../../../src/adi/call-queue.ts";
import { MILLISECOND, type Priority } from "../../../src/base/clock.ts";
import type { WaitError } from "../../../src/base/errors.ts";
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

/** Node's types have no AbortSignal among what has listeners, which has some. */
const listenersOf = (signal: unknown): number => getEventListeners(signal as EventTarget, "abort").length;

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

  it("lets no call slip in between one that has ended and the one that goes next", async () => {
    // However many steps of the microtask queue after the end it comes.
    for (let steps = 0; steps < 12; steps++) {
      const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
      const first = call(log, "first");
      const second = call(log, "second");
      const under = [queue.run(first.run), queue.run(second.run)];
      first.end();
      for (let step = 0; step < steps; step++) await Promise.resolve();
      under.push(queue.run(async () => void log.push("third")));
      await settle();
      expect(log).toEqual(["first", "second"]);
      second.end();
      await Promise.all(under);
    }
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

  it("runs an urgent call next that came behind many others, which no call had passed", async () => {
    const [log, queue] = [[] as string[], new CallQueue(new FakeClock())];
    const all: Promise<void>[] = [];
    const urgent = () => queue.run(async () => void log.push("urgent"), { priority: "run-control" });
    for (let i = 0; i < 20; i++)
      all.push(
        queue.run(async () => {
          log.push("job");
          if (i === 12) all.push(urgent());
        }),
      );
    await Promise.all(all);
    await settle();
    expect(log.indexOf("urgent")).toBe(13);
  });

  it("leaves neither an alarm nor a listener where a call has waited", async () => {
    const clock = new FakeClock();
    const queue = new CallQueue(clock);
    const { signal } = new AbortController();
    const alarms = new Set<object>();
    const alarm = clock.alarm.bind(clock);
    clock.alarm = (at, ring) => {
      const one = { takeBack: alarm(at, ring) };
      alarms.add(one);
      return () => {
        alarms.delete(one);
        one.takeBack();
      };
    };
    const first = call([], "first");
    const under = queue.run(first.run);
    const waits = queue.run(async () => {}, { signal, deadline: MILLISECOND });
    const late = queue.run(async () => {}, { signal, deadline: 1 }).catch(() => {});
    const patient = queue.run(async () => {});
    expect([alarms.size, listenersOf(signal)]).toEqual([2, 2]);
    clock.pass(2);
    await late;
    expect([alarms.size, listenersOf(signal)]).toEqual([1, 1]);
    first.end();
    await Promise.all([under, waits, patient]);
    expect([alarms.size, listenersOf(signal)]).toEqual([0, 0]);
  });

  it("keeps a call under way that is called off or late: that is its own business", async () => {
    const [log, clock, stop] = [[] as string[], new FakeClock(), new AbortController()];
    const queue = new CallQueue(clock);
    const first = call(log, "first");
    const under = queue.run(first.run, { signal: stop.signal, deadline: 1 });
    stop.abort();
    clock.pass(2);
    first.end();
    await expect(under).resolves.toBeUndefined();
  });

  it("gives a call its limits, and a part that counts how deep it is", async () => {
    const queue = new CallQueue(new FakeClock());
    const io = await queue.run(async (own) => own, { deadline: 7, priority: "rtt" });
    expect(io).toMatchObject({ deadline: 7, priority: "rtt" });
    const depths = await queue.run(async ({ entry }) => [
      queue.depth,
      entry?.depth,
      await entry?.run(async (inner) => inner.entry?.depth, {}),
    ]);
    expect(depths).toEqual([0, 1, 2]);
  });

  it.each([
    ["late", "timeout"],
    ["called off", "aborted"],
  ])("names in the error of a call that is %s what it waited for, and why it ended", async (_, code) => {
    const [clock, stop, reason] = [new FakeClock(), new AbortController(), new Error("Ctrl+C")];
    const queue = new CallQueue(clock);
    const first = call([], "first");
    const under = queue.run(first.run);
    const waits = queue.run(async () => {}, { signal: stop.signal, deadline: 1 }).catch((error: WaitError) => error);
    if (code === "timeout") clock.pass(2);
    else stop.abort(reason);
    const error = (await waits) as WaitError;
    expect([error.code, error.cause]).toEqual([code, code === "timeout" ? undefined : reason]);
    expect(error.message).toContain(error.details["what"]);
    expect(/time/i.test(error.message)).toBe(code === "timeout");
    first.end();
    await under;
  });
});
