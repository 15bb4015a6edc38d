import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import type { Probe } from "../../../src/probe/probe.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { oneCaller } from "../../../src/session/one-caller.ts";
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
    // A user does other things, too; without it the first one would never let another in.
    if (tally.refused % 5 === 4) await new Promise((resolve) => setImmediate(resolve));
    for (let ticks = (first + i) % 4; ticks > 0; ticks--) await Promise.resolve();
  }
}

const open = { flash: "zero", execute: false } as const;

describe.each(SOAKED_PROBES)("two users of one session through %s", (probe) => {
  it("read nothing wrong in 180 interleaved reads: each is right or refused", async () => {
    const tally = newTally();
    await onTarget(board({ ...open, probe }), async (session) => {
      await session.core.memory.write(RAM, pattern(RAM, 0x8000), 32);
      await Promise.all([0, 0x1230, 0x2468].map((first) => user(session, tally, first, 60)));
      // The first one continues undisturbed, and all is well afterwards.
      expect(await readRight(session, RAM, 0x1000, 32)).toBe(true);
    });
    expect(tally.other).toEqual([]);
    expect(tally.wrong).toBe(0);
    expect(tally.right + tally.refused).toBe(180);
    expect(tally.right).toBeGreaterThan(0);
    expect(tally.refused).toBeGreaterThan(0);
  });

  it("take only their own bus faults for theirs: reads beside refused addresses are right or refused", async () => {
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
    expect({ wrong: tally.wrong, other: tally.other }).toEqual({ wrong: 0, other: [] });
    expect(faults).toContain("memory-fault");
    expect(faults.filter((code) => code !== "memory-fault" && code !== "lease-busy")).toEqual([]);
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

describe("the one-caller check before a probe", () => {
  it("refuses every call but close while one is under way, and none afterwards", async () => {
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const calls: string[] = [];
    const probe = {
      info: {},
      connect: async () => ({
        transfersPerRoundTrip: 7,
        transfer: () => done.then(() => Uint32Array.of(1)),
        sequence: async () => {},
      }),
      setSpeed: async () => 1,
      setPins: async () => ({}),
      targetVoltage: async () => 3300,
      close: async () => void calls.push("close"),
    } as unknown as Probe;
    const guard = oneCaller(probe);
    expect(oneCaller(probe)).toBe(guard);
    expect(oneCaller(guard)).toBe(guard);
    const port = await guard.connect("swd", 1);
    expect(port.transfersPerRoundTrip).toBe(7);
    const first = port.transfer([]);
    const others = [
      () => port.transfer([]),
      () => port.sequence(new Uint8Array(1), 8),
      () => guard.setPins({}),
      () => guard.setSpeed(1),
      () => guard.connect("swd", 1),
      () => guard.targetVoltage?.() ?? Promise.resolve(0),
    ];
    for (const other of others) await expect(other()).rejects.toMatchObject({ code: "lease-busy" });
    await guard.close();
    expect(calls).toEqual(["close"]);
    finish();
    await expect(first).resolves.toEqual(Uint32Array.of(1));
    await expect(guard.targetVoltage?.()).resolves.toBe(3300);
  });
});
