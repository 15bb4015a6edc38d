import { describe, expect, it } from "vitest";
import { within } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { SessionEvent } from "../../../src/session/sharing/session-events.ts";
import type { Session } from "../../../src/session/session.ts";
import { SessionError } from "../../../src/session/session-error.ts";
import { board, example, onTarget } from "../../support/board.ts";
import { SOAKED_PROBES } from "../../support/probes.ts";

const RAM = 0x20000000;
/** Nothing answers there. */
const HOLE = 0x30000000;

/** What became of calls that ran at once: right, wrong, refused as they should be, or failed otherwise. */
interface Tally {
  right: number;
  wrong: number;
  refused: number;
  other: unknown[];
}

const newTally = (): Tally => ({ right: 0, wrong: 0, refused: 0, other: [] });

/** Words that say where they stand, so that another address's answer is seen. */
const pattern = (address: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => ((address + i) * 0x9e3779b1) >>> 24);

async function count(tally: Tally, call: () => Promise<boolean>): Promise<void> {
  try {
    if (await call()) tally.right += 1;
    else tally.wrong += 1;
  } catch (error) {
    if (error instanceof SessionError && error.code === "lease-busy") tally.refused += 1;
    else tally.other.push(error);
  }
}

const readRight = async ({ core }: Session, address: number, length: number, width: 8 | 32) => {
  const bytes = await core.memory.read(address, length, width);
  return Buffer.from(bytes).equals(pattern(address, length));
};

/** One user: reads one piece after the other, of changing lengths and widths. */
async function user(session: Session, tally: Tally, first: number, reads: number): Promise<void> {
  for (let i = 0; i < reads; i++) {
    const width = i % 3 === 0 ? 8 : 32;
    await count(tally, () =>
      readRight(session, RAM + (((first + i * 0x1c4) % 0x4000) & ~3), 4 * (1 + ((i * 37) % 300)), width),
    );
    for (let ticks = (first + i) % 4; ticks > 0; ticks--) await Promise.resolve();
  }
}

const open = { flash: "zero", execute: false } as const;

describe.each(SOAKED_PROBES)("two users of one session through %s", (probe) => {
  it("read nothing wrong in 180 interleaved reads: each waits in the queue", async () => {
    const tally = newTally();
    await onTarget(board({ ...open, probe }), async (session) => {
      await session.core.memory.write(RAM, pattern(RAM, 0x8000), 32);
      await Promise.all([0, 0x1230, 0x2468].map((first) => user(session, tally, first, 60)));
      expect(await readRight(session, RAM, 0x1000, 32)).toBe(true);
    });
    expect(tally).toEqual({ right: 180, wrong: 0, refused: 0, other: [] });
  });

  it("take only their own bus faults for theirs: reads beside refused addresses are right", async () => {
    const tally = newTally();
    const faults: unknown[] = [];
    await onTarget(board({ ...open, probe }), async (session) => {
      await session.core.memory.write(RAM, pattern(RAM, 0x8000), 32);
      const faulty = async () => {
        for (let i = 0; i < 60; i++) {
          faults.push(await session.core.memory.read(HOLE, 4, 32).catch(codeOf));
          for (let ticks = i % 7; ticks > 0; ticks--) await Promise.resolve();
        }
      };
      await Promise.all([faulty(), user(session, tally, 0, 60), user(session, tally, 0x1230, 60)]);
    });
    expect(tally).toEqual({ right: 120, wrong: 0, refused: 0, other: [] });
    expect(faults).toEqual(faults.map(() => "memory-fault"));
  });

  it("flash and read at once: the job continues to its end, and each read is refused", async () => {
    const tally = newTally();
    await onTarget(board({ flash: "zero", probe }), async (session) => {
      const job = { image: example("small.hex"), policy: "refuse", keepRest: true, permits: [] } as const;
      let isOver = false;
      const flashing = flashImage(session, job).finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await count(tally, async () => (await session.core.memory.read(RAM, 4, 32)).length < 0);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await flashing).verify.verdict).toBe("equal");
    });
    expect({ right: tally.right, wrong: tally.wrong, other: tally.other }).toEqual({ right: 0, wrong: 0, other: [] });
    expect(tally.refused).toBeGreaterThan(0);
  });
});

describe("a session that a job holds", () => {
  it("refuses another job, a reset, an unlock, the lock state and the probe", async () => {
    await onTarget(board(open), async (session) => {
      await session.hold("flash", async (held) => {
        const calls = [
          () => session.hold("poll", async () => {}),
          () => session.reset("system", "halt"),
          () => session.unlock([]),
          () => session.lock(),
          async () => session.probe,
          async () => session.core,
        ];
        for (const call of calls) expect(codeOf(await call().catch((error: unknown) => error))).toBe("lease-busy");
        await held.reset("system", "halt");
        expect((await held.lock())?.locked).toBe(false);
      });
      expect((await session.lock())?.locked).toBe(false);
    });
  });
});

