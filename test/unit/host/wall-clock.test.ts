import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { wallClock } from "../../../src/host/wall-clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The longest time that a timer of the system has. */
const LONGEST = 0x7fff_ffff;

it("an alarm beyond the longest time of a timer rings when its time has come, and not before", () => {
  const ring = vi.fn();
  wallClock.alarm(wallClock.now() + (LONGEST + 60_000) * MILLISECOND, ring);
  vi.advanceTimersByTime(LONGEST + 59_000);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(ring).toHaveBeenCalledOnce();
});

it("an alarm that is taken back after its timer was set anew does not ring", () => {
  const ring = vi.fn();
  const cancel = wallClock.alarm(wallClock.now() + 2 * LONGEST * MILLISECOND, ring);
  vi.advanceTimersByTime(LONGEST + 1_000);
  cancel();
  vi.advanceTimersByTime(2 * LONGEST);
  expect(ring).not.toHaveBeenCalled();
});
