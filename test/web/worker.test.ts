import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/base/clock.ts";
import { HostError } from "../../src/base/errors.ts";
import { connect } from "../../src/session/connect.ts";
import { createTwin, type Twin, type TwinOptions } from "../../src/twin/usb.ts";
import type { WorkEvent } from "../../src/web/protocol.ts";
import type { OpenRequest } from "../../src/web/work/board/board-host.ts";
import { probeOf } from "../support/board.ts";
import { hostOf, InNode } from "./support/in-node.ts";
import { hexFile } from "./support/made-image.ts";

const CHIP = "MK24FN1M0xxx12";
const OTHER = "STM32F407xG";
const ATTACH = { probe: "twin", chip: CHIP, takeOver: false } as const;

const board = (more: Partial<TwinOptions> = {}) =>
  createTwin({ chip: CHIP, probe: "jlink-hs", flash: "zero", ...more });

function job(length?: number) {
  const { name, buffer } = hexFile(false, length);
  return { file: { name, bytes: new Uint8Array(buffer) }, chip: CHIP, security: "refuse" } as const;
}

/** Plans and flashes. */
async function flash(page: InNode, given: ReturnType<typeof job>) {
  const { digest } = await page.ask("planOnBoard", given);
  return page.ask("flash", { ...given, digest, tokens: [] });
}

/** How the core fares, by a connection that only attaches. */
async function coreState(twin: Twin) {
  const probe = await probeOf(twin);
  const onLocked = async () => "leave" as const;
  const session = await connect({ probe, clock: twin.clock, how: "attach", hz: 4_000_000, candidates: [], onLocked });
  try {
    return await session.found.core?.state();
  } finally {
    await session.close();
    await probe.close();
  }
}

