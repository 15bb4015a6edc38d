import { describe, expect, it, vi } from "vitest";
import { Breakpoints } from "../../../src/cortex/breakpoints.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { GdbOptions } from "../../../src/gdb/host.ts";
import { assignPoints } from "../../../src/gdb/assign-points.ts";
import { hexOfText } from "../../../src/gdb/rsp.ts";
import { setFlashBreakpoints } from "../../../src/session/patches/change.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, flashBoard } from "../../support/board.ts";
import { type GdbClient, OPTIONS, talk } from "../../support/gdb-client.ts";
import { MemoryJournal } from "../../support/patch-journal.ts";

const hex = (value: number): string => value.toString(16);

/** Chips, and a place in flash for code that has no security bytes in its sector. */
const CHIPS = [
  { chip: "MK24FN1M0xxx12", code: 0x5000, comparators: 6 },
  { chip: "STM32F407xG", code: 0x08004000, comparators: 6 },
  { chip: "nRF52840_xxAA", code: 0x8000, comparators: 6 },
  { chip: "RP2040", code: 0x10002000, comparators: 4 },
] as const;

/** `adds r0, #1` twenty times, and back to the first. */
const CODE = Uint8Array.from([...Array.from({ length: 20 }, () => [0x01, 0x30]).flat(), 0xea, 0xe7]);
const COUNT = 20;

/** ldr r1, [r3]; cmp r1, #0; beq back; bx r2: waits for a flag in RAM, and goes on where R2 points. */
const WAIT = {
  address: 0x20000100,
  code: Uint8Array.of(0x19, 0x68, 0x00, 0x29, 0xfc, 0xd0, 0x10, 0x47),
  flag: 0x20001000,
} as const;

type Place = (typeof CHIPS)[number];

interface Bench {
  readonly twin: Twin;
  readonly client: GdbClient;
  readonly session: Session;
  readonly journal: MemoryJournal;
  readonly at: (n: number) => number;
  readonly code: () => Uint8Array;
}

/** Debugs the code in flash on a chip; answers the server's console. */
async function debug(
  { chip, code }: Place,
  work: (bench: Bench) => Promise<void>,
  options: Partial<GdbOptions> = { flashBreakpoints: "on" },
): Promise<{ readonly console: readonly string[]; readonly journal: MemoryJournal; readonly left: Uint8Array }> {
  const twin = board({ chip, flash: "zero" });
  const segments = [{ name: "code", address: code, bytes: CODE }];
  await flashBoard(twin, buildImage({ format: "raw", segments }));
  const journal = new MemoryJournal();
  const peek = () => twin.peekFlash(code, CODE.length);
  const own = { ...OPTIONS, ...options };
  const console = await talk(
    async (client, session) => {
      session.patched.journal = journal;
      await client.ask("QStartNoAckMode");
      await client.ask(`Pf=${littleEndian(code)}`);
      await work({ twin, client, session, journal, at: (n) => code + 2 * n, code: peek });
    },
    own,
    twin,
  );
  return { console, journal, left: peek() };
}

const littleEndian = (value: number): string => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return Buffer.from(bytes).toString("hex");
};

const every = (first = 0, last = COUNT): readonly number[] => Array.from({ length: last - first }, (_, i) => first + i);

/** Sets or clears breakpoints as GDB does, one packet for each. */
async function all({ client, at }: Bench, what: "Z" | "z", which = every(), kind = 1): Promise<void> {
  for (const n of which) expect([n, await client.ask(`${what}${kind},${hex(at(n))},2`)]).toEqual([n, "OK"]);
}

const stoppedAt = (answer: string): string => /0f:([0-9a-f]{8});/.exec(answer)?.[1] ?? answer;

/** Runs or steps, and answers where the core stopped; lines that GDB prints come before. */
async function stopOf(client: GdbClient, packet: string): Promise<string> {
  const before = client.answers.length;
  await client.ask(packet);
  const found = () => client.answers.slice(before).find((answer) => /^[TE]/.test(answer));
  while (found() === undefined) await new Promise((resolve) => setImmediate(resolve));
  return stoppedAt(found() ?? "");
}

/** From a breakpoint on to the next, as GDB goes: all of them away, a step, all of them set, `continue`. */
async function toNext(bench: Bench, which = every()): Promise<string> {
  await all(bench, "z", which);
  await stopOf(bench.client, "vCont;s:1");
  await all(bench, "Z", which);
  return stopOf(bench.client, "vCont;c");
}

async function monitor({ client }: Bench, line: string): Promise<string> {
  const answer = await client.ask(`qRcmd,${hexOfText(line)}`);
  return Buffer.from(answer.slice(1), "hex").toString();
}

