import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDeadline } from "../../../src/base/deadlines.ts";
import { TwinClock } from "../../../src/twin/clock.ts";

const MS = 1e9;
const never = () => new Promise<never>(() => {});

describe("twin clock in lock-step", () => {
  it("does not advance until time is passed explicitly", async () => {
    const clock = new TwinClock({ start: 7 });
    await Promise.resolve();
    expect(clock.now()).toBe(7);
    const slept = clock.sleep(3);
    expect(clock.now()).toBe(7 + 3e6);
    await slept;
  });

  it("runs everything due in order of time, events before alarms of the same moment", async () => {
    const clock = new TwinClock();
    const seen: string[] = [];
    clock.alarm(2 * MS, () => seen.push(`alarm 2 at ${clock.now()}`));
    clock.schedule(2 * MS, () => seen.push(`event 2 at ${clock.now()}`));
    clock.schedule(MS, () => seen.push(`event 1 at ${clock.now()}`));
    clock.alarm(3 * MS, () => seen.push("alarm 3"));
    await clock.sleep(2_500);
    expect(seen).toEqual([`event 1 at ${MS}`, `event 2 at ${2 * MS}`, `alarm 2 at ${2 * MS}`]);
    expect(clock.now()).toBe(2.5 * MS);
  });

  it("does not ring a cancelled alarm", async () => {
    const clock = new TwinClock();
    const cancel = clock.alarm(MS, () => expect.unreachable());
    cancel();
    cancel();
    await clock.sleep(2_000);
  });

  it("rings an alarm set in the past later than the call that set it returns", async () => {
    const clock = new TwinClock({ start: 5 * MS });
    let rung = 0;
    clock.alarm(MS, () => rung++);
    expect(rung).toBe(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(rung).toBe(1);
  });

  it("ends a sleep early when its signal is aborted by an event", async () => {
    const clock = new TwinClock();
    const off = new AbortController();
    clock.alarm(MS, () => off.abort(new Error("enough")));
    const calledOff = { code: "aborted", cause: new Error("enough") };
    await expect(clock.sleep(10_000, off.signal)).rejects.toMatchObject(calledOff);
    expect(clock.now()).toBe(MS);
    await expect(clock.sleep(1, off.signal)).rejects.toMatchObject(calledOff);
  });

  it("advances to the end of a transfer and no further", () => {
    const clock = new TwinClock();
    let done = false;
    clock.schedule(MS, () => (done = true));
    clock.schedule(2 * MS, () => expect.unreachable());
    clock.drive(() => done);
    expect(clock.now()).toBe(MS);
  });

  it("stops at an alarm before the response, which arrives when time advances further", async () => {
    const clock = new TwinClock();
    let done = false;
    let rung = false;
    clock.schedule(3 * MS, () => (done = true));
    clock.alarm(MS, () => (rung = true));
    clock.drive(() => done);
    expect({ rung, done, now: clock.now() }).toEqual({ rung: true, done: false, now: MS });
    await clock.sleep(2_000);
    expect(done).toBe(true);
  });

  it("rings the deadline of a wait without response as the earliest event", async () => {
    const clock = new TwinClock();
    const waiting = withDeadline(clock, { deadline: 4 * MS }, "an answer", () => {
      clock.drive(() => false);
      return never();
    });
    await expect(waiting).rejects.toMatchObject({ code: "timeout" });
    expect(clock.now()).toBe(4 * MS);
  });

  it("does not advance when nothing is scheduled", () => {
    const clock = new TwinClock();
    clock.drive(() => false);
    expect(clock.now()).toBe(0);
  });

  it("runs any set of events in order of their times", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (times) => {
        const clock = new TwinClock();
        const seen: number[] = [];
        for (const at of times) clock.schedule(at, () => seen.push(clock.now()));
        clock.drive(() => false);
        expect(seen).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});

describe("twin clock, paced", () => {
  function paced() {
    const asked: number[] = [];
    const pace = async (until: number) => void asked.push(until / MS);
    return { clock: new TwinClock({ pace }), asked };
  }

  it("reads the wall clock before every slice and every event", async () => {
    const { clock, asked } = paced();
    clock.alarm(7 * MS, () => {});
    await clock.sleep(12_000);
    expect(asked).toEqual([5, 7, 12]);
    expect(clock.now()).toBe(12 * MS);
  });

  it("completes a transfer in the background, alarms included", async () => {
    const { clock, asked } = paced();
    const done = new Promise<void>((resolve) => clock.schedule(3 * MS, resolve));
    clock.alarm(2 * MS, () => {});
    let over = false;
    void done.then(() => (over = true));
    clock.drive(() => over);
    expect(clock.now()).toBe(0);
    await done;
    expect(clock.now()).toBe(3 * MS);
    expect(asked).toEqual([2, 3]);
  });

  it("never runs backwards with two waits at once", async () => {
    const { clock } = paced();
    await Promise.all([clock.sleep(20_000), clock.sleep(3_000)]);
    expect(clock.now()).toBe(20 * MS);
  });

  it("calls its listener when time has passed", async () => {
    const seen: number[] = [];
    const clock = new TwinClock({ pace: async () => {}, passed: (now) => seen.push(now / MS) });
    await clock.sleep(6_000);
    expect(seen).toEqual([5, 6, 6]);
  });
});