describe("the one that works for a page", { timeout: 60_000 }, () => {
  it.each([
    [CHIP, "jlink-hs"],
    [CHIP, "cmsis-dap"],
    [OTHER, "cmsis-dap-v1"],
  ] as const)(
    "%s on %s: the time line's slices add up to each phase's time, and all of them to the job's",
    async (chip, probe) => {
      const page = new InNode(hostOf(board()));
      const given = { ...job(0x8000), chip, probe, faults: "", runMs: 0 };
      const { phases, totalMs, timeline } = await page.ask("rehearse", given);
      const spent = (phase: string) => timeline.reduce((sum, slice) => sum + (slice.phase === phase ? slice.ms : 0), 0);
      for (const [phase, ms] of Object.entries(phases)) expect(spent(phase), phase).toBeCloseTo(ms, 6);
      expect(timeline.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs, 6);
      for (const slice of timeline.filter(({ ms }) => ms > 2)) expect(slice.roundTrips, slice.phase).toBeGreaterThan(0);
      const ends = timeline.map(({ startMs, ms }) => startMs + ms);
      for (const [i, { startMs }] of timeline.slice(1).entries())
        expect(startMs).toBeGreaterThanOrEqual(ends[i] - 1e-6);
    },
  );

  it("sends at most 20 messages of progress in a second of its clock", async () => {
    const twin = board({ probe: "jlink", flash: "typ" });
    const times: number[] = [];
    const onEvent = ({ kind }: WorkEvent) => {
      if (kind === "progress") times.push(twin.clock.now());
    };
    const page = new InNode(hostOf(twin), onEvent, twin.clock);
    await page.ask("attach", ATTACH);
    const begun = twin.clock.now();
    await flash(page, job(0x1_0000));
    expect(times.length).toBeGreaterThan(5);
    for (const [i, at] of times.entries()) {
      const inOneSecond = times.slice(i).filter((later) => later - at < SECOND);
      expect(inOneSecond.length, `from ${at - begun} ps`).toBeLessThanOrEqual(20);
    }
  });

  it("leaves a running core running when it attaches, plans, compares, reads and detaches", async () => {
    const twin = board();
    const page = new InNode(hostOf(twin));
    await page.ask("attach", ATTACH);
    await flash(page, job());
    await page.ask("detach", {});
    expect(await coreState(twin)).toBe("running");
    const { lines } = await page.ask("attach", ATTACH);
    expect(lines.join("\n")).toMatch(/^core:.*, running$/m);
    await page.ask("planOnBoard", job());
    expect((await page.ask("verify", job())).verdict).toBe("equal");
    await page.ask("read", { start: 0, length: 16 });
    await page.ask("detach", {});
    expect(await coreState(twin)).toBe("running");
  });

  it.each([
    ["a plan", "planOnBoard", () => job(0x1_0000)],
    ["a comparison", "verify", () => job(0x1_0000)],
    ["a reading", "read", () => ({ start: 0, length: 0x4_0000 })],
  ] as const)("ends %s that is called off amid its reads, and answers the next request", async (_, kind, asked) => {
    const twin = board({ probe: "jlink", flash: "typ" });
    let isBegun = false;
    const page: InNode = new InNode(hostOf(twin), (event) => {
      if (event.kind === "progress" && !isBegun) page.cancel();
      if (event.kind === "progress") isBegun = true;
    });
    await page.ask("attach", ATTACH);
    await expect(page.ask(kind, asked() as never)).rejects.toThrow("aborted");
    expect(isBegun).toBe(true);
    expect((await page.ask("read", { start: 0, length: 16 })).bytes).toHaveLength(16);
    expect(await page.worker.close()).toEqual([]);
  });

  it("ends a look that is called off, and looks again when it is asked to", async () => {
    const page = new InNode(hostOf(board()));
    await page.ask("attach", ATTACH);
    const look = { isRttWanted: true, isCodeWanted: false, input: "", ranges: [{ start: 0x2000_0000, length: 0x400 }] };
    const calledOff = page.ask("live", look).catch((error: unknown) => String(error));
    page.cancel();
    expect(await calledOff).toContain("aborted");
    expect((await page.ask("live", look)).memory).toHaveLength(1);
  });

  it("refuses a job for another chip than the board was connected as, and for one that was not named", async () => {
    const twin = board();
    const page = new InNode(hostOf(twin));
    const { digest } = await page.ask("attach", ATTACH).then(() => page.ask("planOnBoard", job()));
    const other = { ...job(), chip: OTHER };
    await expect(page.ask("planOnBoard", other)).rejects.toThrow("chip-mismatch");
    await expect(page.ask("verify", other)).rejects.toThrow("chip-mismatch");
    await expect(page.ask("flash", { ...other, digest, tokens: [] })).rejects.toThrow("chip-mismatch");
    await expect(page.ask("unlock", { chip: OTHER, allowMassErase: true })).rejects.toThrow("chip-mismatch");
    await page.ask("attach", { ...ATTACH, chip: undefined });
    await expect(page.ask("planOnBoard", job())).rejects.toThrow("chip-required");
    expect(twin.flashCommands).toBe(0);
  });

  it("refuses a flash whose plan is not the one that was shown, or needs a consent that was not shown", async () => {
    const twin = board();
    const page = new InNode(hostOf(twin));
    await page.ask("attach", ATTACH);
    const { digest } = await page.ask("planOnBoard", job());
    const { name, buffer } = hexFile(true);
    const locking = { name, bytes: new Uint8Array(buffer) };
    const shown = { digest, tokens: [] };
    await expect(page.ask("flash", { ...job(0x2000), ...shown })).rejects.toThrow("flash-plan-stale");
    await expect(page.ask("flash", { ...job(), file: locking, ...shown })).rejects.toThrow("consent-missing");
    expect(twin.flashCommands).toBe(0);
  });

  it("opens a locked chip with the consent alone, and answers the lock as it was seen after that", async () => {
    const page = new InNode(hostOf(board({ locked: true })));
    expect(await page.ask("attach", ATTACH)).toMatchObject({ isLocked: true });
    for (const consent of [false, "no", 1, undefined] as unknown as readonly boolean[])
      await expect(page.ask("unlock", { chip: CHIP, allowMassErase: consent })).rejects.toThrow("unlock-consent");
    expect(await page.ask("unlock", { chip: CHIP, allowMassErase: true })).toMatchObject({
      massErased: true,
      isLocked: false,
    });
  });

  it("gives a probe back that was unplugged under a job, whatever the job came to", async () => {
    let request: OpenRequest | undefined;
    let closes = 0;
    const onOpen = (given: OpenRequest) => {
      request = given;
    };
    const host = hostOf(board(), onOpen, () => closes++);
    const page = new InNode(host, () => request?.onGone());
    await page.ask("attach", ATTACH);
    expect((await page.ask("verify", job())).verdict).toBe("different");
    expect(closes).toBe(1);
    await expect(page.ask("planOnBoard", job())).rejects.toThrow("session-closed");
    await page.ask("attach", ATTACH);
  });

  it("calls a job off when its page goes, answers what that left, and takes nothing after it", async () => {
    const twin = board({ probe: "jlink", flash: "typ" });
    let isProgramming = () => {};
    const programming = new Promise<void>((resolve) => {
      isProgramming = resolve;
    });
    const page = new InNode(
      hostOf(twin),
      (event) => event.kind === "progress" && event.phase === "program" && isProgramming(),
      twin.clock,
    );
    await page.ask("attach", ATTACH);
    void flash(page, job(0x2_0000)).catch(() => {});
    await programming;
    const left = await page.worker.close();
    expect(left).toMatchObject([{ code: "aborted", details: { flash: "in-part" } }]);
    void page.ask("attach", ATTACH);
    const probe = await probeOf(twin);
    await probe.close();
  });

  it("answers that a connection could not be ended, and does not throw it", async () => {
    const gone = new HostError("file-unwritable", "The state can't be written");
    const failing = hostOf(board());
    const broken = new InNode({
      ...failing,
      open: async (id, how) => ({ ...(await failing.open(id, how)), close: () => Promise.reject(gone) }),
    });
    await broken.ask("attach", ATTACH);
    expect(await broken.worker.close()).toEqual([gone]);
  });
});