/** A flash job of a few seconds on a board whose flash takes its time. */
const JOB = { image: example("small.hex"), policy: "refuse", keepRest: true, permits: [] } as const;

describe("a target that is shared", () => {
  it("lets a user's read wait while a job holds it, and answers it right afterwards", async () => {
    await onTarget(board(), async (session) => {
      const { core } = session.share("view");
      await core.memory.write(RAM + 0x20000, pattern(RAM, 0x40), 32);
      const ended: string[] = [];
      const job = flashImage(session, JOB).then(({ verify }) => ended.push(verify.verdict));
      const read = core.memory.read(RAM + 0x20000, 0x40, 32).then((bytes) => ended.push(bytes.join()));
      await Promise.all([job, read]);
      expect(ended).toEqual(["equal", pattern(RAM, 0x40).join()]);
    });
  });

  it("refuses a user's read with lease-busy where the job lasts longer than its deadline", async () => {
    await onTarget(board(), async (session) => {
      const { core } = session.share("view");
      let isOver = false;
      const job = flashImage(session, JOB).finally(() => {
        isOver = true;
      });
      const read = core.memory.read(RAM, 4, 32, within(session.clock, 1));
      await expect(read).rejects.toMatchObject({ code: "lease-busy" });
      // In lock-step an alarm stops the transfer that it rang in, until time goes on.
      while (!isOver) {
        await session.clock.sleep(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await job).verify.verdict).toBe("equal");
    });
  });

  it("lets go of a waiting call that is called off", async () => {
    await onTarget(board(), async (session) => {
      const stop = new AbortController();
      const read = session.hold("flash", async () => {
        const waiting = session.share("rtt").core.memory.read(RAM, 4, 32, { signal: stop.signal });
        stop.abort();
        return waiting;
      });
      await expect(read).rejects.toMatchObject({ code: "aborted" });
      expect(await session.core.memory.read(RAM, 4, 32)).toHaveLength(4);
    });
  });

  it("keeps a breakpoint of two users until both have cleared it", async () => {
    await onTarget(board(open), async (session) => {
      const [one, two] = [session.share("debugger").core.breakpoints, session.share("view").core.breakpoints];
      await one.set(0x100);
      await two.set(0x100);
      expect(await one.clear(0x100)).toBe(true);
      expect(await one.clear(0x100)).toBe(false);
      expect(session.core.breakpoints.addresses).toEqual([0x100]);
      expect(await two.clear(0x100)).toBe(true);
      expect(session.core.breakpoints.addresses).toEqual([]);
    });
  });

  it("refuses every call of a user who has released it", async () => {
    await onTarget(board(open), async (session) => {
      const view = session.share("view");
      const { memory } = view.core;
      view.release();
      await expect(memory.read(RAM, 4, 32)).rejects.toMatchObject({ code: "session-closed" });
      expect(() => view.core).toThrow("released");
    });
  });
});

describe("the events of a session", () => {
  const eventsOf = async (work: (session: Session) => Promise<unknown>): Promise<readonly SessionEvent[]> => {
    const events: SessionEvent[] = [];
    await onTarget(board(open), async (session) => {
      session.onEvent((event) => events.push(event));
      await work(session);
    });
    return events;
  };

  it("name who has let the core run and who has halted it", async () => {
    const events = await eventsOf(async (session) => {
      await session.core.resume();
      await session.share("debugger").core.halt();
    });
    expect(events).toEqual([
      { event: "resumed", by: "session" },
      { event: "halted", by: "debugger" },
    ]);
  });

  it("publish a reset once, also where another read of DHCSR has cleared S_RESET_ST", async () => {
    const events = await eventsOf(async (session) => {
      await session.probe.setPins({ nreset: 0 });
      await session.clock.sleep(1000);
      await session.probe.setPins({ nreset: 1 });
      await session.clock.sleep(5000);
      const { core } = session.share("view");
      for (let i = 0; i < 3; i++) await core.memory.read(0xe000edf0, 4, 32);
    });
    expect(events.filter(({ event }) => event === "reset")).toEqual([{ event: "reset", by: "target" }]);
  });

  it("publish a flash job's beginning, its writing and its end", async () => {
    const events: string[] = [];
    await onTarget(board({ flash: "zero" }), async (session) => {
      session.onEvent(({ event }) => events.push(event));
      await flashImage(session, JOB);
    });
    expect(events.filter((event) => ["held", "flashed", "released"].includes(event))).toEqual([
      "held",
      "flashed",
      "released",
    ]);
  });
});