describe.each(CHIPS)("twenty breakpoints in flash of $chip", (place) => {
  it("each stop the core once, whatever their number of comparators, and the end gives the sector back", async () => {
    const { console, journal, left } = await debug(place, async (bench) => {
      await all(bench, "Z");
      const stops = [await stopOf(bench.client, "vCont;c")];
      for (let n = 1; n < 2 * COUNT; n++) stops.push(await toNext(bench));
      const expected = every(0, 2 * COUNT).map((n) => littleEndian(bench.at(n % COUNT)));
      expect(stops).toEqual(expected);
      const standing = bench.session.patched.breakpoints.length;
      expect(standing).toBeGreaterThanOrEqual(COUNT - place.comparators - 1);
      expect(standing).toBeLessThanOrEqual(COUNT - place.comparators + 1);
      // What was counted: each instruction was executed once a round.
      const [r0] = await bench.session.core.readRegisters(["R0"]);
      expect(r0 % COUNT).toBe(2 * COUNT - 1 - COUNT);
    });
    expect(left).toEqual(CODE);
    expect(journal.texts.size).toBe(0);
    expect(console.join("\n")).toMatch(
      /breakpoints in flash: the sector at 0x[0-9A-F]{8} \(\d+ KB\) gets 1\d, erase 1 of this session/,
    );
  });

  it("are not seen by m, x, qCRC and an observer's reads", async () => {
    await debug(place, async (bench) => {
      const { client } = bench;
      await all(bench, "Z");
      const crc = await client.ask(`qCRC:${hex(place.code)},${hex(CODE.length)}`);
      await stopOf(client, "vCont;c");
      expect(bench.code()).not.toEqual(CODE);
      expect(await client.ask(`m${hex(place.code)},${hex(CODE.length)}`)).toBe(Buffer.from(CODE).toString("hex"));
      expect(await client.ask(`m${hex(place.code + 0x11)},3`)).toBe(
        Buffer.from(CODE.slice(0x11, 0x14)).toString("hex"),
      );
      expect(await client.ask(`qCRC:${hex(place.code)},${hex(CODE.length)}`)).toBe(crc);
    });
  });
});

