import { describe, expect, it, vi } from "vitest";
import { permit, permitsFor } from "../../../src/flash/permit.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { Image } from "../../../src/image/image.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage, planOnChip } from "../../../src/session/flash-job.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget, probeOf, programmedBoard } from "../../support/board.ts";

const firmware = example("bootloader-open.raw.bin");

const bytesAt = (address: number, bytes: Uint8Array): Image => ({
  format: "raw",
  segments: [{ name: "bytes", address, bytes }],
  symbols: [],
});

const filled = (address: number, length: number, byte = 0x55): Image =>
  bytesAt(address, new Uint8Array(length).fill(byte));

const programmed = (): Promise<Twin> => programmedBoard(firmware, { flash: "zero" });

/** Works on a target whose core runs. */
async function attached<T>(twin: Twin, work: (session: Session) => Promise<T>): Promise<T> {
  const probe = await probeOf(twin);
  try {
    return await work(await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "attach" }));
  } finally {
    await probe.close();
  }
}

describe("the verdict of flashImage", () => {
  it("is equal-but-declared with the byte that keep-open changed", async () => {
    const locking = example("bootloader.raw.bin");
    const { verify } = await flashBoard(board({ flash: "zero" }), locking, { policy: "keep-open" });
    expect(verify).toMatchObject({ verdict: "equal-but-declared", differences: [] });
    expect(verify.declared).toMatchObject([{ address: 0x40c, from: 0x7b, to: 0x7a }]);
  });

  it("is equal-but-declared with the range that was kept and how many bytes differ in it", async () => {
    const keep = [{ start: 0x5400, length: 0x20 }];
    const { plan, verify } = await flashBoard(await programmed(), filled(0x5000, 0x1000), { keep });
    const declared = [{ address: 0x5400, length: 0x20, differing: 0x20 }];
    expect(plan.keptRanges).toEqual(declared);
    expect(verify).toMatchObject({ verdict: "equal-but-declared", declared });
  });

  it("is equal where a kept range lies outside of the image", async () => {
    const keep = [{ start: 0x6000, length: 0x20 }];
    const { verify } = await flashBoard(await programmed(), filled(0x5000, 0x1000), { keep });
    expect(verify).toMatchObject({ verdict: "equal", declared: [] });
  });

  it("is not-compared where no verify was asked for", async () => {
    const compared = await flashBoard(board({ flash: "zero" }), firmware, { verifyBy: "read" });
    const { verify, phases } = await flashBoard(board({ flash: "zero" }), firmware, { verify: false });
    expect(verify).toEqual({ verdict: "not-compared", compared: 0, declared: [], differences: [] });
    expect(phases.verify).toBeLessThan(compared.phases.verify / 10);
  });

  it("declares a kept security byte that the policy opens as a change of the file's byte", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("bootloader.raw.bin"), { policy: "as-image", permits: [permit("lock")] });
    // The lock begins at the next reset, so this job looks at a chip that is open still.
    const keep = [{ start: 0x40c, length: 1 }];
    const wanted = firmware.segments[0].bytes.slice();
    wanted[0x40c] = 0xfe;
    const job = { policy: "keep-open", keep, reset: false } as const;
    const { plan, verify } = await flashBoard(twin, bytesAt(0, wanted), job);
    expect(plan.keptRanges).toEqual([]);
    expect(verify.declared).toMatchObject([{ address: 0x40c, from: 0xfe, to: 0x7a }]);
    expect(twin.peekFlash(0x40c, 1)[0]).toBe(0x7a);
  });
});

