import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/mk24fn1m0xxx12.ts";
import { type ConnectOptions, connect } from "../../../src/session/connect.ts";
import type { ConnectEvent } from "../../../src/session/connect-events.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget, probeOf } from "../../support/board.ts";

/** A board whose firmware runs. */
async function running(): Promise<Twin> {
  const twin = board();
  await flashBoard(twin, example("bootloader-open.raw.bin"));
  await onTarget(twin, async (session) => void (await session.reset("system", "run")));
  await twin.clock.sleep(5_000);
  return twin;
}

async function connected(twin: Twin, options: Partial<ConnectOptions>): Promise<Session> {
  const probe = await probeOf(twin);
  return connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", ...options });
}

describe("connecting", () => {
  it("leaves a running core alone when told to attach", async () => {
    const session = await connected(await running(), { how: "attach" });
    expect(["running", "sleeping"]).toContain(await session.core.state());
  });

  it("stops a running core where it is when told to halt", async () => {
    const session = await connected(await running(), { how: "halt" });
    expect(await session.core.state()).toBe("halted");
    const [pc] = await session.core.readRegisters(["PC"]);
    expect(pc).not.toBe(0x198);
  });

  it("stops before the first instruction when told to connect under reset, and lets the line go", async () => {
    const session = await connected(await running(), { how: "under-reset" });
    expect(await session.core.state()).toBe("halted");
    expect(await session.core.readRegisters(["PC", "MSP"])).toEqual([0x198, 0x20030000]);
    expect((await session.probe.setPins({})).nreset).toBe(1);
  });

  it("catches a blank chip, which resets over and over, and says so", async () => {
    const session = await connected(board(), { how: "attach" });
    expect(session.found.looping).toBe(true);
    expect(await session.core.state()).toBe("halted");
  });

  it("has no core to offer on a locked chip, and says why", async () => {
    const session = await connected(board({ locked: true }), {});
    expect(session.found.lock).toMatchObject({ locked: true, massEraseEnabled: true });
    expect(() => session.core).toThrowError(expect.objectContaining({ code: "target-locked" }));
  });

  it("unlocks only when told so, and tells each step as it happens", async () => {
    const events: ConnectEvent["event"][] = [];
    const onEvent = (e: ConnectEvent) => void events.push(e.event);
    const session = await connected(board({ locked: true }), { onEvent, onLocked: async () => "unlock" });
    expect(await session.core.state()).toBe("halted");
    expect(events.slice(0, 6)).toEqual([
      "connecting",
      "init-target-start",
      "locked",
      "unlock-decided",
      "unlocked",
      "init-target-end",
    ]);
  });

  it("says when the target has no power, before anything else", async () => {
    await expect(connected(board({ vtrefMv: 0 }), {})).rejects.toMatchObject({ code: "target-no-power" });
  });

  it("resets a locked chip by its reset line", async () => {
    const session = await connected(board({ locked: true }), {});
    expect(await session.reset("system", "run")).toMatchObject({ locked: true });
  });
});
