import { describe, expect, it } from "vitest";
import { UsbError } from "../../../src/usb/usb-error.ts";
import { frame } from "../../../src/gdb/rsp.ts";
import type { Session } from "../../../src/session/session.ts";
import { type GdbClient, loadCounting, monitor, talk } from "../../support/gdb-client.ts";

/** `movs r0, #1; movs r1, #2; bkpt 0; movs r2, #3; bkpt 0; b .` at 0x20000000; PC is at `adds r0, #1` before a packet sets it. */
async function load(client: GdbClient): Promise<void> {
  await client.ask("M20000000,c:0120022200be032300befee7");
  await client.ask("P0=00000000");
  await client.ask("P2=00000000");
  await client.ask("P3=00000000");
  await client.ask("Pf=00000020");
}

/** The next stop reply after what has been answered so far. */
async function nextStop(client: GdbClient, before: number): Promise<string> {
  const stop = () => client.answers.slice(before).find((answer) => /^[TX]\d\d/.test(answer));
  while (stop() === undefined) await new Promise((resolve) => setImmediate(resolve));
  return stop() ?? "";
}

const run = async (client: GdbClient, packet: string): Promise<string> => {
  const before = client.answers.length;
  client.put(frame(packet));
  return nextStop(client, before);
};

describe("packets that let the core run", () => {
  it.each([
    ["c", "0f:04000020;", ["01000000", "02000000", "00000000"]],
    ["C05", "0f:04000020;", ["01000000", "02000000", "00000000"]],
    ["c20000002", "0f:04000020;", ["00000000", "02000000", "00000000"]],
    ["c20000007", "0f:08000020;", ["00000000", "00000000", "03000000"]],
    ["vCont;C05:1", "0f:04000020;", ["01000000", "02000000", "00000000"]],
    ["s", "0f:02000020;", ["01000000", "00000000", "00000000"]],
    ["S05", "0f:02000020;", ["01000000", "00000000", "00000000"]],
    ["s20000002", "0f:04000020;", ["00000000", "02000000", "00000000"]],
    ["vCont;s:1;c", "0f:02000020;", ["01000000", "00000000", "00000000"]],
    ["vCont;r20000000,20000004:1", "0f:04000020;", ["01000000", "02000000", "00000000"]],
  ])("%s stops where it has to, and has executed what lies before", async (packet, pc, registers) => {
    await talk(async (client) => {
      await load(client);
      expect(await run(client, packet)).toContain(pc);
      expect([await client.ask("p0"), await client.ask("p2"), await client.ask("p3")]).toEqual(registers);
    });
  });

  it.each(["vCont;t", "vCont;x", "vCont;rzz,1"])("%s is refused while the core stands", async (packet) => {
    await talk(async (client) => {
      await load(client);
      expect(await client.ask(packet)).toBe("E01");
      expect(await client.ask("pf")).toBe("00000020");
    });
  });

  it("are refused while it runs, as QNonStop is, and Ctrl-C stops it by SIGINT", async () => {
    await talk(async (client, session) => {
      await loadCounting(client);
      client.put(frame("vCont;c"));
      while ((await session.core.state()) !== "running") await new Promise((resolve) => setImmediate(resolve));
      for (const packet of ["vCont;c", "c", "s", "QNonStop:1"]) expect(await client.ask(packet)).toBe("E01");
      const before = client.answers.length;
      client.put(Uint8Array.of(3));
      expect(await nextStop(client, before)).toMatch(/^T02/);
    });
  });

  it("stop by vCtrlC, as by Ctrl-C", async () => {
    await talk(async (client, session) => {
      await loadCounting(client);
      const before = client.answers.length;
      client.put(frame("vCont;c"));
      while ((await session.core.state()) !== "running") await new Promise((resolve) => setImmediate(resolve));
      client.put(frame("vCtrlC"));
      expect(await nextStop(client, before)).toMatch(/^T02/);
    });
  });
});

describe("packets that end a session", () => {
  const resets = (session: Session): { readonly count: () => number } => {
    let count = 0;
    session.onEvent(({ event }) => {
      if (event === "chip-reset" || event === "reset") count++;
    });
    return { count: () => count };
  };

  it("vRun resets the chip and answers where it stands", async () => {
    await talk(async (client, session) => {
      const [entry] = await session.core.memory.run([{ op: "read", address: 4, width: 32 }]);
      await load(client);
      const reset = resets(session);
      const pc = Buffer.alloc(4);
      pc.writeUInt32LE((entry & ~1) >>> 0);
      expect(await client.ask("vRun;")).toContain(`0f:${pc.toString("hex")};`);
      expect(reset.count()).toBeGreaterThan(0);
      expect(await session.core.state()).toBe("halted");
    });
  });

  it("R resets the chip and answers nothing", async () => {
    await talk(async (client, session) => {
      await load(client);
      const reset = resets(session);
      client.put(frame("R00"));
      expect(await client.ask("qC")).toBe("QC1");
      expect(reset.count()).toBeGreaterThan(0);
      expect(await client.ask("pf")).not.toBe("00000020");
    });
  });

  it.each([
    ["with extended mode", true],
    ["without", false],
  ])("k resets the chip %s: %s, and vKill is answered", async (_, isExtended) => {
    await talk(async (client, session) => {
      if (isExtended) await client.ask("!");
      expect(await client.ask("vKill;1")).toBe("OK");
      const reset = resets(session);
      client.put(frame("k"));
      // Behind it the connection takes further packets, or is over.
      if (isExtended) expect(await client.ask("qC")).toBe("QC1");
      else for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(reset.count() > 0).toBe(isExtended);
    });
  });

  it("vStopped has no further stop to report", async () => {
    await talk(async (client) => {
      expect(await client.ask("vStopped")).toBe("OK");
    });
  });
});

describe("a run that fails", () => {
  const GONE = new UsbError("usb-unplugged", "pulled out");
  /** Serves a client while waiting for a running core fails. */
  const failing = (error: Error, work: (client: GdbClient) => Promise<void>) =>
    talk(
      async (client) => {
        await loadCounting(client);
        await work(client);
      },
      undefined,
      undefined,
      { rest: () => Promise.reject(error) },
    );

  it("ends the program for the client where the probe has gone, and is reported", async () => {
    const lines = await failing(GONE, async (client) => {
      expect(await run(client, "vCont;c")).toBe("X09");
    });
    expect(lines).toContain("pulled out");
  });

  it("answers the last stop where the target is still there", async () => {
    const lines = await failing(new Error("no such luck"), async (client) => {
      const [first, again] = [await client.ask("vCont;s"), await run(client, "vCont;c")];
      expect(again).toBe(first);
      expect(await monitor(client, "why")).toBe("no such luck\n");
    });
    expect(lines).toContain("no such luck");
  });

  it("ends the program in non-stop mode by a notification where the probe has gone", async () => {
    await failing(GONE, async (client) => {
      await client.ask("QNonStop:1");
      expect(await client.ask("vCont;c")).toBe("OK");
      while (client.notifications.length === 0) await client.ask("qC");
      expect(client.notifications).toEqual(["Stop:X09"]);
    });
  });

  it("has the last stop in non-stop mode where the target is still there", async () => {
    await failing(new Error("no such luck"), async (client) => {
      await client.ask("QNonStop:1");
      await client.ask("vCont;c");
      while (client.notifications.length === 0) await client.ask("qC");
      expect(client.notifications[0]).toMatch(/^Stop:T05/);
    });
  });
});
