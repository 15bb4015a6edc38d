import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { connect } from "../../../src/session/connect.ts";
import { createTwin } from "../../../src/twin/usb.ts";
import { probeOf } from "../../support/board.ts";
import { MADE_UP } from "../../support/made-up-chip.ts";

/** A chip whose first core's port shares its wire. */
const shared: Chip = {
  ...MADE_UP,
  cores: [{ name: "core0", type: "M0+", ap: { v: 1, index: 0 }, targetsel: 0x01002927 }],
  detection: { reads: [] },
  debug: { dpidr: 0x0bc12477, aps: [{ index: 0, idr: 0x04770031 }] },
};

async function connected(chosen: { readonly chip?: Chip; readonly candidates?: readonly Chip[] }) {
  const twin = createTwin({ chip: "RP2040", probe: "cmsis-dap" });
  const probe = await probeOf(twin);
  return connect({ probe, clock: twin.clock, hz: 4_000_000, how: "attach", ...chosen });
}

describe("a wire with several debug ports", () => {
  it("answers on the port of the named chip's core", async () => {
    expect((await connected({ chip: shared })).found).toMatchObject({ dpidr: 0x0bc12477 });
  });

  it("answers where no chip is named but a candidate has such a port", async () => {
    const { found } = await connected({ candidates: [MADE_UP, shared] });
    expect(found).toMatchObject({ dpidr: 0x0bc12477 });
  });

  it("answers on one port where its TARGETID is that of a chip of the list, which is no candidate", async () => {
    const { found } = await connected({ candidates: [MADE_UP] });
    expect(found.aps).toMatchObject([{ idr: 0x04770031 }]);
  });

  it("leaves the core running where no chip is named: no port but the selected one is powered up", async () => {
    const session = await connected({ candidates: [MADE_UP] });
    expect(await session.core.state()).not.toBe("reset");
  });
});
