import { describe, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { monitor, OPTIONS, talk } from "../../support/gdb-client.ts";
import { News } from "../../../src/gdb/news.ts";

const piece = (address: number, length: number) =>
  Buffer.concat([Buffer.from(`vFlashWrite:${address.toString(16)}:`), Buffer.alloc(length, 0x55)]).toString("latin1");

describe("what a client may make the server hold", () => {
  it("refuses a download of more bytes than the flash has, at that write, at those after it and at its end", async () => {
    const twin = board({ flash: "zero" });
    const before = twin.peekFlash(0x8000, 16);
    const console = await talk(
      async (client) => {
        expect(await client.ask("vFlashErase:00008000,00001000")).toBe("OK");
        for (let i = 0; i < 64; i++) expect(await client.ask(piece(0x8000, 0x4000))).toBe("OK");
        expect(await client.ask(piece(0x8000, 1))).toBe("E01");
        expect(await client.ask(piece(0x8000, 1))).toBe("E01");
        expect(await client.ask("vFlashDone")).toBe("E01");
        // The next download is none of it.
        expect(await client.ask(piece(0x8000, 16))).toBe("OK");
        expect(await client.ask("vFlashDone")).toBe("OK");
      },
      OPTIONS,
      twin,
    );
    expect(console).toContain(
      "GDB has written more than the 1024 KB of flash, or in too small pieces; nothing of it is programmed",
    );
    expect(twin.peekFlash(0x8000, 16)).toEqual(new Uint8Array(16).fill(0x55));
    expect(before).not.toEqual(twin.peekFlash(0x8000, 16));
  });

  it("refuses the end of plain writes of which one was refused", async () => {
    const twin = board({ flash: "zero" });
    await talk(
      async (client) => {
        const plain = (length: number) => `X8000,${length.toString(16)}:${"U".repeat(length)}`;
        for (let i = 0; i < 64; i++) expect(await client.ask(plain(0x4000))).toBe("OK");
        expect(await client.ask(plain(8))).toBe("E01");
        expect(await client.ask("m8000,4")).toBe("ffffffff");
      },
      { ...OPTIONS, flashBy: "writes" },
      twin,
    );
  });

  it("refuses a watchpoint of no bytes, and the breakpoint in RAM after 1,024", async () => {
    await talk(async (client) => {
      expect(await client.ask("Z2,20000000,0")).toBe("E01");
      for (let i = 0; i < 1024; i++) expect(await client.ask(`Z0,${(0x20000000 + 2 * i).toString(16)},2`)).toBe("OK");
      expect(await client.ask("Z0,20000800,2")).toBe("E01");
      expect(await client.ask("Z0,20000000,2")).toBe("OK");
    });
  });

  it("keeps the last 16 lines for the client, each once", () => {
    const news = new News();
    for (let i = 0; i < 100; i++) news.push(`line ${i % 20}`);
    expect(news.take()).toEqual(Array.from({ length: 16 }, (_, i) => `line ${i + 4}`));
    expect(news.take()).toEqual([]);
  });
});

describe("monitor words of OpenOCD and pyOCD", () => {
  it("read and write memory by each width", async () => {
    await talk(async (client) => {
      await monitor(client, "mww 0x20001000 0x11223344");
      await monitor(client, "mwb 0x20001001 0xEE");
      expect(await monitor(client, "mdw 0x20001000")).toBe("0x20001000: 1122ee44\n");
      expect(await monitor(client, "mdh 0x20001000 2")).toBe("0x20001000: ee44 1122\n");
      expect(await monitor(client, "read8 0x20001000 4")).toBe("0x20001000: 44 ee 22 11\n");
      expect(await monitor(client, "mdw 0x20001000 0")).toContain("0 is no count from 1 to 256");
    });
  });

  it.each(["constructor", "toString", "__proto__", "SWO constructor"])(
    "answer %s, which every object of the language has, as a word that there is not",
    async (line) => {
      await talk(async (client) => {
        expect(await monitor(client, line)).toMatch(/^there is no command|^There is no command/i);
        expect(await client.ask("?")).toMatch(/^T05/);
      });
    },
  );

  it("take exec with a word that every object of the language has as one that needs nothing here", async () => {
    await talk(async (client) => {
      expect(await monitor(client, "exec constructor")).toBe("exec constructor: accepted, and not needed here\n");
    });
  });

  it("name the core's state, a register of the debug port, and the vector catches", async () => {
    await talk(async (client, session) => {
      expect(await monitor(client, "targets")).toMatch(/^Cortex-M4: halted at 0x[0-9A-F]{8}\n$/);
      expect(await monitor(client, "readdp 0")).toBe("DP register 0x00000000 = 0x2BA01477\n");
      expect(await monitor(client, "set vector-catch bm")).toBe("vector catch: bm\n");
      const [demcr] = await session.core.memory.run([{ op: "read", address: 0xe000edfc, width: 32 }]);
      expect(demcr & 0x7f1).toBe(0x510);
      expect(await monitor(client, "set vector-catch x")).toContain('"x" names no vector catch');
    });
  });

  it("stop a core at its reset by set vector-catch r, which is no fault", async () => {
    const lines = await talk(async (client) => {
      // ldr r0, =AIRCR; ldr r1, =SYSRESETREQ with its key; str r1, [r0]; b
      await client.ask("M20000000,10:014802490160fee70ced00e00400fa05");
      await client.ask("Pf=00000020");
      await monitor(client, "set vector-catch r");
      const before = client.answers.length;
      await client.ask("vCont;c:1");
      const stops = () => client.answers.slice(before).filter((answer) => answer.startsWith("T"));
      while (stops().length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(stops()[0]).toMatch(/^T05/);
    });
    expect(lines.join("\n")).toContain("the target was reset");
    expect(lines.join("\n")).not.toContain("at a fault");
  });

  it("refuse an erase, and have the next single step execute nothing after gdb_sync", async () => {
    await talk(async (client) => {
      expect(await monitor(client, "erase")).toContain("monitor can't agree to an erase");
      await client.ask("Pf=00100020");
      await client.ask("M20001000,4:00bf00bf");
      await monitor(client, "gdb_sync");
      expect(await client.ask("vCont;s:1")).toContain("0f:00100020;");
      expect(await client.ask("vCont;s:1")).toContain("0f:02100020;");
    });
  });
});
