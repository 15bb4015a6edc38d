import { describe, expect, it } from "vitest";
import type { BatchMemory } from "../../../src/adi/memory.ts";
import type { GdbOptions } from "../../../src/gdb/host.ts";
import { RamBreakpoints } from "../../../src/gdb/ram-breakpoints.ts";
import { frame } from "../../../src/gdb/rsp.ts";
import { GdbTarget } from "../../../src/gdb/server.ts";
import { openOtherCore, otherCores } from "../../../src/session/connecting/other-core.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";
import { GdbClient, monitor, OPTIONS } from "../../support/gdb-client.ts";
import { SOAKED_PROBES } from "../../support/probes.ts";

/** Where each core counts: ldr r1, [pc, #4]; adds r0, #1; str r0, [r1]; b back to adds; the counter's address. */
const LOOP = 0x20000000;
const PLACES = [LOOP, LOOP + 0x100] as const;
const COUNTERS = [LOOP + 0x40, LOOP + 0x140] as const;

const word = (value: number) => Buffer.from(Uint32Array.of(value).buffer).toString("hex");
const loopFor = (counter: number) => `01490130 0860fce7 ${word(counter)}`.replaceAll(" ", "");
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A client at each core of an RP2040, both halted at their loops. */
async function withClients(
  work: (
    clients: readonly [GdbClient, GdbClient],
    sessions: readonly [Session, Session],
    lines: string[],
  ) => Promise<void>,
  probe: (typeof SOAKED_PROBES)[number] = "cmsis-dap",
): Promise<readonly string[]> {
  const lines: string[] = [];
  await onTarget(board({ chip: "RP2040", flash: "zero", probe }), async (first) => {
    const second = await openOtherCore(first, otherCores(first.chip)[0]);
    const rest = async (us: number) => {
      await first.clock.sleep(us);
      await tick();
    };
    const host = {
      print: (line: string) => void lines.push(line),
      explain: (error: unknown) => [(error as Error).message],
      rest,
    };
    const ram = new RamBreakpoints(2, host.print);
    const optionsOf = (index: number): GdbOptions => ({
      ...OPTIONS,
      onClose: "run",
      servedCore: { name: `core${index}`, index, ram, ...(index > 0 && { jobsBy: "core0" }) },
    });
    const clients = [new GdbClient(), new GdbClient()] as const;
    const serving = [first, second].map((session, i) => new GdbTarget(session, host, optionsOf(i)).debug(clients[i]));
    try {
      for (const [i, client] of clients.entries()) {
        await client.ask("?");
        const code = loopFor(COUNTERS[i]);
        await client.ask(`M${PLACES[i].toString(16)},${(code.length / 2).toString(16)}:${code}`);
        await client.ask(`Pf=${word(PLACES[i])}`);
        await client.ask(`P0=${word(0)}`);
      }
      await work(clients, [first, second], lines);
    } finally {
      for (const client of clients) client.end();
      await Promise.all(serving);
    }
  });
  return lines;
}

/** Lets a core run; resolves with its stop. */
function run(client: GdbClient, action = "vCont;c"): Promise<string> {
  const from = client.answers.length;
  client.put(frame(action));
  return (async () => {
    const seen = () => client.answers.slice(from).find((answer) => /^[TWX]/.test(answer));
    while (seen() === undefined) await tick();
    return seen() ?? "";
  })();
}

const counter = async (client: GdbClient, i: 0 | 1) =>
  Buffer.from(await client.ask(`m${COUNTERS[i].toString(16)},4`), "hex").readUInt32LE();

/** Ctrl-C, once the core has run for some looks. */
async function interrupt(client: GdbClient): Promise<void> {
  for (let i = 0; i < 20; i++) await tick();
  client.put(Uint8Array.of(3));
}

