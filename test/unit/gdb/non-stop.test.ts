import { describe, expect, it } from "vitest";
import { hexOfText } from "../../../src/gdb/rsp.ts";
import { board } from "../../support/board.ts";
import { COUNTING, GdbClient, loadCounting, OPTIONS, talk } from "../../support/gdb-client.ts";
import { SOAKED_PROBES } from "../../support/probes.ts";

const COUNTER = `m${COUNTING.counter.toString(16)},4`;

const wordOf = (hex: string): number => Buffer.from(hex, "hex").readUInt32LE();

/** Asks until a notification has come; each question lets time pass. */
async function notified(client: GdbClient): Promise<string> {
  while (client.notifications.length === 0) await client.ask("qC");
  return client.notifications.shift() ?? "";
}

/** Reads the counter so often; answers how many values there were, and fails where one is smaller than that before. */
async function watchCounter(client: GdbClient, times: number): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(wordOf(await client.ask(COUNTER)));
  expect(values).toEqual([...values].sort((one, other) => one - other));
  return new Set(values).size;
}

describe("non-stop mode", () => {
  it.each(SOAKED_PROBES)(
    "reads a variable 100 times while the core runs, and halts it 0 times, through %s",
    async (probe) => {
      await talk(
        async (client, session) => {
          expect(await client.ask("qSupported:swbreak+;hwbreak+")).toContain("QNonStop+");
          expect(await client.ask("QNonStop:1")).toBe("OK");
          await loadCounting(client);
          let halts = 0;
          session.onEvent(({ event }) => {
            if (event === "halted") halts++;
          });
          expect(await client.ask("vCont;c:1")).toBe("OK");
          expect(await watchCounter(client, 100)).toBeGreaterThan(90);
          expect(halts).toBe(0);
          expect(await client.ask("vCont;t:1")).toBe("OK");
          expect(await notified(client)).toMatch(/^Stop:T000d:[0-9a-f]{8};0f:1[8ac]000020;thread:1;core:0;$/);
          expect(await client.ask("vStopped")).toBe("OK");
          expect(halts).toBe(1);
        },
        OPTIONS,
        board({ flash: "zero", probe }),
      );
    },
  );

  it("sets a breakpoint while the core runs, and reports the stop there by a notification", async () => {
    await talk(async (client) => {
      await client.ask("qSupported:swbreak+;hwbreak+");
      await client.ask("QNonStop:1");
      await loadCounting(client);
      await client.ask("vCont;c:1");
      expect(await client.ask("Z0,2000001a,2")).toBe("OK");
      expect(await notified(client)).toMatch(/^Stop:T050d:[0-9a-f]{8};0f:1a000020;swbreak:;thread:1;core:0;$/);
      expect(await client.ask("vStopped")).toBe("OK");
      expect(await client.ask("?")).toMatch(/^T05/);
      expect(await client.ask("z0,2000001a,2")).toBe("OK");
      expect(await client.ask("vCont;s:1")).toBe("OK");
      expect(await notified(client)).toMatch(/0f:1c000020/);
    });
  });

  it("answers a second continue with OK, Ctrl-C with SIGINT, and refuses all-stop's mode while the core runs", async () => {
    await talk(async (client) => {
      await client.ask("QNonStop:1");
      await loadCounting(client);
      expect(await client.ask("vCont;c:1")).toBe("OK");
      expect(await client.ask("vCont;c:1")).toBe("OK");
      expect(await client.ask("vCont;s:1")).toBe("E01");
      expect(await client.ask("QNonStop:0")).toBe("E01");
      expect(await client.ask("g")).toBe("E01");
      expect(await client.ask("vCtrlC")).toBe("OK");
      expect(await notified(client)).toMatch(/^Stop:T02/);
      expect(await client.ask("QNonStop:0")).toBe("OK");
    });
  });

  it("connects to a running core without a halt, and leaves it running after D", async () => {
    await talk(async (first, session, target) => {
      await loadCounting(first);
      await first.ask("D");
      first.end();
      let halts = 0;
      session.onEvent(({ event }) => {
        if (event === "halted") halts++;
      });
      const client = new GdbClient();
      const serving = target.debug(client);
      expect(await client.ask("QNonStop:1")).toBe("OK");
      expect(await client.ask("?")).toBe("OK");
      expect(await watchCounter(client, 20)).toBeGreaterThan(10);
      expect(await client.ask("D")).toBe("OK");
      await serving;
      expect(halts).toBe(0);
      expect(await session.core.state()).toBe("running");
    });
  });
});

describe("a second client", () => {
  it.each(SOAKED_PROBES)(
    "reads memory and PC while the first one's core runs, and halts it 0 times, through %s",
    async (probe) => {
      await talk(
        async (client, session, target) => {
          await loadCounting(client);
          await client.ask("Z0,2000001e,2");
          let halts = 0;
          session.onEvent(({ event }) => {
            if (event === "halted") halts++;
          });
          client.ask("vCont;c").catch(() => {});
          const observer = new GdbClient();
          const serving = target.observe(observer);
          expect(await observer.ask("?")).toBe("T00thread:1;");
          const registers = await observer.ask("g");
          expect(registers.slice(0, 120)).toBe("x".repeat(120));
          const pc = wordOf(registers.slice(120, 128));
          expect(pc).toBeGreaterThanOrEqual(COUNTING.loop.start);
          expect(pc).toBeLessThan(COUNTING.loop.end);
          expect(await watchCounter(observer, 100)).toBeGreaterThan(90);
          expect(await observer.ask("m2000001e,2")).toBe("0000");
          for (const packet of ["vCont;s:1", "X20001000,0:", "M20001000,1:00", "Z0,20000018,2", "Pf=00000000", "R00"])
            expect(await observer.ask(packet)).toBe("");
          expect(await observer.ask(`qRcmd,${hexOfText("reset")}`)).toMatch(/^O/);
          expect(await observer.ask("D")).toBe("OK");
          await serving;
          expect(halts).toBe(0);
          client.put(Uint8Array.of(3));
        },
        OPTIONS,
        board({ flash: "zero", probe }),
      );
    },
  );
});
