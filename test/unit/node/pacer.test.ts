import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { type Wall, wallPacer } from "../../../src/node/boards/pacer.ts";

/** A wall clock that only waiting moves on. */
class FakeWall implements Wall {
  private ms = 5000;

  now(): number {
    return this.ms * MILLISECOND;
  }

  async wait(ms: number): Promise<void> {
    this.ms += ms;
  }

  /** The host is busy with something else for so long. */
  pass(ms: number): void {
    this.ms += ms;
  }

  get elapsed(): number {
    return this.ms - 5000;
  }
}

describe("a board's pace", () => {
  it("is the wall clock's, wherever the board's own time began", async () => {
    const wall = new FakeWall();
    const pace = wallPacer(wall);
    for (let ms = 0; ms <= 10_000; ms += 5) await pace((777_000 + ms) * MILLISECOND);
    expect(wall.elapsed).toBe(10_000);
  });

  it("makes up for a short delay", async () => {
    const wall = new FakeWall();
    const pace = wallPacer(wall);
    await pace(0);
    wall.pass(80);
    for (let ms = 5; ms <= 1_000; ms += 5) await pace(ms * MILLISECOND);
    expect(wall.elapsed).toBe(1_000);
  });

  it("does not race after a long one", async () => {
    const wall = new FakeWall();
    const pace = wallPacer(wall);
    await pace(0);
    wall.pass(3_000);
    for (let ms = 5; ms <= 1_000; ms += 5) await pace(ms * MILLISECOND);
    expect(wall.elapsed).toBeGreaterThan(3_800);
  });
});