describe("breakpoints in flash", () => {
  const place = CHIPS[0];

  it("cost no erase while a breakpoint in a comparator is reached again and again", async () => {
    await debug(place, async (bench) => {
      await all(bench, "Z", every(0, 7));
      await stopOf(bench.client, "vCont;c");
      const flashed = bench.session.patched.breakpoints;
      const erases = () => bench.session.patched.erasesBySector;
      expect(flashed).toHaveLength(1);
      expect(erases()).toEqual([[0x5000, 1]]);
      // Six comparators, of which none is that in flash: a round to the one before it.
      for (let n = 1; n < 6; n++) await toNext(bench, every(0, 7));
      expect(erases()).toEqual([[0x5000, 1]]);
    });
  });

  it("leave the comparators to fewer breakpoints than there are, and flash as it was", async () => {
    const { console, left } = await debug(place, async (bench) => {
      await all(bench, "Z", every(0, 6));
      await stopOf(bench.client, "vCont;c");
      expect(bench.code()).toEqual(CODE);
      expect(bench.session.patched.erasesBySector).toEqual([]);
    });
    expect(left).toEqual(CODE);
    expect(console.join()).not.toContain("breakpoints in flash");
  });

  it("that are off refuse the seventh, with the option that enables them", async () => {
    const { console } = await debug(
      place,
      async (bench) => {
        await all(bench, "Z", every(0, 6));
        expect(await bench.client.ask(`Z1,${hex(bench.at(6))},2`)).toBe("E01");
        expect(await monitor(bench, "flash breakpoints = 1")).toContain(
          "breakpoints in flash are off: the server was started without --flash-breakpoints ask or on",
        );
      },
      {},
    );
    expect(console).toContain(
      "no breakpoint at 0x0000500C: all 6 comparators are taken, and breakpoints in flash are off: --flash-breakpoints on",
    );
  });

  it("with ask are refused with what they cost until monitor enables them, and go when it disables them", async () => {
    const { console, left } = await debug(
      place,
      async (bench) => {
        await all(bench, "Z", every(0, 6));
        expect(await bench.client.ask(`Z1,${hex(bench.at(6))},2`)).toBe("E01");
        expect(await monitor(bench, "flash breakpoints = 1")).toContain("breakpoints in flash are on");
        await all(bench, "Z", every(0, 8));
        await stopOf(bench.client, "vCont;c");
        expect(bench.session.patched.breakpoints).toHaveLength(2);
        expect(await monitor(bench, "flash breakpoints")).toContain("0x00005000 (4 KB): 0x0000500C, 0x0000500E");
        expect(await monitor(bench, "flash breakpoints = 0")).toContain(
          "no comparator is left for 0x0000500C, 0x0000500E: those breakpoints are gone",
        );
        expect(bench.code()).toEqual(CODE);
      },
      { flashBreakpoints: "ask" },
    );
    expect(console).toContain(
      "no breakpoint at 0x0000500C: all 6 comparators are taken; monitor flash breakpoints = 1 lets them stand in flash, and each change of one erases its sector (4 KB here)",
    );
    expect(left).toEqual(CODE);
  });

  it("never stand in the sector with the security bytes: those there have comparators", async () => {
    const { console } = await debug(place, async (bench) => {
      const { client, session } = bench;
      for (let n = 0; n < 6; n++) expect(await client.ask(`Z1,${hex(0x420 + 2 * n)},2`)).toBe("OK");
      expect(await client.ask("Z1,430,2")).toBe("E01");
      await all(bench, "Z", [3]);
      await stopOf(client, "vCont;c");
      expect(session.patched.breakpoints).toEqual([bench.at(3)]);
    });
    expect(console).toContain(
      "no breakpoint at 0x00000430: all 6 comparators are taken, and none may stand in flash there: the sector at 0x00000000 has the chip's security bytes",
    );
  });

  it("asked for as hardware breakpoints where GDB knows of no flash stay in comparators", async () => {
    await debug(
      place,
      async (bench) => {
        await all(bench, "Z", every(0, 6), 1);
        expect(await bench.client.ask(`Z1,${hex(bench.at(6))},2`)).toBe("E01");
        await all(bench, "Z", [7], 0);
        await stopOf(bench.client, "vCont;c");
        expect(bench.session.patched.breakpoints).toEqual([bench.at(7)]);
      },
      { flashBreakpoints: "on", flashBy: "writes" },
    );
  });

  it("go with a load over their sector, and stand again in what was loaded", async () => {
    const { left, journal } = await debug(place, async (bench) => {
      const { client, session } = bench;
      await all(bench, "Z", every(0, 8));
      await stopOf(client, "vCont;c");
      const nop = Buffer.from([0x00, 0xbf]).toString("latin1");
      await client.ask("vFlashErase:00005000,00001000");
      await client.ask(`vFlashWrite:5000:${nop}`);
      expect(await client.ask("vFlashDone")).toBe("OK");
      expect(session.patched.breakpoints).toEqual([]);
      expect(bench.code()).toEqual(Uint8Array.from([0x00, 0xbf, ...CODE.slice(2)]));
      await client.ask(`Pf=${littleEndian(place.code)}`);
      await all(bench, "z", [0]);
      await client.ask("vCont;s:1");
      expect(await stopOf(client, "vCont;c")).toBe(littleEndian(bench.at(1)));
      expect(session.patched.breakpoints).toHaveLength(1);
    });
    expect(left).toEqual(Uint8Array.from([0x00, 0xbf, ...CODE.slice(2)]));
    expect(journal.texts.size).toBe(0);
  });

  it("that can't be written keep the core where it is, with the reason on the console", async () => {
    const { console, left } = await debug(place, async (bench) => {
      bench.journal.onPut = () => {
        throw new Error("no room on the disk");
      };
      await all(bench, "Z", every(0, 8));
      expect(await stopOf(bench.client, "vCont;c")).not.toBe(littleEndian(bench.at(0)));
    });
    expect(left).toEqual(CODE);
    expect(console).toContain("no room on the disk");
  });

  it("are taken away by a detach, by kill and by clrbp", async () => {
    for (const end of ["D", "k", `qRcmd,${hexOfText("clrbp")}`]) {
      const { left, journal } = await debug(place, async (bench) => {
        await all(bench, "Z");
        await stopOf(bench.client, "vCont;c");
        expect(bench.code()).not.toEqual(CODE);
        if (end === "k") bench.client.end();
        else await bench.client.ask(end);
      });
      expect(left).toEqual(CODE);
      expect(journal.texts.size).toBe(0);
    }
  });

  it("go transparently where the client takes one away while the core runs", async () => {
    await debug(place, async (bench) => {
      const { client, session } = bench;
      await client.ask("QNonStop:1");
      await all(bench, "Z", every(0, 8));
      const before = client.notifications.length;
      // Six in comparators, two in flash; the core waits in RAM until the client has taken them away.
      await session.core.memory.write(WAIT.address, WAIT.code, 16);
      await session.core.memory.write(WAIT.flag, new Uint8Array(4), 32);
      await session.core.writeRegisters({ PC: WAIT.address, R0: 0, R2: bench.at(0) | 1, R3: WAIT.flag });
      await client.ask("vCont;c");
      while (session.patched.breakpoints.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(session.patched.breakpoints).toEqual([bench.at(6), bench.at(7)]);
      await all(bench, "z", every(0, 8));
      await session.core.memory.write(WAIT.flag, Uint8Array.of(1, 0, 0, 0), 32);
      const isOver = () => session.patched.breakpoints.length === 0 || client.notifications.length > before;
      while (!isOver()) await new Promise((resolve) => setImmediate(resolve));
      for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(client.notifications.length).toBe(before);
      expect(bench.code()).toEqual(CODE);
      await client.ask("vCont;t:1");
      while (client.notifications.length === before) await new Promise((resolve) => setImmediate(resolve));
      const [r0] = await session.core.readRegisters(["R0"]);
      expect(r0).toBeGreaterThan(COUNT);
    });
  });

  it("that a killed server has left stop the core, and are reported, neither stepped over nor run into for ever", async () => {
    const { console } = await debug(
      place,
      async (bench) => {
        const { client, session } = bench;
        await setFlashBreakpoints(session, [bench.at(8)]);
        const [known] = session.patched.all;
        session.patched.note(session.chip, { ...known, isLeftover: true });
        expect(await monitor(bench, "flash breakpoints = 1")).toContain("breakpoints in flash are on");
        const far = { ...bench, at: (n: number) => bench.at(n) + 0x1000 };
        await all(far, "Z", every(0, 8));
        expect(await stopOf(client, "vCont;c")).toBe(littleEndian(bench.at(8)));
        const erases = [place.code, place.code + 0x1000].map((sector) => [sector, 1]);
        expect(session.patched.erasesBySector).toEqual(erases);
        await all(far, "z", every(0, 8));
        // No breakpoint makes room for it: it is not this client's to move.
        expect(await stopOf(client, "vCont;s:1")).toBe(littleEndian(bench.at(8)));
        expect(session.patched.erasesBySector).toEqual(erases);
      },
      { flashBreakpoints: "ask" },
    );
    expect(console.join("\n")).toContain("at a breakpoint in flash that a server which was ended by force has left");
  });

  it("set by an alias of their cells stop the core, and a step executes the instruction there", async () => {
    const chip = CHIPS[3];
    await debug(chip, async (bench) => {
      const { client, session } = bench;
      const aliased = { ...bench, at: (n: number) => bench.at(n) + 0x1000000 };
      await all(aliased, "Z");
      await client.ask(`Pf=${littleEndian(chip.code)}`);
      const stop = await stopOf(client, "vCont;c");
      const [at] = session.patched.breakpoints;
      expect(stop).toBe(littleEndian(at));
      await all(aliased, "z");
      expect(await stopOf(client, "vCont;s:1")).toBe(littleEndian(at + 2));
    });
  });

  it("go although a comparator can't be cleared, and so do the other comparators", async () => {
    const { left, journal } = await debug(place, async (bench) => {
      await all(bench, "Z", every(0, 8));
      await stopOf(bench.client, "vCont;c");
      expect(bench.code()).not.toEqual(CODE);
      const clear = vi.spyOn(Breakpoints.prototype, "clear").mockRejectedValueOnce(new Error("no answer"));
      try {
        await bench.client.ask(`qRcmd,${hexOfText("clrbp")}`);
        expect(clear).toHaveBeenCalledTimes(6);
        expect(bench.code()).toEqual(CODE);
      } finally {
        clear.mockRestore();
      }
    });
    expect(left).toEqual(CODE);
    expect(journal.texts.size).toBe(0);
  });
});

describe("the places of breakpoints", () => {
  const point = (address: number, more: Partial<Parameters<typeof assignPoints>[0][number]> = {}) => ({
    address,
    isInFlash: false,
    isReached: true,
    sector: 0x1000,
    used: 0,
    ...more,
  });

  it("are comparators for those that can't stand in flash, then for those reached or set last", () => {
    const points = [
      point(1, { used: 5 }),
      point(2, { used: 9 }),
      point(3, { sector: undefined }),
      point(4, { used: 7 }),
    ];
    expect(assignPoints(points, 2)).toEqual({ comparators: [3, 2], flash: [1, 4] });
  });

  it("stay in flash where they are already, however often they were reached", () => {
    const points = [point(1, { isInFlash: true, used: 9 }), point(2), point(3)];
    expect(assignPoints(points, 2)).toEqual({ comparators: [2, 3], flash: [1] });
  });

  it("change by one sector where one leaves flash: one of the same sector makes room", () => {
    const points = [
      point(1, { isInFlash: true }),
      point(2, { sector: 0x2000 }),
      point(3, { used: 4 }),
      point(4, { sector: 0x3000 }),
    ];
    expect(assignPoints(points, 3, 1)).toEqual({ comparators: [1, 2, 4], flash: [3] });
  });

  it("beyond the comparators' reach are in flash", () => {
    expect(assignPoints([point(0x60000000, { isReached: false })], 6)).toEqual({
      comparators: [],
      flash: [0x60000000],
    });
  });
});
