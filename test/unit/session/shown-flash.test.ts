import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashBank } from "../../../src/chips/flash-bank.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { refuseHiddenFlash } from "../../../src/session/shown-flash.ts";
import { connectMadeUp, MADE_UP, madeUp } from "../../support/made-up-chip.ts";

const [FLASH, ALIAS, BESIDE, LENGTH] = [0x10000000, 0x13000000, 0x30000000, 0x1000];
const [ENABLE, MODE, SECOND] = [0x40000010, 0x40000014, 0x40000018];
const test = (address: number, value: number, otherwise: string) => ({
  ...({ name: "shown", at: { in: "memory", address, width: 32 }, mask: 0xff, value, otherwise } as const),
});
const bank = (more: Partial<FlashBank>): FlashBank => ({
  ...k24.banks[0],
  length: LENGTH,
  sectors: [{ size: LENGTH, count: 1 }],
  ...more,
});
const hidden = bank({
  ...{ id: "outside", name: "external flash", start: FLASH, aliases: [ALIAS] },
  shown: [test(ENABLE, 1, "the interface is off"), test(MODE, 3, "the mode is another one")],
});
const second = bank({ id: "second", start: 0x50000000, shown: [test(SECOND, 1, "the second one is off")] });
const chip: Chip = { ...MADE_UP, banks: [bank({ id: "inside", start: BESIDE }), hidden, second] };

/** The chip with the words of both registers. */
async function connected(enable: number, mode: number) {
  const lab = madeUp();
  lab.core.write(ENABLE, 4, enable);
  lab.core.write(MODE, 4, mode);
  const session = await connectMadeUp(lab, chip);
  lab.core.accesses.length = 0;
  const at = (...starts: readonly number[]) =>
    refuseHiddenFlash(
      session,
      starts.map((start) => ({ start, length: 4 })),
    );
  return { lab, session, at };
}

describe("flash that is not always in the address space", () => {
  it.each([
    ["its first byte", [FLASH - 3]],
    ["its last byte", [FLASH + LENGTH - 1]],
    ["an alias of it", [ALIAS + 0x10]],
    ["it, as one of several ranges", [BESIDE, 0x20000000, FLASH]],
  ])("is refused as flash-not-shown where a range touches %s", async (_, starts) => {
    const { at } = await connected(0, 3);
    await expect(at(...starts)).rejects.toMatchObject({
      code: "flash-not-shown",
      details: { bank: "outside", state: "the interface is off" },
    });
  });

  it.each([
    ["the first", 0, 0, "the interface is off"],
    ["the last", 1, 2, "the mode is another one"],
  ])("is refused by what %s test that does not hold means", async (_, enable, mode, state) => {
    const { at } = await connected(enable, mode);
    await expect(at(FLASH)).rejects.toMatchObject({ details: { state } });
  });

  it("is no error where every test holds by its mask", async () => {
    const { at } = await connected(0xff01, 0x103);
    await expect(at(FLASH, ALIAS)).resolves.toBeUndefined();
  });

  it.each([
    ["ends before it", FLASH - 4],
    ["begins behind it", FLASH + LENGTH],
    ["begins behind its alias", ALIAS + LENGTH],
    ["is in a bank that is always there", BESIDE],
  ])("is not looked at for a range that %s", async (_, start) => {
    const { lab, at } = await connected(0, 0);
    await at(start);
    expect(lab.core.accesses).toEqual([]);
  });

  it("is refused by the bank that is hidden, behind one that is shown", async () => {
    const { at } = await connected(1, 3);
    await expect(at(FLASH, second.start)).rejects.toMatchObject({ details: { bank: "second" } });
  });

  it.each([
    ["every", () => true, "unsteady-read"],
    ["the first", (reading: number) => reading === 2, undefined],
  ])("is no verdict where a register is not the same when it is read again at %s look", async (_, isChanged, code) => {
    const { session, at } = await connected(1, 3);
    const { memory } = session.core;
    const run = memory.run.bind(memory);
    let readings = 0;
    const changed = (address: number) => (address === MODE && ++readings % 2 === 0 && isChanged(readings) ? 1 : 0);
    memory.run = async (ops, io) => (await run(ops, io)).map((word, i) => word ^ changed(ops[i].address));
    const found = await at(FLASH).then(
      () => undefined,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(found).toBe(code);
  });

  it("is shown where its tests hold some milliseconds later, as behind a reset", async () => {
    const { lab, session, at } = await connected(0, 3);
    const sleep = session.clock.sleep.bind(session.clock);
    let pauses = 0;
    session.clock.sleep = async (us, signal) => {
      if (++pauses === 3) lab.core.write(ENABLE, 4, 1);
      await sleep(us, signal);
    };
    await expect(at(FLASH)).resolves.toBeUndefined();
    expect(pauses).toBe(3);
  });

  it("is nothing on a chip that is not known", async () => {
    const session = await connectMadeUp(madeUp(), chip, { chip: undefined, candidates: [] });
    await expect(refuseHiddenFlash(session, [{ start: FLASH, length: 4 }])).resolves.toBeUndefined();
  });
});
