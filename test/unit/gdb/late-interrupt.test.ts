import { describe, expect, it } from "vitest";
import { COUNTING, type GdbClient, loadCounting, monitor, talk } from "../../support/gdb-client.ts";
import { hexOfText } from "../../../src/gdb/rsp.ts";

const CTRL_C = Uint8Array.of(0x03);
const SIGINT = /^T020d:[0-9a-f]{8};0f:/;

/** The counter's value, by GDB's own packet. */
const counter = async (client: GdbClient) => client.ask(`m${COUNTING.counter.toString(16)},4`);

/** Has the core stand in its loop, as after a stop that GDB takes for itself. */
async function standInLoop(client: GdbClient): Promise<void> {
  await loadCounting(client);
  await client.ask(`Z0,${COUNTING.loop.start.toString(16)},2`);
  expect(await client.ask("vCont;c")).toMatch(/^T05.*0f:18000020/);
  await client.ask(`z0,${COUNTING.loop.start.toString(16)},2`);
}

describe("a Ctrl-C that crosses a stop", () => {
  it.each(["vCont;c", "vCont;s", "vCont;r20000000,20000100:1"])(
    "ends the run that %s begins, before an instruction is executed, and the one after it runs",
    async (resume) => {
      await talk(async (client) => {
        await standInLoop(client);
        client.put(CTRL_C);
        expect(await client.ask("p0")).toBe("00000000");
        expect(await client.ask(resume)).toMatch(SIGINT);
        expect(await counter(client)).toBe("00000000");
        expect(await client.ask("pf")).toBe("18000020");
        expect(await client.ask("vCont;s")).toMatch(/^T05.*0f:1a000020/);
      });
    },
  );

  it("is forgotten once the client has shown the stop, and after a second", async () => {
    await talk(async (client, session) => {
      await standInLoop(client);
      for (const shown of ["?", `M${COUNTING.counter.toString(16)},4:00000000`, `qRcmd,${hexOfText("why")}`]) {
        client.put(CTRL_C);
        await client.ask(shown);
        expect(await client.ask("vCont;s"), shown).toMatch(/^T05/);
      }
      client.put(CTRL_C);
      await client.ask("pf");
      await session.clock.sleep(1_100_000);
      expect(await client.ask("vCont;s")).toMatch(/^T05/);
    });
  });

  it("ends the next step where one was under way that ended by itself", async () => {
    await talk(async (client) => {
      await standInLoop(client);
      const stopped = client.ask("vCont;s");
      client.put(CTRL_C);
      expect(await stopped).toMatch(/^T05.*0f:1a000020/);
      expect(await client.ask("vCont;c")).toMatch(/^T02.*0f:1a000020/);
    });
  });

  it("leaves a core that stands at the firmware's own BKPT there, and continue passes it", async () => {
    await talk(async (client) => {
      // bkpt 0; adds r0, #1; b .
      await client.ask("M20000000,6:00be0130fee7");
      await client.ask("Pf=00000020");
      await client.ask("P0=00000000");
      expect(await client.ask("vCont;c")).toMatch(/^T05.*0f:00000020/);
      client.put(CTRL_C);
      await client.ask("pf");
      expect(await client.ask("vCont;c")).toMatch(/^T02.*0f:00000020/);
      expect(await client.ask("vCont;s")).toMatch(/^T05/);
      await client.ask("vCont;s");
      expect(await client.ask("p0")).toBe("01000000");
      await monitor(client, "halt");
    });
  });
});
