import { describe, expect, it } from "vitest";
import { type Clock, MICROSECOND, MILLISECOND, SECOND, within } from "../../../src/base/clock.ts";
import { pollUntil } from "../../../src/base/deadlines.ts";

/** A clock that only sleeping moves. */
function clock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (us) => {
      now += us * MICROSECOND;
    },
    alarm: () => () => {},
  };
}

/** How often something that comes at `atMs` is looked for, a look taking 10 us, and when it is seen. */
async function looks(atMs: number, patientAfterUs?: number) {
  const time = clock();
  let count = 0;
  const poll = {
    ...within(time, 10_000),
    everyUs: 0,
    what: "something",
    ...(patientAfterUs ? { patientAfterUs } : {}),
  };
  await pollUntil(time, poll, async () => {
    count++;
    await time.sleep(10);
    return time.now() >= atMs * MILLISECOND ? true : undefined;
  });
  return { count, seenAt: time.now() };
}

describe("pollUntil", () => {
  it("polls without a pause at first", async () => {
    expect(await looks(200, 250_000)).toEqual({ count: 20_000, seenAt: 0.2 * SECOND });
  });

  it("polls at longer intervals after a long wait, late by 1/32 at most", async () => {
    const { count, seenAt } = await looks(5_000, 250_000);
    expect(count).toBeLessThan(26_000);
    expect(seenAt).toBeLessThan(5 * SECOND * (1 + 1 / 32) + MILLISECOND);
    expect((await looks(5_000)).count).toBe(500_000);
  });

  it("ends at its deadline", async () => {
    const time = clock();
    const never = pollUntil(
      time,
      { ...within(time, 5_000), everyUs: 100, patientAfterUs: 1, what: "it" },
      async () => undefined,
    );
    await expect(never).rejects.toMatchObject({ code: "timeout" });
    expect(time.now()).toBeLessThan(5.2 * SECOND);
  });
});