describe("the options of a flash job", () => {
  it.each([
    [true, 1],
    [false, 0],
  ])("reset: %s resets the chip %i times before it looks", async (reset, times) => {
    await onTarget(await programmed(), async (session) => {
      const resets = vi.spyOn(session.core, "reset");
      await flashImage(session, { image: firmware, policy: "refuse", permits: [], keepRest: true, reset });
      expect(resets).toHaveBeenCalledTimes(times);
      expect(await session.core.state()).toBe("halted");
    });
  });

  it.each([
    [0x100, 0x100, false],
    [0xff, 0x100, true],
  ])("keepRest below a size: %i bytes below %i keep the rest of the sector: %s", async (length, below, keeps) => {
    const twin = await programmed();
    const before = twin.peekFlash(0x5fff, 1)[0];
    await flashBoard(twin, filled(0x5000, length), { keepRest: { below } });
    expect(twin.peekFlash(0x5ff0, 16).every((byte) => byte === 0xff)).toBe(!keeps);
    expect(twin.peekFlash(0x5fff, 1)[0]).toBe(keeps ? before : 0xff);
  });

  it("a kept range outside of the image stays although the rest of its sector need not", async () => {
    const twin = await programmed();
    const before = twin.peekFlash(0x5800, 0x20);
    await flashBoard(twin, filled(0x5000, 0x100), { keepRest: false, keep: [{ start: 0x5800, length: 0x20 }] });
    expect(twin.peekFlash(0x5800, 0x20)).toEqual(before);
  });
});

describe("the policy refuse", () => {
  it("refuses what a permit would allow, with security-refused, and writes nothing", async () => {
    const twin = board({ flash: "zero" });
    const commands = twin.flashCommands;
    const job = { policy: "refuse", permits: permitsFor({ lock: true }) } as const;
    await expect(flashBoard(twin, example("bootloader.raw.bin"), job)).rejects.toMatchObject({
      code: "security-refused",
      details: { act: "lock" },
    });
    expect(twin.flashCommands).toBe(commands);
  });
});

describe("planOnChip", () => {
  it("neither resets nor halts a core that runs", async () => {
    await attached(await programmed(), async (session) => {
      await session.reset("system", "run");
      const [reset, halt] = [vi.spyOn(session.core, "reset"), vi.spyOn(session.core, "halt")];
      const write = vi.spyOn(session.core.memory, "write");
      const job = { image: firmware, policy: "refuse", keepRest: true } as const;
      const { changes } = await planOnChip(session, job, new Stopwatch(session.clock));
      expect(changes).toEqual([]);
      for (const call of [reset, halt, write]) expect(call).not.toHaveBeenCalled();
      expect(await session.core.state()).not.toBe("halted");
    });
  });
});

describe("a mass erase", () => {
  const permits = [permit("mass-erase")];

  it("is announced before it begins, and counted by the session", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, firmware);
    const steps: string[] = [];
    const probe = await probeOf(twin);
    const onMassErase = (_: unknown, because: string) => steps.push(`${because} ${twin.peekFlash(0, 1)[0]}`);
    const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onMassErase });
    await expect(session.unlock([])).rejects.toMatchObject({ code: "unlock-consent" });
    expect([steps, session.massErased]).toEqual([[], false]);
    await session.unlock(permits);
    expect(steps).toEqual([`protected ${firmware.segments[0].bytes[0]}`]);
    expect(session.massErased).toBe(true);
    await probe.close();
  });

  it("while connecting is announced, and in the report of the job after it", async () => {
    const twin = board({ flash: "zero", locked: true });
    const steps: string[] = [];
    const probe = await probeOf(twin);
    const session = await connect({
      ...{ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" },
      onLocked: async () => "unlock",
      onMassErase: (_, because) => steps.push(because),
    });
    const report = await flashImage(session, { image: firmware, policy: "refuse", permits, keepRest: true });
    expect([steps, report.massErased]).toEqual([["locked"], true]);
    await probe.close();
  });
});

describe("permitsFor", () => {
  it("makes no permit of no consent", () => expect(permitsFor({})).toEqual([]));
  it("makes of a token the permits of the acts that can't be undone, and of no other", () =>
    expect(permitsFor({ tokens: ["irrev-x"] }).map(({ allows, token }) => [allows, token])).toEqual([
      ["lock-for-ever", "irrev-x"],
      ["near-lock", "irrev-x"],
    ]));
});
