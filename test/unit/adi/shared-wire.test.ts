import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import type { DapOp, DapPort } from "../../../src/probe/probe.ts";
import { DapError } from "../../../src/probe/probe-error.ts";
import { targetselIn } from "../../../src/probe/swd/sequences.ts";
import { FakeClock } from "../probe/fake-clock.ts";

/** Two ports of one wire: what selects each, and its DPIDR of version 2. */
const CORE0 = { targetsel: 0x01002927, dpidr: 0x0bc12477 };
const CORE1 = { targetsel: 0x11002927, dpidr: 0x1bc12477 };
const TARGETID = 0x01002927;
/** DPIDR of version 1, whose port is alone. */
const ALONE = 0x2ba01477;

/** Clocks of the wake-ups: line reset, JTAG to SWD, dormant state to SWD. */
const LINE_RESET = 64;
const JTAG_TO_SWD = 136;
const DORMANT_TO_SWD = 224;

const failure = () =>
  new DapError("dap-no-ack", "none", { opIndex: 0, done: 0, ack: "none", partial: new Uint32Array() });

/** A wire on which the port answers that TARGETSEL has named; what happens on it is listed. */
class Wire implements DapPort {
  readonly transfersPerRoundTrip = 8;
  readonly log: string[] = [];
  dpidr = ALONE;
  /** Wake-ups that no port answers. */
  silent = 0;
  failing: Error | undefined;
  private select = 0;

  async sequence(_bits: Uint8Array, count: number): Promise<void> {
    this.log.push(`wake ${count}`);
  }

  async swdSequence(runs: Parameters<DapPort["swdSequence"]>[0]): Promise<readonly Uint8Array[]> {
    const targetsel = targetselIn(runs);
    this.log.push(`targetsel ${targetsel?.toString(16)}`);
    const port = [CORE0, CORE1].find((one) => one.targetsel === targetsel);
    if (port) this.dpidr = port.dpidr;
    return [];
  }

  async transfer(ops: readonly DapOp[]): Promise<Uint32Array> {
    const error = this.failing;
    this.failing = undefined;
    if (error) throw error;
    return Uint32Array.from(ops.flatMap((op) => this.words(op)));
  }

  private words(op: DapOp): readonly number[] {
    const { port, a } = op.reg;
    if (op.op === "write") {
      this.log.push(`${port} ${a} = ${op.words[0].toString(16)}`);
      if (port === "dp" && a === 8) this.select = op.words[0];
      return [];
    }
    if (op.op === "until") return [op.value];
    if (op.op !== "read") throw new Error("no operation of a batch");
    this.log.push(`${port} ${a}`);
    if (port === "ap") return [0x24770011];
    if (a === 0 && this.silent-- > 0) throw failure();
    return [a === 0 ? this.dpidr : this.select === 2 ? TARGETID : 0];
  }
}

/** A wire, its debug port, and what happens from now on. */
async function connected(wanted: Parameters<typeof DebugPort.connect>[3], dpidr = ALONE) {
  const [wire, clock] = [new Wire(), new FakeClock()];
  wire.dpidr = dpidr;
  const dp = await DebugPort.connect(wire, clock, {}, wanted);
  const connecting = wire.log.splice(0);
  return { wire, clock, dp, connecting };
}

const POWER_UP = ["dp 0 = 1e", "dp 8 = 0", "dp 4 = 50000000"];
const SELECT_CORE0 = [`wake ${LINE_RESET}`, "targetsel 1002927", "dp 0", ...POWER_UP];

