import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { GdbTarget } from "../../../src/gdb/server.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import { connect } from "../../../src/session/connect.ts";
import { Recorder } from "../../baseline/recorder.ts";
import { board } from "../../support/board.ts";
import { GdbClient, loadCounting, OPTIONS } from "../../support/gdb-client.ts";

/** Serves a board whose probe counts how often the host has waited for an answer. */
async function counted(
  probe: "jlink-hs" | "cmsis-dap-hs",
  work: (client: GdbClient, trips: () => number) => Promise<void>,
) {
  const twin = board({ flash: "zero", probe });
  const recorder = new Recorder();
  const device = recorder.record(twin.hid ?? twin.device);
  const opened = await findDriver(device)?.open(device, twin.clock);
  if (!opened) throw new Error("no driver for the twin's device");
  try {
    const session = await connect({ probe: opened, clock: twin.clock, chip, hz: 4_000_000, how: "halt" });
    const host = {
      print: () => {},
      explain: (error: unknown) => [(error as Error).message],
      rest: (us: number) => session.clock.sleep(us),
    };
    const client = new GdbClient();
    const serving = new GdbTarget(session, host, OPTIONS).debug(client);
    await client.ask("?");
    await loadCounting(client);
    await work(client, () => recorder.roundTrips);
    client.end();
    await serving;
  } finally {
    await opened.close();
  }
}

describe.each(["jlink-hs", "cmsis-dap-hs"] as const)("round trips through %s", (probe) => {
  it("from a breakpoint's stop to GDB's prompt (stop reply, registers, 64 bytes of stack) are at most 12", async () => {
    await counted(probe, async (client, trips) => {
      await client.ask("Z0,20000018,2");
      const before = trips();
      await client.ask("vCont;c:1");
      const reply = await client.ask("g");
      await client.ask("p11");
      await client.ask("p12");
      await client.ask("m20001000,40");
      expect(reply).toHaveLength(136);
      expect(trips() - before).toBeLessThanOrEqual(12);
      expect(trips() - before).toBeGreaterThan(4);
    });
  });

  it("of a single step with its stop reply are at most 6", async () => {
    await counted(probe, async (client, trips) => {
      const before = trips();
      expect(await client.ask("vCont;s:1")).toMatch(/^T05.*0f:02000020/);
      expect(trips() - before).toBeLessThanOrEqual(6);
      expect(trips() - before).toBeGreaterThan(0);
    });
  });
});
