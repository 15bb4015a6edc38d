import { describe, expect, it } from "vitest";
import { type Io, MILLISECOND, within } from "../../../src/base/clock.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { withCountersStopped } from "../../../src/cortex/counters-stopped.ts";
import { FakeCore } from "./fake-core.ts";

const SYST_CSR = 0xe000e010;
const DWT_CTRL = 0xe0001000;
const DFSR = 0xe000ed30;
const TRCENA = 0x01000000;
const COUNTFLAG = 0x10000;
/** Four comparators; EXCTRCENA, PCSAMPLENA and CYCCNTENA; SYNCTAP. */
const TRACED = 0x40011401;

/** A halted core whose registers hold these, and what they hold while the work runs. */
async function run(csr: number, demcr: number, change: (fake: FakeCore) => void = () => {}) {
  const fake = new FakeCore();
  const core = await CortexCore.open(fake, fake.clock);
  fake.words.set(SYST_CSR, csr).set(DWT_CTRL, TRACED).set(DFSR, 0x2);
  fake.demcr = demcr;
  change(fake);
  const during: (number | undefined)[] = [];
  const work = async () => {
    during.push(fake.words.get(SYST_CSR), fake.words.get(DWT_CTRL));
    return "done";
  };
  const io = within(fake.clock, 1_000);
  return { fake, during, core, io, ended: () => withCountersStopped({ core, clock: fake.clock }, io, work) };
}

const registersOf = ({ words }: FakeCore) => [words.get(SYST_CSR), words.get(DWT_CTRL)];

describe("withCountersStopped", () => {
  it("stops SysTick and the DWT's counters and trace for the work, and gives them back", async () => {
    const { fake, during, ended } = await run(COUNTFLAG + 7, TRCENA);
    expect(await ended()).toBe("done");
    expect(during).toEqual([6, 0x40000400]);
    expect(registersOf(fake)).toEqual([COUNTFLAG + 7, TRACED]);
  });

  it("writes nothing to a SysTick that is off, nor to the DWT while TRCENA is clear", async () => {
    const { fake, during, ended } = await run(COUNTFLAG + 6, 0);
    await ended();
    expect(during).toEqual([COUNTFLAG + 6, TRACED]);
    expect(registersOf(fake)).toEqual([COUNTFLAG + 6, TRACED]);
  });

  it("clears in DFSR the reasons that were not set before, by writing ones", async () => {
    const { fake, ended } = await run(0, 0);
    await ended();
    // DFSR held DFSR.BKPT: the write leaves it, and clears the four others.
    expect(fake.words.get(DFSR)).toBe(0x1d);
  });

  it("gives the registers back where the work fails, and throws its error", async () => {
    const { fake, core } = await run(7, TRCENA);
    const work = () => Promise.reject(new Error("the work failed"));
    await expect(withCountersStopped({ core, clock: fake.clock }, {}, work)).rejects.toThrow("the work failed");
    expect(registersOf(fake)).toEqual([7, TRACED]);
  });

  it("gives the registers back after the work was called off", async () => {
    const { fake, core } = await run(7, TRCENA);
    const stop = new AbortController();
    const work = async () => {
      stop.abort();
      stop.signal.throwIfAborted();
    };
    const limits: (Io | undefined)[] = [];
    const memoryRun = fake.run.bind(fake);
    fake.run = (ops, io) => {
      limits.push(io);
      return memoryRun(ops, io);
    };
    await expect(withCountersStopped({ core, clock: fake.clock }, { signal: stop.signal }, work)).rejects.toThrow();
    expect(registersOf(fake)).toEqual([7, TRACED]);
    expect(limits.map((io) => io?.signal)).toEqual([stop.signal, stop.signal, undefined]);
    // Five seconds from the work's end on, which took two round trips of a millisecond.
    expect(limits[2]?.deadline).toBe(fake.clock.now() - MILLISECOND + 5_000 * MILLISECOND);
  });

  it.each([
    ["SysTick's enable bit", SYST_CSR, 1, "unsteady-read"],
    ["a bit of DWT_CTRL", DWT_CTRL, 0x1000, "unsteady-read"],
    ["a reason in DFSR", DFSR, 1, "unsteady-read"],
    ["COUNTFLAG, which a look clears", SYST_CSR, COUNTFLAG, undefined],
  ])("reads each register twice: where %s differs the code is %s", async (_, address, bit, code) => {
    const { fake, during, ended } = await run(COUNTFLAG + 7, TRCENA);
    const read = fake.run.bind(fake);
    let flipped = false;
    fake.run = async (ops, io) => {
      const words = await read(ops, io);
      const at = ops.findLastIndex((op) => op.address === address && op.op === "read");
      if (at >= 0 && !flipped) words[at] ^= bit;
      flipped ||= at >= 0;
      return words;
    };
    if (code === undefined) await expect(ended()).resolves.toBe("done");
    else await expect(ended()).rejects.toMatchObject({ code, message: expect.stringContaining("register") });
    expect(during.length).toBe(code === undefined ? 2 : 0);
  });
});