describe("which port of a wire is connected", () => {
  it("is the only one where DPIDR is of version 1: its TARGETID is not read, and TARGETSEL not written", async () => {
    const { connecting } = await connected({ targetselOf: () => CORE0.targetsel });
    expect(connecting).toEqual([`wake ${JTAG_TO_SWD}`, "dp 0", ...POWER_UP]);
  });

  it("is the only one where its TARGETID needs no selection; SELECT names bank 0 again", async () => {
    const asked: number[] = [];
    const targetselOf = (targetid: number) => void asked.push(targetid);
    const { connecting, dp } = await connected({ targetselOf }, CORE0.dpidr);
    expect(dp.id).toBe(CORE0.dpidr);
    expect(asked).toEqual([TARGETID]);
    expect(connecting.slice(0, 5)).toEqual([`wake ${JTAG_TO_SWD}`, "dp 0", "dp 8 = 2", "dp 4", "dp 8 = 0"]);
    expect(connecting.join()).not.toContain("targetsel");
  });

  it("is the one to which the TARGETID leads, and nothing but SELECT is written before TARGETSEL", async () => {
    const { connecting, dp } = await connected({ targetselOf: () => CORE1.targetsel }, CORE0.dpidr);
    const before = connecting.slice(0, connecting.indexOf("targetsel 11002927"));
    expect(before.filter((line) => line.includes("="))).toEqual(["dp 8 = 2", "dp 8 = 0"]);
    expect(dp.id).toBe(CORE1.dpidr);
  });

  it("is the one that is named; TARGETSEL is written behind each wake-up, from dormant state, too", async () => {
    const [wire, clock] = [new Wire(), new FakeClock()];
    wire.silent = 3;
    const dp = await DebugPort.connect(wire, clock, {}, { targetsel: CORE1.targetsel, targetselOf: () => 1 });
    expect(dp.id).toBe(CORE1.dpidr);
    const tries = [JTAG_TO_SWD, DORMANT_TO_SWD, JTAG_TO_SWD, DORMANT_TO_SWD];
    expect(wire.log).toEqual([
      ...tries.flatMap((count) => [`wake ${count}`, "targetsel 11002927", "dp 0"]),
      ...POWER_UP,
    ]);
  });

  it("is none where all wake-ups are silent: the error names wire and TARGETSEL", async () => {
    const [wire, clock] = [new Wire(), new FakeClock()];
    wire.silent = 100;
    const named = DebugPort.connect(wire, clock, {}, { targetsel: CORE1.targetsel });
    await expect(named).rejects.toMatchObject({
      code: "dp-no-target",
      message: expect.stringContaining("SWD"),
      details: { wire: "swd", targetsel: "0x11002927" },
    });
    const any = DebugPort.connect(wire, clock).catch((error: { details: object }) => error.details);
    expect(await any).toEqual({ wire: "swd" });
  });

  it.each([
    ["by what wakes it and reads DPIDR at once, where it is not named", undefined, true],
    ["by TARGETSEL behind the wake-up, where it is named", CORE1.targetsel, false],
  ])("is woken %s", async (_, targetsel, isAtOnce) => {
    const wire = new Wire();
    let wakes = 0;
    const wake = async () => {
      wakes++;
      return ALONE;
    };
    const dp = await DebugPort.connect(Object.assign(wire, { wake }), new FakeClock(), {}, { targetsel });
    expect([wakes, dp.id]).toEqual(isAtOnce ? [1, ALONE] : [0, CORE1.dpidr]);
  });

  it("throws what is no failure of the wire at once, and wakes nothing more", async () => {
    const wire = new Wire();
    wire.failing = new Error("unplugged");
    await expect(DebugPort.connect(wire, new FakeClock())).rejects.toThrow("unplugged");
    expect(wire.log).toEqual([`wake ${JTAG_TO_SWD}`]);
  });
});

describe("two ports of one wire", () => {
  async function both() {
    const first = await connected({ targetsel: CORE0.targetsel }, CORE0.dpidr);
    const { dp, wire, clock } = first;
    const other = await dp.beside(CORE1.targetsel, clock);
    const beside = wire.log.splice(0);
    return { ...first, other, beside };
  }

  it("are both powered up, each after its TARGETSEL", async () => {
    const { other, beside } = await both();
    expect(other.id).toBe(CORE1.dpidr);
    expect(beside).toEqual([`wake ${JTAG_TO_SWD}`, "targetsel 11002927", "dp 0", ...POWER_UP]);
  });

  it("share it: the one that is used is selected first, by a line reset, and only where it was not", async () => {
    const { dp, other, wire } = await both();
    await other.accessPort(0).read(0xfc);
    expect(wire.log.splice(0)).toEqual(["dp 8 = f0", "ap 12"]);
    await dp.accessPort(0).read(0xfc);
    // SELECT named a bank of the other port: it is written for this one.
    expect(wire.log.splice(0)).toEqual([...SELECT_CORE0, "dp 8 = f0", "ap 12"]);
    await dp.accessPort(0).read(0xfc);
    expect(wire.log.splice(0)).toEqual(["ap 12"]);
  });

  it("are selected anew after a failed transfer, since nothing is known of the wire then", async () => {
    const { dp, wire } = await both();
    await dp.accessPort(0).read(0xfc);
    wire.failing = failure();
    await expect(dp.accessPort(0).read(0xfc)).rejects.toMatchObject({ code: "dap-no-ack" });
    wire.log.length = 0;
    await dp.accessPort(0).read(0xfc);
    expect(wire.log).toEqual([...SELECT_CORE0, "dp 8 = f0", "ap 12"]);
  });

  it("are selected again where a selection failed", async () => {
    const { dp, wire } = await both();
    wire.silent = 100;
    await expect(dp.read(4)).rejects.toMatchObject({ code: "dp-no-target" });
    wire.silent = 0;
    wire.log.length = 0;
    await dp.read(4);
    expect(wire.log).toEqual([...SELECT_CORE0, "dp 4"]);
  });

  it("keep the wire between the calls of one part", async () => {
    const { dp, wire } = await both();
    const words = await dp.together(async (io) => [await dp.read(0, io), await dp.read(0, io)]);
    expect(words).toEqual([CORE0.dpidr, CORE0.dpidr]);
    expect(wire.log).toEqual([...SELECT_CORE0, "dp 0", "dp 0"]);
  });
});

describe("a port that is opened again", () => {
  it("is woken by the new port of the probe, with its TARGETSEL, and SELECT is written anew", async () => {
    const { dp, clock, wire } = await connected({ targetsel: CORE1.targetsel }, CORE1.dpidr);
    await dp.accessPort(0).read(0xfc);
    const again = new Wire();
    await dp.reopen(again, clock);
    wire.log.length = 0;
    await dp.accessPort(0).read(0xfc);
    expect(wire.log).toEqual([]);
    expect(again.log).toEqual([`wake ${JTAG_TO_SWD}`, "targetsel 11002927", "dp 0", ...POWER_UP, "dp 8 = f0", "ap 12"]);
  });
});
