import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { permit } from "../../../src/flash/permit.ts";
import { type ConnectOptions, connect } from "../../../src/session/connect.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, probeOf, programmedBoard } from "../../support/board.ts";
import { SOAKED_PROBES, type SoakedProbe } from "../../support/probes.ts";

/** Connects by a probe whose reset line was left low. */
async function connected(twin: Twin, options: Partial<ConnectOptions> = {}) {
  const probe = await probeOf(twin);
  await probe.setPins({ nreset: 0 });
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", ...options });
  return { session, probe };
}

const SMALL = example("small.hex");
const programmed = (probe: SoakedProbe): Promise<Twin> => programmedBoard(SMALL, { probe, flash: "zero" });

describe("a reset line that was left low", () => {
  it.each(SOAKED_PROBES)("is released by connecting with a %s, and the core halts", async (model) => {
    const { session, probe } = await connected(await programmed(model));
    expect(await session.core.state()).toBe("halted");
    expect(await probe.setPins({})).toMatchObject({ nreset: 1 });
  });

  it("is released where no chip is named", async () => {
    const { session } = await connected(await programmed("jlink"), { chip: undefined, candidates: [] });
    expect(await session.core.state()).toBe("halted");
  });

  it("is released where the chip is blank, whose core is held afterwards", async () => {
    const { session } = await connected(board());
    expect(session.found.looping).toBe(true);
    expect(await session.core.state()).toBe("halted");
  });

  it("does not hide that a chip is locked, which a mass erase opens", async () => {
    const { session, probe } = await connected(board({ locked: true, flash: "zero" }));
    expect(session.found.lock?.locked).toBe(true);
    await session.unlock([permit("mass-erase")]);
    expect(await session.core.state()).toBe("halted");
    expect(await probe.setPins({})).toMatchObject({ nreset: 1 });
  });

  it("outlives the process in a state file, and the next flash job succeeds", async () => {
    const left = await programmed("jlink");
    await (await probeOf(left)).setPins({ nreset: 0 });
    const twin = board({ state: left.snapshot(), flash: "zero" });
    const report = await flashBoard(twin, example("small.hex"), { keepRest: false });
    expect(report.verify.verdict).not.toBe("different");
  });

  it("stays low where the connection is called off before it was looked at", async () => {
    const twin = await programmed("jlink");
    const probe = await probeOf(twin);
    await probe.setPins({ nreset: 0 });
    const options = { probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" } as const;
    await expect(connect(options, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    expect(await probe.setPins({})).toMatchObject({ nreset: 0 });
  });
});
