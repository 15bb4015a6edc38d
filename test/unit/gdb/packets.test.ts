import { describe, expect, it } from "vitest";
import { hexOfText } from "../../../src/gdb/rsp.ts";
import { GdbTarget } from "../../../src/gdb/server.ts";
import { board, onTarget } from "../../support/board.ts";
import { GdbClient, OPTIONS, talk } from "../../support/gdb-client.ts";

describe("a GDB server's answers", () => {
  it("have the forms that GDB 13 and LLDB 14 expect at their connection", async () => {
    await talk(async (client) => {
      const supported = await client.ask("qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn+");
      expect(supported).toMatch(/^PacketSize=4000;.*QStartNoAckMode\+.*qXfer:features:read\+.*qXfer:memory-map:read\+/);
      expect(supported).not.toContain("multiprocess");
      for (const unknown of [
        "vMustReplyEmpty",
        "qTStatus",
        "qOffsets",
        "QThreadSuffixSupported",
        "jThreadsInfo",
        "x0,0",
      ])
        expect(await client.ask(unknown)).toBe("");
      for (const packet of ["Hg0", "Hc-1", "!"]) expect(await client.ask(packet)).toBe("OK");
      expect(await client.ask("qAttached")).toBe("1");
      expect(await client.ask("qC")).toBe("QC1");
      expect(await client.ask("?")).toMatch(/^T05 ?0d:[0-9a-f]{8};0f:[0-9a-f]{8};thread:1;core:0;$/);
      expect(await client.ask("vCont?")).toBe("vCont;c;C;s;S;t;r");
    });
  });

  it("acknowledge until no-ack mode, whose own answer is acknowledged still, and refuse a broken packet", async () => {
    await talk(async (client) => {
      expect(client.answers[0]).toBe("ack");
      client.put(Uint8Array.from("$g#00", (c) => c.charCodeAt(0)));
      await client.ask("QStartNoAckMode");
      expect(client.answers.slice(-3)).toEqual(["nack", "ack", "OK"]);
      await client.ask("qC");
      expect(client.answers.slice(-2)).toEqual(["OK", "QC1"]);
    });
  });

  it("give a document in the pieces that are asked for", async () => {
    await talk(async (client) => {
      let text = "";
      for (let more = true; more; ) {
        const part = await client.ask(`qXfer:features:read:target.xml:${text.length.toString(16)},100`);
        text += part.slice(1);
        more = part.startsWith("m");
      }
      expect(text).toContain("<architecture>arm</architecture><osabi>none</osabi><feature ");
      expect(text).toContain('<feature name="org.gnu.gdb.arm.m-profile"><reg name="r0" bitsize="32" regnum="0"/>');
      expect(text).toContain('<reg name="xpsr" bitsize="32" regnum="16"/>');
      expect(text).toContain('<reg name="d15" bitsize="64"');
      const map = await client.ask("qXfer:memory-map:read::0,1000");
      expect(map).toContain('<memory type="flash" start="0x0" length="0x100000"><property name="blocksize">0x1000');
    });
  });

  it("read and write registers: 17 words in g, the rest by p, PC without the Thumb bit", async () => {
    await talk(async (client, session) => {
      expect(await client.ask("g")).toMatch(/^[0-9a-f]{136}$/);
      expect(await client.ask("P f=95000020")).toBe("E01");
      expect(await client.ask("Pf=95000020")).toBe("OK");
      expect(await client.ask("pf")).toBe("94000020");
      // 19 is PRIMASK, 22 CONTROL: bytes of one register.
      expect(await client.ask("P13=01")).toBe("OK");
      expect(await client.ask("p13")).toBe("01");
      expect(await client.ask("p16")).toBe("00");
      expect(await client.ask("pff")).toBe("E01");
      expect(await session.core.readRegisters(["PC", "CFBP"])).toEqual([0x20000094, 1]);
    });
  });

  it("read what is there before the first address that refuses, and nothing as an error", async () => {
    await talk(async (client) => {
      expect(await client.ask("X20000000,4:abc}\x03".replace("}\x03", "#"))).toBe("OK");
      expect(await client.ask("m20000000,4")).toBe("61626323");
      expect(await client.ask("X20000000,0:")).toBe("OK");
      expect(await client.ask("M20000001,2:1234")).toBe("OK");
      expect(await client.ask("m20000000,4")).toBe("61123423");
      expect(await client.ask("m2002fffc,10")).toHaveLength(8);
      expect(await client.ask("m30000000,4")).toBe("E01");
      for (const wrong of ["m", "mzz,4", "M20000000,4:12", "X20000000,9:a"])
        expect(await client.ask(wrong)).toBe("E01");
    });
  });

  it("show the original bytes where a breakpoint stands in RAM, and keep it when others are written", async () => {
    await talk(async (client, session) => {
      await client.ask("M20000000,4:00bf00bf");
      expect(await client.ask("Z0,20000002,2")).toBe("OK");
      expect(await client.ask("Z0,20000002,2")).toBe("OK");
      expect(await client.ask("m20000000,4")).toBe("00bf00bf");
      expect([...(await session.core.memory.read(0x20000002, 2, 16))]).toEqual([0x00, 0xbe]);
      await client.ask("M20000000,4:01300130");
      expect(await client.ask("m20000000,4")).toBe("01300130");
      expect(await client.ask("z0,20000002,2")).toBe("OK");
      expect([...(await session.core.memory.read(0x20000000, 4, 32))]).toEqual([0x01, 0x30, 0x01, 0x30]);
    });
  });

  it("refuse a seventh comparator and a fifth watchpoint, with the reason on the console", async () => {
    const lines = await talk(async (client) => {
      for (let i = 0; i < 6; i++) expect(await client.ask(`Z1,${(0x1000 + i * 4).toString(16)},2`)).toBe("OK");
      expect(await client.ask("Z1,2000,2")).toBe("E01");
      // A hardware breakpoint in RAM beyond the comparators' reach becomes a BKPT.
      expect(await client.ask("Z1,20000010,2")).toBe("OK");
      for (let i = 0; i < 4; i++) expect(await client.ask(`Z2,${(0x20001000 + i * 4).toString(16)},4`)).toBe("OK");
      expect(await client.ask("Z2,20002000,4")).toBe("E01");
      expect(await client.ask("z2,20001000,4")).toBe("OK");
      expect(await client.ask("Z4,20002000,4")).toBe("OK");
      expect(await client.ask("Z5,0,0")).toBe("");
    });
    expect(lines.join("\n")).toContain("all 6 comparators are taken");
    expect(lines.join("\n")).toContain("the 4 comparators for watchpoints are not enough");
  });

  it("refuse plain writes to flash and to the flash controller", async () => {
    const lines = await talk(async (client, session) => {
      expect(await client.ask("M1000,4:00000000")).toBe("E01");
      expect(await client.ask("M40020007,1:44")).toBe("E01");
      expect([...(await session.core.memory.read(0x1000, 4, 32))]).toEqual([0xff, 0xff, 0xff, 0xff]);
    });
    expect(lines.join("\n")).toContain("a plain write to flash was refused");
    expect(lines.join("\n")).toContain("the flash controller FTFE");
  });

  it("erase nothing for vFlashErase alone, and answer monitor words and unknown ones", async () => {
    const lines = await talk(async (client) => {
      expect(await client.ask("vFlashErase:00000000,00001000")).toBe("OK");
      expect(await client.ask("vFlashDone")).toBe("E01");
      expect(await client.ask(`qRcmd,${hexOfText("nonsense")}`)).toMatch(/^O/);
      expect(await client.ask(`qRcmd,${hexOfText("reset")}`)).toMatch(/^O/);
      expect(await client.ask("qRcmd,zz")).toBe("E01");
    });
    expect(lines.join("\n")).toContain("erase");
  });

  it("let the core run after D, and leave it halted after a close", async () => {
    await onTarget(board({ flash: "zero", execute: false }), async (session) => {
      const host = { print: () => {}, explain: () => [], rest: (us: number) => session.clock.sleep(us) };
      const state = async (packets: readonly string[]) => {
        const client = new GdbClient();
        const serving = new GdbTarget(session, host, OPTIONS).debug(client);
        for (const packet of ["?", ...packets]) await client.ask(packet);
        client.end();
        await serving;
        return session.core.state();
      };
      expect(await state([])).toBe("halted");
      expect(await state(["D"])).not.toBe("halted");
    });
  });
});
