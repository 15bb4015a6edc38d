import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { MDM_AP_INDEX, MDM_CONTROL } from "../../../src/families/kinetis-ftfe/registers-mdm-ap.ts";
import { permit } from "../../../src/flash/permit.ts";
import type { ConnectEvent } from "../../../src/session/connect-events.ts";
import { type ConnectOptions, connect } from "../../../src/session/connect.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, example, flashBoard, onTarget, probeOf } from "../../support/board.ts";

/** A chip with the same ports, and another number in SIM_SDID. */
const other: Chip = {
  ...chip,
  name: "another",
  detection: { ...chip.detection, reads: chip.detection.reads.map((read) => ({ ...read, value: 0 })) },
};

const HOLD = MDM_CONTROL.of({ CORE_HOLD_RESET: 1 });

type Twin = ReturnType<typeof board>;

/** Connects as a host does, and returns the events. */
async function connected(twin: Twin, options: Partial<ConnectOptions> = {}) {
  const events: ConnectEvent[] = [];
  const probe = await probeOf(twin);
  const onEvent = (event: ConnectEvent) => void events.push(event);
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onEvent, ...options });
  return { session, names: events.map((event) => event.event) };
}

const stateOf = async (session: Session) => session.core.state();

describe("connecting", () => {
  it("goes by named steps, and reports each of them", async () => {
    const { names, session } = await connected(board());
    expect(names).toEqual(["connecting", "init-target-start", "init-target-end", "dpidr", "aps", "core-found", "core"]);
    expect(session.found).toMatchObject({ dpidr: 0x2ba01477, match: "yes" });
  });

  it("to a board without power is an error before the wire is touched", async () => {
    const failed = connected(board({ vtrefMv: 200 }));
    await expect(failed).rejects.toMatchObject({ code: "target-no-power", details: { millivolts: 200 } });
  });

  it("holds a blank chip that resets over and over, and reports that", async () => {
    const { session } = await connected(board());
    expect(session.found.looping).toBe(true);
    expect(await stateOf(session)).toBe("halted");
  });

  it("ends a hold that an earlier session left, so that the chip comes out of its next reset", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("small.hex"));
    await onTarget(twin, (session) => session.found.dp.accessPort(MDM_AP_INDEX).write(MDM_CONTROL.address, HOLD));
    const { session } = await connected(twin);
    expect(await session.found.dp.accessPort(MDM_AP_INDEX).read(MDM_CONTROL.address)).toBe(0);
    await session.reset("system", "halt");
    expect(await stateOf(session)).toBe("halted");
  });

  it("that fails lets the core go that it held", async () => {
    const twin = board();
    const probe = await probeOf(twin);
    const failing = { probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" } as const;
    const onEvent = ({ event }: ConnectEvent) => {
      if (event === "core") throw new Error("called off");
    };
    await expect(connect({ ...failing, onEvent })).rejects.toThrow("called off");
    const dp = await DebugPort.connect(await probe.connect("swd", 4_000_000), twin.clock);
    expect(await dp.accessPort(MDM_AP_INDEX).read(MDM_CONTROL.address)).toBe(0);
  });

  it("without a chip's name finds out which of the candidates it is, blank or not", async () => {
    const { session } = await connected(board(), { chip: undefined, candidates: [other, chip] });
    expect(session.found).toMatchObject({ match: "yes", looping: true, lock: { locked: false } });
    expect(session.chip.name).toBe(chip.name);
  });

  it("to an unknown chip succeeds, and throws only where the chip is used", async () => {
    const { session } = await connected(board(), { chip: undefined, candidates: [other] });
    expect(session.found).toMatchObject({ match: "no" });
    expect(session.found.chip).toBeUndefined();
    expect(() => session.chip).toThrow("chip");
  });

  it("to a locked chip without its name finds the lock, which is the family's, and not the chip", async () => {
    const { session } = await connected(board({ locked: true }), { chip: undefined, candidates: [chip] });
    expect(session.found).toMatchObject({ lock: { locked: true } });
    expect(session.found.chip).toBeUndefined();
  });

  it("to a locked chip succeeds without a core until it is unlocked", async () => {
    const { session, names } = await connected(board({ locked: true }));
    expect(names).toContain("locked");
    expect(session.found.core).toBeUndefined();
    expect(() => session.core).toThrow("is locked");
    await expect(session.unlock([])).rejects.toMatchObject({ code: "unlock-consent" });
    await session.unlock([permit("mass-erase")]);
    expect((await session.lock())?.locked).toBe(false);
  });

  it("asks about a locked chip, and unlocks only on that answer", async () => {
    const left = await connected(board({ locked: true }), { onLocked: async () => "leave" });
    expect(left.names).not.toContain("unlocked");
    const opened = await connected(board({ locked: true }), { onLocked: async () => "unlock" });
    expect(opened.names).toContain("unlocked");
    expect(opened.session.found.lock?.locked).toBe(false);
  });

  it.each([
    ["halt", ["halted"]],
    ["under-reset", ["halted"]],
    ["attach", ["running", "sleeping"]],
  ] as const)("%s leaves a running core in the state it promises", async (how, states) => {
    const twin = board();
    await flashBoard(twin, example("small.hex"));
    await onTarget(twin, (session) => session.reset("system", "run"));
    const { session } = await connected(twin, { how });
    expect(states).toContain(await stateOf(session));
  });

  it("without a chip's name knows no lock, and nothing that erases", async () => {
    const twin = board();
    await flashBoard(twin, example("small.hex"));
    const probe = await probeOf(twin);
    const session = await connect({ probe, clock: twin.clock, hz: 4_000_000, how: "halt" });
    expect(await session.lock()).toBeUndefined();
    expect(() => session.chip).toThrow(expect.objectContaining({ code: "chip-required" }));
  });

  it("that is aborted fails with the code aborted", async () => {
    const twin = board();
    const probe = await probeOf(twin);
    const signal = AbortSignal.abort();
    const failed = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" }, { signal }).catch(
      (error: unknown) => error,
    );
    expect(codeOf(failed)).toBe("aborted");
  });
});

describe("a session that is closed", () => {
  it("refuses access to its core", async () => {
    const { session } = await connected(board());
    await session.close();
    expect(() => session.core).toThrow(expect.objectContaining({ code: "session-closed" }));
  });
});
