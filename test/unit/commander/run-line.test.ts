import { describe, expect, it } from "vitest";
import { type LineTarget, runLine } from "../../../src/commander/run/run-line.ts";
import { board, onTarget } from "../../support/board.ts";

/** Runs one line on a connected board; answers whether it did what it was for, and what it printed. */
async function ran(line: string, signal?: AbortSignal, breathe?: () => Promise<void>) {
  return onTarget(board({ flash: "zero" }), async (session) => {
    let text = "";
    const { clock, found } = session;
    const refuse = () => {
      throw new Error("no files");
    };
    const host: LineTarget["host"] = {
      ...{ openProbe: refuse, listProbes: async () => [], readFile: refuse, writeFile: refuse, note: () => {} },
      ...{ clock, isInteractive: false, ...(breathe && { breathe }) },
      out: (more) => {
        text += more;
      },
    };
    const opened = { probe: found.probe, clock, close: async () => {} };
    const rest = { device: undefined, tokens: [], checkWrite: () => {}, mayWritePorts: false };
    const before = clock.now();
    const isDone = await runLine(line, { session, opened, host, ...rest }, { ...(signal && { signal }) });
    return { isDone, text, seconds: (clock.now() - before) / 1e12 };
  });
}

describe("one line of the Commander for a server's client", () => {
  it("waits as long as it was asked to", async () => {
    expect(await ran("Sleep 500")).toMatchObject({ isDone: true, text: "Sleep(500)\n", seconds: 0.5 });
  });

  it("has failed once it waits for longer than a minute", async () => {
    const { isDone, text, seconds } = await ran("Sleep 100000000");
    expect(isDone).toBe(false);
    expect(text).toContain("Timed out waiting for a line's wait");
    expect(seconds).toBeGreaterThan(59);
    expect(seconds).toBeLessThan(61);
  });

  it("is called off by its signal in the middle of a wait", async () => {
    const called = new AbortController();
    const breathe = async () => called.abort();
    await expect(ran("Sleep 50000", called.signal, breathe)).rejects.toMatchObject({ code: "aborted" });
  });
});
