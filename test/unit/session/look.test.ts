import { describe, expect, it } from "vitest";
import { permit } from "../../../src/flash/permit.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { lookAt, type Sight } from "../../../src/session/look.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, chipOn, onTarget, probeOf } from "../../support/board.ts";

/** What is learned of a board by attaching to it. */
async function sightOf(twin: Twin, withoutChip = false): Promise<Sight> {
  const probe = await probeOf(twin);
  try {
    const chip = withoutChip ? { candidates: [] } : { chip: chipOn(twin) };
    return await lookAt(await connect({ probe, clock: twin.clock, ...chip, hz: 4_000_000, how: "attach" }));
  } finally {
    await probe.close();
  }
}

/** A board whose flash a mass erase alone opens again: FSEC 0x7B is SEC = 11. */
async function locked(): Promise<Twin> {
  const twin = board({ flash: "zero", execute: false });
  await onTarget(twin, async (session) => {
    const bytes = new Uint8Array(16).fill(0xff);
    bytes[0xc] = 0x7b;
    const image = { format: "raw", segments: [{ name: "field", address: 0x400, bytes }], symbols: [] } as const;
    await flashImage(session, {
      image,
      policy: "as-image",
      permits: [permit("lock")],
      keepRest: true,
      loader: "direct",
    });
    await session.reset("system", "run");
  });
  return twin;
}

describe("a look at a target", () => {
  it("has its supply, its lock, its core's state, its security fields and its health", async () => {
    const { millivolts, lock, state, fields, health } = await sightOf(board({ flash: "zero", execute: false }));
    expect(millivolts).toBeGreaterThan(3000);
    expect(lock).toMatchObject({ locked: false, debug: "open" });
    expect(state).toBe("sleeping");
    expect(fields.map(({ group, bytes }) => [group.place, group.start, bytes.length])).toEqual([
      ["flash", 0x400, 0x10],
    ]);
    expect(fields[0].bytes[0xc]).toBe(0xfe);
    expect(health?.state).toBe("sleeping");
  });

  it("has no supply where the probe does not measure it", async () => {
    expect((await sightOf(board({ flash: "zero", probe: "cmsis-dap" }))).millivolts).toBeNull();
  });

  it("has the lock of a locked chip alone, which is no error", async () => {
    const { lock, state, fields, health } = await sightOf(await locked());
    expect(lock).toMatchObject({ locked: true, debug: "closed" });
    expect([state, fields, health]).toEqual([undefined, [], undefined]);
  });

  it("has the core's state alone where no chip is known", async () => {
    const { lock, state, fields, health } = await sightOf(board({ flash: "zero", execute: false }), true);
    expect(lock).toBeUndefined();
    expect(state).toBe("sleeping");
    expect([fields, health]).toEqual([[], undefined]);
  });

  it("has the fields in registers of a chip whose flash is closed in part, and not those in flash", async () => {
    const twin = board({ chip: "STM32F407xG", flash: "zero" });
    const { lock, fields } = await sightOf(twin);
    expect(lock).toMatchObject({ locked: false });
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.every(({ group }) => group.place === "register")).toBe(true);
  });
});
