import { describe, expect, it } from "vitest";
import { serveSwoBeside } from "../../../src/cli/serving/swo-beside.ts";
import { PipeError } from "../../../src/pipe/pipe.ts";
import type { SwoReceiver } from "../../../src/probe/probe.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";
import { ALPHABET, runProgram } from "../../support/itm-programs.ts";
import { until } from "../../support/sockets.ts";

const REQUEST = { ports: 1, cpuHz: 20_971_520, swoHz: 1_000_000 };

/** Serves SWO on a board whose core runs; `receiver` stands in for the probe's. */
async function serving(
  receiver: (own: SwoReceiver) => SwoReceiver,
  work: (
    served: Awaited<ReturnType<typeof serveSwoBeside>>,
    notes: readonly string[],
    rests: () => number,
  ) => Promise<void>,
): Promise<void> {
  await onTarget(board({ flash: "zero" }), async (session) => {
    await runProgram(session, ALPHABET);
    const notes: string[] = [];
    let rests = 0;
    const served = await serveSwoBeside({
      session: withReceiver(session, receiver),
      port: 0,
      startsByItself: false,
      note: (line) => void notes.push(line),
      rest: async () => {
        rests++;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    try {
      await work(served, notes, () => rests);
    } finally {
      await served.close();
    }
  });
}

/** The session with another receiver on its probe. */
function withReceiver(session: Session, receiver: (own: SwoReceiver) => SwoReceiver): Session {
  const { probe } = session.found;
  if (!probe.swo) throw new Error("the probe has no receiver");
  const swo = receiver(probe.swo);
  return new Proxy(session, {
    get: (_, name) => {
      if (name === "found") return { ...session.found, probe: { ...probe, info: probe.info, swo } };
      const value: unknown = Reflect.get(session, name, session);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(session) : value;
    },
  });
}

/** A receiver that does what the probe's does, but for some of it. */
const but = (own: SwoReceiver, changes: Partial<SwoReceiver>): SwoReceiver => ({
  speedFor: (hz, io) => own.speedFor(hz, io),
  start: (hz, io) => own.start(hz, io),
  read: (io) => own.read(io),
  stop: (io) => own.stop(io),
  ...changes,
});

describe("SWO beside a debugger", () => {
  it("ends where the probe is lost: it asks no more, and answers so", async () => {
    let reads = 0;
    const read = async () => {
      reads++;
      throw new PipeError("pipe-closed", "The pipe is closed");
    };
    await serving(
      (own) => but(own, { read }),
      async ({ control }, notes, rests) => {
        control.enable(REQUEST);
        await until(() => notes.some((line) => line.startsWith("SWO has ended: ")));
        const before = rests();
        for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
        expect(reads).toBe(1);
        expect(rests() - before).toBeLessThanOrEqual(1);
        expect(control.enable(REQUEST)).toBe("SWO has ended: The pipe is closed");
        expect(control.speed()).toBe("SWO has ended: The pipe is closed");
      },
    );
  });

  it("stops the receiver before it starts it anew at another request", async () => {
    const calls: string[] = [];
    await serving(
      (own) =>
        but(own, {
          start: async (hz, io) => {
            calls.push("start");
            await own.start(hz, io);
          },
          stop: async (io) => {
            calls.push("stop");
            await new Promise((resolve) => setTimeout(resolve, 5));
            await own.stop(io);
            calls.push("stopped");
          },
        }),
      async ({ control }) => {
        control.enable(REQUEST);
        await until(() => control.speed().startsWith("SWO at"));
        control.enable({ ...REQUEST, swoHz: 500_000 });
        expect(control.speed()).toBe("SWO has not begun");
        await until(() => control.speed().startsWith("SWO at"));
        expect(calls).toEqual(["start", "stop", "stopped", "start"]);
      },
    );
  });

  it("prints each line once, however often two of them alternate, and hands its signal to the probe", async () => {
    let reads = 0;
    let end: AbortSignal | undefined;
    await serving(
      (own) =>
        but(own, {
          read: async (io) => {
            end = io?.signal;
            if (reads++ % 2 === 0) return { bytes: new Uint8Array(0), lost: true };
            throw new Error("not now");
          },
        }),
      async ({ control }, notes) => {
        control.enable(REQUEST);
        await until(() => reads > 20);
        expect(notes.slice(1)).toEqual(["SWO: the probe had no room for all of it", "SWO: not now"]);
        expect(end?.aborted).toBe(false);
      },
    );
    expect(end?.aborted).toBe(true);
  });
});