describe("a client at each core of one chip", () => {
  it.each(SOAKED_PROBES)(
    "runs, interrupts and steps each core while the other one stands or runs, through %s",
    async (probe) => {
      await withClients(async ([one, two]) => {
        const running = run(two);
        // adds r0, #1
        expect(await run(one, "vCont;s:1")).toMatch(/^T05.*core:0;/);
        expect(await run(one, "vCont;s:1")).toMatch(/^T05.*0f:04000020.*core:0;/);
        await interrupt(two);
        expect(await running).toMatch(/^T02.*core:1;/);
        expect(await counter(two, 1)).toBeGreaterThan(0);
        expect(await counter(one, 0)).toBe(0);
        const both = [run(one), run(two)] as const;
        await interrupt(one);
        expect(await both[0]).toMatch(/^T02.*core:0;/);
        await interrupt(two);
        expect(await both[1]).toMatch(/^T02.*core:1;/);
        expect(await counter(one, 0)).toBeGreaterThan(0);
      }, probe);
    },
  );

  it("has its own comparators: a watchpoint of one core stops that one alone", async () => {
    await withClients(async ([one, two]) => {
      expect(await two.ask(`Z2,${COUNTERS[1].toString(16)},4`)).toBe("OK");
      const running = run(one);
      expect(await run(two)).toMatch(/^T05.*watch:20000140;.*core:1;/);
      await interrupt(one);
      expect(await running).toMatch(/^T02/);
    });
  });

  it("shares breakpoints in RAM: one is hidden from both, stops its own core, and the other core passes it", async () => {
    await withClients(async ([one, two]) => {
      const at = (LOOP + 2).toString(16);
      // Both cores run the first one's loop.
      await two.ask(`Pf=${word(LOOP)}`);
      expect(await one.ask(`Z0,${at},2`)).toBe("OK");
      for (const client of [one, two]) expect(await client.ask(`m${at},2`)).toBe("0130");
      const passing = run(two);
      expect(await run(one)).toMatch(/^T05.*0f:02000020;swbreak|^T05.*0f:02000020;/);
      await interrupt(two);
      expect(await passing).toMatch(/^T02/);
      // The other core's count went on over the breakpoint.
      expect(Buffer.from(await two.ask("p0"), "hex").readUInt32LE()).toBeGreaterThan(1);
      expect(await two.ask(`Z0,${at},2`)).toBe("OK");
      expect(await one.ask(`z0,${at},2`)).toBe("OK");
      expect(await run(two)).toMatch(/^T05.*0f:02000020;/);
      expect(await two.ask(`z0,${at},2`)).toBe("OK");
      expect(await one.ask(`m${at},2`)).toBe("0130");
    });
  });

  it("halts the other core anew when a reset of one has reset both, and prints that once", async () => {
    const lines = await withClients(async ([one, two], [, second]) => {
      await monitor(one, "reset");
      const [pc] = await second.core.readRegisters(["PC"]).catch(() => [PLACES[1]]);
      expect(pc).not.toBe(undefined);
      await two.ask("g");
      expect(await second.core.state()).toBe("halted");
      await one.ask("g");
      await two.ask("g");
    });
    expect(lines.filter((line) => /the chip was reset by way of another core/.test(line))).toHaveLength(1);
  });

  it("resets the chip for one client once a job of the other core's has ended", async () => {
    await withClients(async ([, two], [first]) => {
      const asked = await first.hold("flash", async () => {
        const reset = two.ask("vRun;");
        for (let i = 0; i < 50; i++) await tick();
        expect(two.answers.at(-1)).toBe("ack");
        // An object, as a promise would be waited for.
        return { reset };
      });
      expect(await asked.reset).toMatch(/^T05.*core:1;/);
    });
  });

  it("finds the firmware's bytes in RAM behind a load, in place of breakpoints of both clients", async () => {
    await withClients(async ([one, two], [first]) => {
      const places = [0x20001000, 0x20001100] as const;
      for (const [i, client] of [one, two].entries()) {
        await client.ask(`M${places[i].toString(16)},2:0130`);
        expect(await client.ask(`Z0,${places[i].toString(16)},2`)).toBe("OK");
      }
      const raw = async (at: number) => Buffer.from(await first.core.memory.read(at, 2, 16)).toString("hex");
      expect(await raw(places[1])).toBe("00be");
      await one.ask("vFlashErase:10001000,00001000");
      await one.ask(Buffer.from(frame("vFlashWrite:10001000:abcd")));
      expect(await one.ask("vFlashDone")).toBe("OK");
      for (const at of places) expect(await raw(at)).toBe("0130");
    });
  });

  it("programs no flash by the second core's port, and names the port that does", async () => {
    const lines = await withClients(async ([, two]) => {
      expect(await two.ask("vFlashErase:10000000,00001000")).toBe("E01");
    });
    expect(lines.join("\n")).toContain("core1 programs no flash: load by the port of core0");
  });
});

describe("a breakpoint in the RAM of two cores", () => {
  const memory: BatchMemory = {
    read: async () => Uint8Array.of(1, 2),
    write: async () => {},
    run: async () => new Uint32Array(0),
  };

  it("prints once what becomes of a core without a debugger, and nothing where each core has one", async () => {
    const lines: string[] = [];
    const ram = new RamBreakpoints(2, (line) => void lines.push(line));
    const [one, two] = [{}, {}];
    ram.attend(one);
    ram.attend(two);
    await ram.set(one, 0x20000000, memory, {});
    expect(lines).toEqual([]);
    ram.leave(two);
    for (const at of [0x20000002, 0x20000004]) await ram.set(one, at, memory, {});
    expect(lines).toEqual([expect.stringMatching(/every core that comes there: one without a GDB/)]);
  });
});

describe("a session of another core", () => {
  it("ends with the first one's", async () => {
    await onTarget(board({ chip: "RP2040", flash: "zero" }), async (first) => {
      const second = await openOtherCore(first, otherCores(first.chip)[0]);
      expect(await second.core.state()).not.toBe("halted");
      await first.close();
      expect(() => second.core).toThrow(expect.objectContaining({ code: "session-closed" }));
    });
  });

  it("waits for a job of the first one's, and is refused what a job of its own is", async () => {
    await onTarget(board({ chip: "RP2040", flash: "zero" }), async (first) => {
      const second = await openOtherCore(first, otherCores(first.chip)[0]);
      await first.hold("flash", async () => {
        expect(() => second.core).toThrow(expect.objectContaining({ code: "lease-busy" }));
        await expect(second.hold("debug", async () => {})).rejects.toMatchObject({ code: "lease-busy" });
      });
      await second.core.halt();
      expect(await first.core.state()).toBe("halted");
    });
  });
});
