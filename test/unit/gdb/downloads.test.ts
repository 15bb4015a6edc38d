import { describe, expect, it } from "vitest";
import { documentPart } from "../../../src/gdb/packets/general.ts";
import { readAhead } from "../../../src/gdb/read-ahead.ts";
import { RspReader } from "../../../src/gdb/rsp.ts";
import { board } from "../../support/board.ts";
import { monitor, OPTIONS, talk } from "../../support/gdb-client.ts";

const write = (address: number, ...bytes: readonly number[]) =>
  Buffer.concat([Buffer.from(`vFlashWrite:${address.toString(16)}:`), Buffer.from(bytes)]).toString("latin1");

describe("a download", () => {
  it("is programmed at its end, from where the chip then stands reset and halted", async () => {
    const twin = board({ flash: "zero" });
    const console = await talk(
      async (client, session) => {
        await client.ask("Pf=00010020");
        expect(await client.ask("vFlashErase:00008000,00001000")).toBe("OK");
        expect(await client.ask(write(0x8000, 1, 2, 3, 4))).toBe("OK");
        expect([...twin.peekFlash(0x8000, 4)]).toEqual([0xff, 0xff, 0xff, 0xff]);
        expect(await client.ask("vFlashDone")).toBe("OK");
        expect(await session.core.state()).toBe("halted");
        expect(await client.ask("pf")).not.toBe("00010020");
      },
      OPTIONS,
      twin,
    );
    expect([...twin.peekFlash(0x8000, 5)]).toEqual([1, 2, 3, 4, 0xff]);
    expect(console).toContain("load: 1 sectors, 0 of them hold it already");
    expect(console.join("\n")).toMatch(/load: \d sectors erased, \d+ bytes programmed in \d+ ms, verify: equal/);
  });

  it("has none of the one before, and counts the sectors that hold it already", async () => {
    const twin = board({ flash: "zero" });
    const console = await talk(
      async (client) => {
        await client.ask(write(0x8000, 1, 2, 3, 4));
        await client.ask("vFlashDone");
        await client.ask(write(0x8000, 1, 2, 3, 4));
        await client.ask(write(0x9000, 5));
        expect(await client.ask("vFlashDone")).toBe("OK");
      },
      OPTIONS,
      twin,
    );
    expect(console).toContain("load: 2 sectors, 1 of them hold it already");
    expect([twin.peekFlash(0x8000, 1)[0], twin.peekFlash(0x9000, 1)[0]]).toEqual([1, 5]);
  });

  it("of a security byte that the policy keeps open has the address on the console and for the client", async () => {
    const twin = board({ flash: "zero" });
    const field = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7b, 0xff, 0xff, 0xff];
    const lines = await talk(
      async (client) => {
        await client.ask(write(0x400, ...field));
        expect(await client.ask("vFlashDone")).toBe("OK");
        expect(await monitor(client, "halt")).toContain("so 0x0000040C differ from the file");
      },
      { ...OPTIONS, policy: "keep-open" },
      twin,
    );
    expect(twin.peekFlash(0x40c, 1)[0] & 3).toBe(2);
    expect(lines.join("\n")).toContain("load: the chip is kept open, so 0x0000040C differ from the file");
  });

  it("that would lock the chip is refused, and nothing of it is programmed", async () => {
    const twin = board({ flash: "zero" });
    const before = twin.peekFlash(0x400, 16);
    await talk(
      async (client) => {
        await client.ask(write(0x40c, 0x7b));
        expect(await client.ask("vFlashDone")).toBe("E01");
        expect(await monitor(client, "why")).not.toContain("nothing has gone wrong");
      },
      OPTIONS,
      twin,
    );
    expect(twin.peekFlash(0x400, 16)).toEqual(before);
  });

  it("of a client that goes before its end is not programmed, and the console has how much", async () => {
    const twin = board({ flash: "zero" });
    const lines = await talk(
      async (client) => {
        await client.ask(write(0x8000, 1, 2, 3));
      },
      OPTIONS,
      twin,
    );
    expect(lines).toContain("load: the client ended before the end of it; 3 bytes were not programmed");
    expect(twin.peekFlash(0x8000, 1)[0]).toBe(0xff);
  });

  it("of erases alone is refused with how much, and an end without a begin is nothing", async () => {
    await talk(async (client) => {
      await client.ask("vFlashErase:00008000,00001000");
      await client.ask("vFlashErase:00009000,00001000");
      expect(await client.ask("vFlashDone")).toBe("E01");
      expect(await monitor(client, "why")).toContain("GDB asks to erase 8 KB and to write nothing");
      expect(await client.ask("vFlashDone")).toBe("OK");
    });
  });
});

describe("a part of a document", () => {
  it("is followed by more until its end", () => {
    expect(documentPart("target.xml:0,4", "target.xml", "abcdefgh")).toBe("mabcd");
    expect(documentPart("target.xml:4,3", "target.xml", "abcdefgh")).toBe("mefg");
    expect(documentPart("target.xml:4,4", "target.xml", "abcdefgh")).toBe("lefgh");
    expect(documentPart(":A,10", "", "0123456789abc")).toBe("labc");
    expect(documentPart(":20,10", "", "abc")).toBe("l");
  });

  it.each([
    "other.xml:0,4",
    "x:target.xml:0,4",
    "target.xml:0",
    "target.xml:0,4;",
    "target.xml:g,4",
    "target.xml:,4",
    "",
  ])("is refused where its place is %j", (text) => {
    expect(documentPart(text, "target.xml", "abc")).toBe("E00");
  });
});

describe("the sum of a packet", () => {
  it.each(["$g#6", "$g#6 7", "$g# 67", "$g#x67"])("is two digits in hex, and not that of %j", (text) => {
    const events = new RspReader().feed(Buffer.from(`${text}$`));
    expect(events.filter(({ kind }) => kind === "packet")).toEqual([]);
  });
});

describe("what a client sends ahead", () => {
  it("is taken at once up to 256 KB, and more once it is used", async () => {
    let sent = 0;
    const source = (async function* () {
      for (; sent < 40; sent++) yield new Uint8Array(0x4000);
    })();
    const { pieces, gone } = readAhead(source);
    const settle = async () => {
      for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
    };
    await settle();
    expect(sent).toBe(16);
    const used = pieces[Symbol.asyncIterator]();
    for (let i = 0; i < 8; i++) await used.next();
    await settle();
    expect(sent).toBeGreaterThanOrEqual(23);
    expect(sent).toBeLessThan(26);
    expect(gone.aborted).toBe(false);
    let count = 8;
    for (let next = await used.next(); !next.done; next = await used.next()) count++;
    expect(count).toBe(40);
    expect(gone.aborted).toBe(true);
  });

  it("ends with what its source throws, behind the pieces that came before", async () => {
    const { pieces, gone } = readAhead(
      (async function* () {
        yield Uint8Array.of(1);
        throw new Error("reset by peer");
      })(),
    );
    const used = pieces[Symbol.asyncIterator]();
    expect((await used.next()).value).toEqual(Uint8Array.of(1));
    await expect(used.next()).rejects.toThrow("reset by peer");
    expect(gone.aborted).toBe(true);
  });

  it("is taken no further once nothing more is wanted", async () => {
    let sent = 0;
    const { pieces } = readAhead(
      (async function* () {
        for (; sent < 1000; sent++) yield new Uint8Array(0x4000);
      })(),
    );
    for await (const _ of pieces) break;
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(40);
  });
});
