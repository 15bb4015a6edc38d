import { describe, expect, it } from "vitest";
import { board, onTarget } from "../../support/board.ts";

describe("halting by the session", () => {
  it("catches a blank chip, which resets over and over, at any moment of its resets", async () => {
    const states = await onTarget(board({ flash: "zero" }), async (session) => {
      const halted: unknown[] = [];
      for (let us = 0; us < 600; us += 37) {
        await session.core.resume();
        await session.clock.sleep(2000 + us);
        await session.halt();
        halted.push(await session.core.state());
      }
      return halted;
    });
    expect(new Set(states)).toEqual(new Set(["halted"]));
  });

  it("passes on what is no refusal of the bus", async () => {
    const refused = await onTarget(board({ flash: "zero" }), async (session) => {
      const stop = AbortSignal.abort(new Error("called off"));
      return session.halt({ signal: stop }).catch((error: Error) => error.message);
    });
    expect(refused).toMatch(/called off|aborted|Called off/);
  });
});
