import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { CoreError } from "../../../src/cortex/core-error.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";

/** A session whose core's first resets fail so; answers how many were asked for of either core. */
async function resetting(
  failures: readonly Error[],
  then: "run" | "halt",
  after: (session: Session) => Promise<void> = async () => {},
): Promise<{ readonly failure: unknown; readonly asked: number; readonly isAnew: boolean }> {
  const result = { failure: undefined as unknown, asked: 0, isAnew: false };
  await onTarget(board({ flash: "zero" }), async (session) => {
    const left = [...failures];
    const first = session.found.core;
    if (!first) throw new Error("there is no core");
    const reset = first.reset.bind(first);
    first.reset = (...given) => {
      result.asked++;
      const failure = left.shift();
      return failure ? Promise.reject(failure) : reset(...given);
    };
    await session.reset("system", then).catch((error: unknown) => {
      result.failure = error;
    });
    result.isAnew = session.found.core !== first;
    if (result.failure === undefined) await after(session);
  });
  return result;
}

const refused = () => new AdiError("memory-fault", "The target refused an access to memory at 0xE000EDFC");

describe("a reset of a chip that resets over and over", () => {
  it("connects anew where an access is refused, and halts the core at its reset then", async () => {
    const { failure, isAnew } = await resetting([refused()], "halt", async (session) => {
      expect(await session.core.state()).toBe("halted");
    });
    expect([failure, isAnew]).toEqual([undefined, true]);
  });

  it("reports the refusal where the core is to run, with the same connection", async () => {
    const { failure, asked, isAnew } = await resetting([refused()], "run");
    expect([(failure as AdiError).code, asked, isAnew]).toEqual(["memory-fault", 1, false]);
  });

  it("reports what is no refusal, with the same connection", async () => {
    const { failure, asked, isAnew } = await resetting([new CoreError("core-reset-failed", "no reset")], "halt");
    expect([(failure as CoreError).code, asked, isAnew]).toEqual(["core-reset-failed", 1, false]);
  });
});
