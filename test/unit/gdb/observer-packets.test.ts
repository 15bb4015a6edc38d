import { describe, expect, it } from "vitest";
import type { GdbHost } from "../../../src/gdb/host.ts";
import { hexOfText } from "../../../src/gdb/rsp.ts";
import { GdbTarget } from "../../../src/gdb/server.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";
import { GdbClient, loadCounting, monitor, OPTIONS } from "../../support/gdb-client.ts";

interface Bench {
  /** The client that debugs. */
  readonly debugger: GdbClient;
  /** The client that only looks. */
  readonly client: GdbClient;
  readonly session: Session;
}

/** A target with a client that debugs it and one that looks; answers the console's lines. */
async function look(work: (bench: Bench) => Promise<void>): Promise<readonly string[]> {
  const lines: string[] = [];
  await onTarget(board({ flash: "zero" }), async (session) => {
    const host: GdbHost = {
      print: (line) => void lines.push(line),
      explain: (error) => [(error as Error).message],
      rest: async (us) => {
        await session.clock.sleep(us);
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const target = new GdbTarget(session, host, OPTIONS);
    const [first, client] = [new GdbClient(), new GdbClient()];
    const serving = [target.debug(first)];
    try {
      await first.ask("?");
      serving.push(target.observe(client));
      await work({ debugger: first, client, session });
    } finally {
      first.end();
      client.end();
      await Promise.all(serving);
    }
  });
  return lines;
}

describe("a client that only looks", () => {
  it("has what a client asks for at its connection", async () => {
    await look(async ({ client }) => {
      const supported = await client.ask("qSupported:swbreak+");
      expect(supported).toMatch(/^PacketSize=4000;QStartNoAckMode\+;.*;qXfer:memory-map:read\+$/);
      expect(await client.ask("!")).toBe("OK");
      expect(await client.ask("?")).toBe("T00thread:1;");
      expect(await client.ask("qAttached")).toBe("1");
      expect(await client.ask("qC")).toBe("QC1");
      expect([await client.ask("qfThreadInfo"), await client.ask("qsThreadInfo")]).toEqual(["m1", "l"]);
      expect([await client.ask("Hg0"), await client.ask("T1"), await client.ask("T2")]).toEqual(["OK", "OK", "E01"]);
      expect(await client.ask("qSymbol::")).toBe("OK");
      expect(await client.ask("vCont?")).toBe("vCont;c;C;s;S");
      expect(await client.ask("QStartNoAckMode")).toBe("OK");
      expect(client.answers.slice(-2)).toEqual(["ack", "OK"]);
      await client.ask("qC");
      expect(client.answers.slice(-2)).toEqual(["OK", "QC1"]);
    });
  });

  it("has the documents that its client asks for", async () => {
    await look(async ({ client }) => {
      const target = await client.ask("qXfer:features:read:target.xml:0,4000");
      expect(target).toContain('<feature name="org.gnu.gdb.arm.m-profile">');
      expect(await client.ask("qXfer:memory-map:read::0,4000")).toContain('<memory type="flash" start="0x0"');
      expect(await client.ask("qXfer:threads:read::0,4000")).toBe(
        'l<threads><thread id="1" core="0" name="Cortex-M4"/></threads>',
      );
      expect(await client.ask("qXfer:features:read:other.xml:0,4000")).toBe("E00");
    });
  });

  it("has PC alone of a halted core's registers", async () => {
    await look(async ({ client, debugger: other }) => {
      await other.ask("P0=78563412");
      await other.ask("Pf=00100020");
      const all = await client.ask("g");
      expect(all).toBe(`${"x".repeat(15 * 8)}00100020${"x".repeat(8)}`);
      expect(await client.ask("pf")).toBe("00100020");
      expect(await client.ask("p0")).toBe("x".repeat(8));
      // D0 has 64 bits, PRIMASK 8; there is no register 0xFF.
      expect(await client.ask("p13")).toBe("xx");
      expect(await client.ask("pff")).toBe("E01");
      expect(await client.ask("pzz")).toBe("E01");
    });
  });

  it("has PC and memory of a running core, which runs on, and stops nothing by Ctrl-C", async () => {
    await look(async ({ client, debugger: other, session }) => {
      await loadCounting(other);
      await monitor(other, "go");
      const pc = Buffer.from(await client.ask("pf"), "hex").readUInt32LE();
      expect(pc).toBeGreaterThanOrEqual(0x20000000);
      expect(pc).toBeLessThan(0x20000020);
      const first = await client.ask("m20001000,4");
      client.put(Uint8Array.of(3));
      await session.clock.sleep(1000);
      expect(await client.ask("m20001000,4")).not.toBe(first);
      expect(await session.core.state()).toBe("running");
    });
  });

  it("sees no breakpoint of the one that debugs, and an error where nothing can be read", async () => {
    await look(async ({ client, debugger: other }) => {
      await other.ask("M20000000,4:00bf00bf");
      await other.ask("Z0,20000002,2");
      expect(await client.ask("m20000000,4")).toBe("00bf00bf");
      expect(await client.ask("m2002fffc,10")).toHaveLength(8);
      for (const wrong of ["m", "m20000000", "mzz,4", "m30000000,4"]) expect(await client.ask(wrong)).toBe("E01");
    });
  });

  it.each(["M20000000,4:00000000", "Z0,20000000,2", "vCont;c", "c", "P0=00000000", "vFlashErase:0,1000", "R00"])(
    "is refused what would change the target: %s",
    async (packet) => {
      await look(async ({ client, debugger: other }) => {
        await other.ask("M20000000,4:12345678");
        expect(await client.ask(packet)).toBe("");
        expect(await other.ask("m20000000,4")).toBe("12345678");
      });
    },
  );

  it("is refused monitor's words, and the console has a line of it", async () => {
    const lines = await look(async ({ client }) => {
      expect(await client.ask(`qRcmd,${hexOfText("reset")}`)).toBe(
        `O${hexOfText("this client only looks: another one debugs the target\n")}`,
      );
    });
    expect(lines).toContain("observer: a monitor command was refused");
    expect(lines.join("\n")).not.toContain("the target was reset");
  });

  it.each([
    ["D", ["ack", "OK"]],
    ["k", ["ack"]],
  ])("ends by %s, and the one that debugs continues", async (packet, answers) => {
    await look(async ({ client, debugger: other, session }) => {
      const before = client.answers.length;
      client.put(Buffer.from(`$${packet}#${packet.charCodeAt(0).toString(16)}`));
      client.put(Buffer.from("$qC#b4"));
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(client.answers.slice(before)).toEqual(answers);
      expect(await other.ask("qC")).toBe("QC1");
      expect(await session.core.state()).toBe("halted");
    });
  });
});
