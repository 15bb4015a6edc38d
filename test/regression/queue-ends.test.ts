import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../src/base/clock.ts";
import { LAYOUT } from "../../src/families/kinetis-ftfe/queue-words.ts";
import { FAMILIES } from "../../src/families/list.ts";
import type { Loader } from "../../src/flash/loader.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import { board, onTarget } from "../support/board.ts";
import { codeFrom, firmware, programmedBoard } from "./firmware.ts";

/** Another firmware on the same board: three sectors are erased and programmed. */
const image = firmware(0x3000, { 0x1: [0x5a], 0x1001: [0x5a], 0x2001: [0x5a] });
const CODES = {
  "to its end": "none",
  "called off between two sectors": "aborted",
  "with a flash command that fails": "loader-failed",
} as const;
const STEP_BYTES = 48;
const SETUP_WORDS = 34;

/** The same board, whose flash takes its time. */
const slowBoard = async () => board({ state: (await programmedBoard()).snapshot(), flash: "typ" });

const loaderOn = ({ core, chip, clock }: Session): Loader =>
  FAMILIES["kinetis-ftfe"].loaders.ram({ core, chip, clock, bank: chip.banks[0] });

describe("RAM and registers around a job of the loaders", () => {
  const cases = (["ram", "direct"] as const).flatMap((loader) =>
    (["to its end", "called off between two sectors", "with a flash command that fails"] as const).map(
      (how) => [loader, how] as const,
    ),
  );

  it.each(cases)(
    "%s, %s: the core stands where it did, and its RAM and the section program buffer are as they were",
    async (loader, how) => {
      const faults = how === "with a flash command that fails" ? "mgstat@ftfe=3" : undefined;
      const found = await onTarget(await programmedBoard(faults), async (session) => {
        const { core, chip } = session;
        await session.reset("system", "halt");
        const ram = { start: chip.workRam[0].start, length: LAYOUT.end };
        const section = { start: 0x14000000, length: 0x400 };
        for (const { start, length } of [ram, section])
          await core.memory.write(start, new Uint8Array(length).fill(0xa5), 32);
        const before = await core.readRegisters(["PC", "MSP", "R0", "CFBP"]);
        const called = new AbortController();
        const onProgress = ({ phase }: { readonly phase: string }) => {
          if (how === "called off between two sectors" && phase === "program") called.abort();
        };
        const job = { image, policy: "refuse", keepRest: true, permits: [], reset: false, loader, onProgress } as const;
        const code = await codeFrom(flashImage(session, job, { signal: called.signal }));
        const state = await core.state();
        if (state !== "halted") await core.halt();
        const isKept = async ({ start, length }: { readonly start: number; readonly length: number }) =>
          (await core.memory.read(start, length, 32)).every((byte) => byte === 0xa5);
        const isSame = (await core.readRegisters(["PC", "MSP", "R0", "CFBP"])).every((word, i) => word === before[i]);
        return { code, state, ram: await isKept(ram), section: await isKept(section), isSame };
      });
      expect(found).toEqual({ code: CODES[how], state: "halted", ram: true, section: true, isSame: true });
    },
  );
});

describe("the queue of steps", () => {
  it("does the step that it has checked, where the ring is overwritten before it begins", async () => {
    const twin = await slowBoard();
    const before = twin.peekFlash(0x4000, 0x1000);
    await onTarget(twin, async (session) => {
      const { core, chip } = session;
      await core.reset("system", "halt");
      const [bank] = chip.banks;
      const loader = loaderOn(session);
      await loader.start({ permitted: { everything: false, ranges: [{ start: 0x1000, length: 0x2000 }] } });
      await loader.eraseSector(bank, 0x1000, []);
      await loader.eraseSector(bank, 0x2000, []);
      // The first erase is under way, and the second step has been checked.
      const address = chip.workRam[0].start + LAYOUT.steps + 2 * STEP_BYTES + 4;
      await core.memory.write(address, Uint8Array.of(0x00, 0x00, 0x00, 0x00), 32);
      await loader.settle();
      await loader.stop();
    });
    expect(twin.peekFlash(0x1000, 0x2000).every((byte) => byte === 0xff)).toBe(true);
    expect(twin.peekFlash(0x0, 0x1000).every((byte) => byte === 0xff)).toBe(false);
    expect(twin.peekFlash(0x4000, 0x1000)).toEqual(before);
  });

  it("has other keys at each start, so that no step of the one before is sound", async () => {
    const keys: string[] = [];
    await onTarget(await slowBoard(), async (session) => {
      const { core, chip } = session;
      await core.reset("system", "halt");
      const run = core.memory.run.bind(core.memory);
      const setup = chip.workRam[0].start + LAYOUT.setup;
      core.memory.run = (ops, io) => {
        const own = ops.flatMap((op) =>
          op.op === "write" && op.address >= setup && op.address < setup + 0x10 ? [op.value] : [],
        );
        if (own.length > 0) keys.push(own.join());
        return run(ops, io);
      };
      const loader = loaderOn(session);
      for (let i = 0; i < 2; i++) {
        await loader.start({ keepRam: false });
        await loader.stop();
      }
    });
    expect(keys).toHaveLength(2);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("throws unsteady-read for a count of erased sectors that came wrong behind the last step", async () => {
    const work = onTarget(await slowBoard(), async (session) => {
      const { core, chip } = session;
      await core.reset("system", "halt");
      const [bank] = chip.banks;
      const loader = loaderOn(session);
      await loader.start();
      const run = core.memory.run.bind(core.memory);
      core.memory.run = async (ops, io) => {
        const words = await run(ops, io);
        const looks = ops.findIndex(
          (op) => op.op === "read" && op.address === chip.workRam[0].start + LAYOUT.setup + 4 * SETUP_WORDS,
        );
        return looks >= 0 && words[3] === 1 ? words.map((word, i) => (i === 3 ? word ^ 1 : word)) : words;
      };
      await loader.ensureBlank?.(bank, 0x1000, 0x1000, []);
      await loader.settle();
      return loader.erasedByCheck?.();
    });
    await expect(work).rejects.toMatchObject({ code: "unsteady-read" });
  });

  it("throws timeout where the caller's own deadline is over, and loader-failed where the loader's is", async () => {
    const codes = await onTarget(await slowBoard(), async (session) => {
      const { core, chip, clock } = session;
      await core.reset("system", "halt");
      const [bank] = chip.banks;
      const loader = loaderOn(session);
      await loader.start();
      await loader.eraseBank?.(bank, []);
      const first = await codeFrom(loader.settle({ deadline: clock.now() + 5 * MILLISECOND }));
      await core.halt();
      return [first, await codeFrom(loader.settle())];
    });
    expect(codes).toEqual(["timeout", "loader-failed"]);
  });
});
