import { describe, expect, it } from "vitest";
import type { Io } from "../../../../src/base/clock.ts";
import { frame, hexOfText } from "../../../../src/gdb/rsp.ts";
import type { GdbOptions } from "../../../../src/gdb/host.ts";
import { board } from "../../../support/board.ts";
import { monitor, OPTIONS, talk } from "../../../support/gdb-client.ts";

describe("monitor words for memory", () => {
  it.each(["mwh 0x20000002 0x3001", "write16 0x20000002 0x3001", "memU16 0x20000002 = 0x3001"])(
    "leave a breakpoint in RAM and become what it stands for: %s",
    async (line) => {
      await talk(async (client, session) => {
        await client.ask("M20000000,4:00bf00bf");
        await client.ask("Z0,20000002,2");
        await monitor(client, line);
        expect([...(await session.core.memory.read(0x20000002, 2, 16))]).toEqual([0x00, 0xbe]);
        expect(await monitor(client, "mdh 0x20000002")).toBe("0x20000002: 3001\n");
        expect(await monitor(client, "memU16 0x20000002")).toContain("(Data = 0x3001)");
        await client.ask("z0,20000002,2");
        expect([...(await session.core.memory.read(0x20000002, 2, 16))]).toEqual([0x01, 0x30]);
      });
    },
  );

  it.each(["mww 0x1000 0", "write8 0x1000 0", "memU32 0x1000 = 0"])(
    "are refused in flash as a client's packet is, by one that has load: %s",
    async (line) => {
      await talk(async (client) => {
        expect(await monitor(client, line)).toContain("a plain write to flash was refused");
        expect(await client.ask("m1000,4")).toBe("ffffffff");
      });
    },
  );

  it("program flash where the client's packets do", async () => {
    const options: GdbOptions = { ...OPTIONS, flashBy: "writes" };
    const twin = board({ flash: "zero" });
    await talk(
      async (client) => {
        await monitor(client, "memU32 0x8000 = 0x12345678");
        expect(await client.ask("m8000,4")).toBe("78563412");
      },
      options,
      twin,
    );
    expect([...twin.peekFlash(0x8000, 4)]).toEqual([0x78, 0x56, 0x34, 0x12]);
  });

  it.each(["mdw 4294967296", "mww 0x20001000 9999999999", "mwb 0x20001000 0x100"])(
    "refuse a number that does not fit: %s",
    async (line) => {
      await talk(async (client) => {
        expect(await monitor(client, line)).toMatch(/is no number from 0 to 0xFFFFFFFF|does not fit 8 bits/);
        expect(await client.ask("m20001000,4")).toBe("00000000");
      });
    },
  );

  it.each([
    ["mww 0x20001000 0x11223344 3", "4433221144332211443322110000"],
    ["write16 0x20001000 1 2 0x1234", "0100020034120000000000000000"],
    ["mwb 0x20001000 0xAA", "aa00000000000000000000000000"],
  ])("write as many elements as their servers do: %s", async (line, bytes) => {
    await talk(async (client) => {
      expect(await monitor(client, line)).toBe("");
      expect(await client.ask("m20001000,e")).toBe(bytes);
    });
  });

  it("count elements in OpenOCD's words and bytes in pyOCD's", async () => {
    await talk(async (client) => {
      expect(await monitor(client, "mdw 0x20001000 2")).toBe("0x20001000: 00000000 00000000\n");
      expect(await monitor(client, "read32 0x20001000 4")).toBe("0x20001000: 00000000\n");
    });
  });

  it.each([
    "mww 0x20001000 1 300",
    "mww 0x20001000 1 1 1",
    "write32 0x20001000",
    "mdw 0x20001000 1 1",
    "write32 0x20001000 1 x",
  ])("write nothing where a word is wrong or too much: %s", async (line) => {
    await talk(async (client) => {
      expect(await monitor(client, line)).not.toBe("");
      expect(await client.ask("m20001000,4")).toBe("00000000");
    });
  });

  it("set a vector catch that stays through the next stop", async () => {
    await talk(async (client, session) => {
      await monitor(client, "set vector-catch bm");
      await monitor(client, "halt");
      const [demcr] = await session.core.memory.run([{ op: "read", address: 0xe000edfc, width: 32 }]);
      expect(demcr & 0x7f1).toBe(0x510);
    });
  });
});

describe("monitor words for RTT", () => {
  const placed = async (line: string) => {
    const place = { rtt: {} };
    let printed = "";
    await talk(
      async (client) => {
        printed = await monitor(client, line);
      },
      { ...OPTIONS, place },
    );
    return { rtt: place.rtt, printed };
  };

  it.each([
    ['rtt setup 0x20000000 2048 "SEGGER RTT"', { ranges: [{ start: 0x20000000, length: 2048 }] }],
    ["rtt setup 0x20000000 0x800", { ranges: [{ start: 0x20000000, length: 0x800 }] }],
    ["rtt setup 536870912 1024 SEGGER RTT", { ranges: [{ start: 0x20000000, length: 1024 }] }],
    ["exec SetRTTAddr 20000010", { address: 0x20000010 }],
    [
      "exec SetRTTSearchRanges 20000000 1000, 0x1FFF0000 0x100",
      {
        ranges: [
          { start: 0x20000000, length: 0x1000 },
          { start: 0x1fff0000, length: 0x100 },
        ],
      },
    ],
  ])("take a place in memory: %s", async (line, rtt) => {
    expect((await placed(line)).rtt).toEqual(rtt);
  });

  it.each([
    "exec SetRTTSearchRanges 0x40000000 0x10000",
    "exec SetRTTAddr 0x40020000",
    "rtt setup 0x40000000 0x1000",
    "rtt setup 0x20000000",
    'rtt setup "SEGGER RTT"',
  ])("refuse what is no place in memory: %s", async (line) => {
    const { rtt, printed } = await placed(line);
    expect(rtt).toEqual({});
    expect(printed).toMatch(/in memory|is no number/);
  });
});

describe("a client that goes while a monitor word waits", () => {
  it.each(["sleep 50000", "waithalt 50000", "jlink Sleep 100000000"])(
    "ends it, and frees its place: %s",
    async (line) => {
      let calledOff = 0;
      const commander = (_line: string, { signal }: Io) =>
        new Promise<string>((_, reject) => {
          signal?.addEventListener("abort", () => {
            calledOff++;
            reject(new Error("called off"));
          });
        });
      await talk(
        async (client, session) => {
          session.clock.sleep = (_us, signal) =>
            new Promise((_, reject) => {
              signal?.addEventListener("abort", () => {
                calledOff++;
                reject(new Error("called off"));
              });
            });
          if (line.startsWith("waithalt")) {
            await client.ask("M20000000,4:fee7fee7");
            await client.ask("Pf=00000020");
            await monitor(client, "go");
          }
          client.put(frame(`qRcmd,${hexOfText(line)}`));
          for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
          expect(calledOff).toBe(0);
        },
        OPTIONS,
        board({ flash: "zero" }),
        { commander },
      );
      expect(calledOff).toBe(1);
    },
  );
});
