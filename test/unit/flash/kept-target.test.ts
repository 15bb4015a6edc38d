import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../src/base/bytes.ts";
import { KeptTarget } from "../../../src/flash/kept/kept-target.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";

const LENGTH = 0x600;

/** Work on RAM that holds a pattern, and on how often the memory is read there. */
async function onRam(work: (on: { session: Session; start: number; reads: () => number }) => Promise<void>) {
  await onTarget(board({ flash: "zero" }), async (session) => {
    const { memory } = session.core;
    const start = session.chip.workRam[0].start + 0x1000;
    await memory.write(start, pattern(), 32);
    const run = memory.run.bind(memory);
    let count = 0;
    memory.run = (ops, io) => {
      count += ops.filter(({ op, address }) => op === "read" && address === start).length;
      return run(ops, io);
    };
    await work({ session, start, reads: () => count });
  });
}

const pattern = () => Uint8Array.from({ length: LENGTH }, (_, i) => (i * 7) & 0xff);

const range = (start: number) => ({ start, length: LENGTH });

describe("RAM that is kept for a whole job", () => {
  it.each([
    ["twice where nothing proves it", undefined, 2],
    ["once where a check of the target proves it", true, 1],
    ["again where that check does not agree", false, 2],
  ] as const)("is read %s", async (_, proof, times) => {
    await onRam(async ({ session: { core }, start, reads }) => {
      const kept = new KeptTarget(core);
      if (proof !== undefined) {
        kept.readAhead([range(start)]);
        kept.prove([() => proof]);
      }
      await kept.keep([range(start)], {});
      expect(reads()).toBe(times);
    });
  });

  it("throws unsteady-read where the check does not agree and the second reading differs", async () => {
    await onRam(async ({ session: { core }, start }) => {
      const run = core.memory.run.bind(core.memory);
      let readings = 0;
      core.memory.run = async (ops, io) => {
        const words = await run(ops, io);
        return ops[0].op === "read" && ops[0].address === start && ++readings === 2 ? words.map((w) => w ^ 1) : words;
      };
      const kept = new KeptTarget(core);
      kept.readAhead([range(start)]);
      kept.prove([() => false]);
      await expect(kept.keep([range(start)], {})).rejects.toMatchObject({ code: "unsteady-read" });
    });
  });

  it("is given back as it was, with the registers, where pieces of it went before", async () => {
    await onRam(async ({ session: { core }, start }) => {
      const kept = new KeptTarget(core);
      await core.writeRegisters({ R7: 0x12345678 });
      await kept.keep([range(start)], {});
      await core.memory.write(start, new Uint8Array(LENGTH), 32);
      await core.writeRegisters({ R7: 0 });
      const back = kept.giveBackBeside({ start: 0, length: 0 });
      await core.memory.run(back?.next() ?? [], {});
      await kept.giveBack({});
      expect(equalBytes(await core.memory.read(start, LENGTH, 32), pattern())).toBe(true);
      expect(await core.readRegisters(["R7"])).toEqual([0x12345678]);
    });
  });

  it("is given back as a whole where the code beside which pieces went has failed", async () => {
    await onRam(async ({ session: { core }, start }) => {
      const kept = new KeptTarget(core);
      await kept.keep([range(start)], {});
      const back = kept.giveBackBeside({ start: 0, length: 0 });
      back?.next();
      back?.forget();
      await core.memory.write(start, new Uint8Array(LENGTH), 32);
      await kept.giveBack({});
      expect(equalBytes(await core.memory.read(start, LENGTH, 32), pattern())).toBe(true);
    });
  });

  it("is not touched while code of ours may still run in it", async () => {
    await onRam(async ({ session: { core }, start }) => {
      const kept = new KeptTarget(core);
      await kept.keep([range(start)], {});
      await core.memory.write(start, new Uint8Array(LENGTH), 32);
      kept.isLent = true;
      await kept.giveBack({});
      expect(kept.giveBackBeside({ start: 0, length: 0 })).toBeUndefined();
      expect(equalBytes(await core.memory.read(start, LENGTH, 32), new Uint8Array(LENGTH))).toBe(true);
    });
  });
});
