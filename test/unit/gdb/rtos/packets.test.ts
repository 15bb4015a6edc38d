import { describe, expect, it } from "vitest";
import { hexOfText, hexOfWord } from "../../../../src/gdb/rsp.ts";
import { type GdbClient, talk } from "../../../support/gdb-client.ts";

const SYMBOLS: { readonly [name: string]: number } = {
  pxCurrentTCB: 0x20001200,
  pxReadyTasksLists: 0x20001000,
  xDelayedTaskList1: 0x20001100,
  xSchedulerRunning: 0x20001208,
};
const [ONE, SLEEPER] = [0x20002000, 0x20004000];
const STACK = 0x20005000;

const put = (client: GdbClient, at: number, words: readonly number[]) =>
  client.ask(`M${at.toString(16)},${(words.length * 4).toString(16)}:${words.map(hexOfWord).join("")}`);

/** Answers the server's requests for symbols as GDB does; answers how many there were. */
async function giveSymbols(client: GdbClient): Promise<number> {
  let count = 0;
  for (let asked = await client.ask("qSymbol::"); asked.startsWith("qSymbol:"); count++) {
    const name = asked.slice("qSymbol:".length);
    const address = SYMBOLS[Buffer.from(name, "hex").toString()];
    asked = await client.ask(`qSymbol:${address?.toString(16) ?? ""}:${name}`);
  }
  return count;
}

/** FreeRTOS with one task that runs, and one that is delayed. */
async function loadKernel(client: GdbClient): Promise<void> {
  await put(client, 0x20001000, [0, 0x20001008, 0xffffffff, 0x20001008, 0x20001008, 0, 0, 0]);
  await put(client, 0x20001100, [1, 0x20001108, 0xffffffff, SLEEPER + 4, SLEEPER + 4]);
  await put(client, 0x20001200, [ONE, 2, 1]);
  await put(client, SLEEPER, [STACK, 0, 0x20001108, 0x20001108, SLEEPER]);
  await put(client, SLEEPER + 44, [3, 0, 0x65656c73, 0x00726570, 0, 0]);
  await put(client, ONE + 44, [1, 0, 0x00656e6f, 0, 0, 0]);
  await put(client, STACK, [4, 5, 6, 7, 8, 9, 10, 11, 0xfffffffd, 0, 1, 2, 3, 12, 0x1235, 0x4321, 0x01000000]);
}

describe("threads of a kernel, packet by packet", () => {
  it("are the current one as number 1 and the others by their control blocks, with names and states", async () => {
    await talk(async (client) => {
      await loadKernel(client);
      expect(await client.ask("qfThreadInfo")).toBe("m1");
      expect(await giveSymbols(client)).toBeGreaterThan(10);
      expect(await client.ask("qfThreadInfo")).toBe(`m1,${SLEEPER.toString(16)}`);
      expect(await client.ask("qsThreadInfo")).toBe("l");
      expect(await client.ask(`qThreadExtraInfo,${SLEEPER.toString(16)}`)).toBe(
        hexOfText("sleeper; blocked; priority 3"),
      );
      expect(await client.ask("qXfer:threads:read::0,1000")).toContain(
        `<thread id="1" core="0" name="one">running</thread><thread id="${SLEEPER.toString(16)}" core="0" name="sleeper">`,
      );
      expect([await client.ask(`T${SLEEPER.toString(16)}`), await client.ask("T1"), await client.ask("T2")]).toEqual([
        "OK",
        "OK",
        "E01",
      ]);
    });
  });

  it("have registers from their stacks, which are read only, until the core runs", async () => {
    const lines = await talk(async (client) => {
      await loadKernel(client);
      await giveSymbols(client);
      const [own, msp] = [await client.ask("g"), await client.ask("p11")];
      expect(await client.ask(`Hg${SLEEPER.toString(16)}`)).toBe("OK");
      const expected = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, STACK + 68, 0x1235, 0x4320, 0x01000000];
      expect(await client.ask("g")).toBe(expected.map(hexOfWord).join(""));
      expect([await client.ask("p4"), await client.ask("p11"), await client.ask("p16")]).toEqual([
        hexOfWord(4),
        msp,
        "xx",
      ]);
      expect([await client.ask("P4=00000000"), await client.ask(`Hg2`)]).toEqual(["E01", "E01"]);
      expect(await client.ask("Hg1")).toBe("OK");
      expect(await client.ask("g")).toBe(own);
    });
    expect(lines.join("\n")).toContain("the thread does not run");
  });

  it("are read anew after each stop, and not while monitor lets the core run", async () => {
    await talk(async (client) => {
      await loadKernel(client);
      await giveSymbols(client);
      const rest = { running: `T${SLEEPER.toString(16)}`, all: `m1,${SLEEPER.toString(16)}` };
      expect([await client.ask("qfThreadInfo"), await client.ask(rest.running)]).toEqual([rest.all, "OK"]);
      await put(client, 0x20000000, [0xe7fee7fe]);
      await client.ask("Pf=00000020");
      await client.ask(`qRcmd,${hexOfText("go")}`);
      expect([await client.ask("qfThreadInfo"), await client.ask(rest.running)]).toEqual(["m1", "E01"]);
      expect(await client.ask(`Hg${SLEEPER.toString(16)}`)).toBe("E01");
      await client.ask(`qRcmd,${hexOfText("halt")}`);
      expect([await client.ask("qfThreadInfo"), await client.ask(rest.running)]).toEqual([rest.all, "OK"]);
      // It has ended in between.
      await put(client, 0x20001100, [0, 0x20001108, 0xffffffff, 0x20001108, 0x20001108]);
      await client.ask("vCont;s:1");
      expect([await client.ask("qfThreadInfo"), await client.ask(rest.running)]).toEqual(["m1", "E01"]);
    });
  });

  it("keep a client's selected thread over a stop in non-stop mode", async () => {
    await talk(async (client) => {
      await loadKernel(client);
      await giveSymbols(client);
      await client.ask("QNonStop:1");
      await client.ask(`Hg${SLEEPER.toString(16)}`);
      await put(client, 0x20000000, [0xe7fee7fe]);
      const saved = await client.ask("g");
      await client.ask("vCont;s:1");
      while (client.notifications.length === 0) await client.ask("qC");
      expect(await client.ask("g")).toBe(saved);
    });
  });

  it("report a broken list once, and continue without it", async () => {
    const lines = await talk(async (client) => {
      await loadKernel(client);
      await put(client, SLEEPER + 8, [SLEEPER + 4]);
      await giveSymbols(client);
      await client.ask("qfThreadInfo");
      await client.ask("qfThreadInfo");
      expect(await client.ask("qC")).toBe("QC1");
    });
    expect(lines.filter((line) => line.includes("xDelayedTaskList1 is broken"))).toHaveLength(1);
  });
});
