import { describe, expect, it } from "vitest";
import { scanAps } from "../../../src/adi/ap-identity.ts";
import { readBlock, writeBlock } from "../../../src/adi/block.ts";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { bytesOfWords } from "../../../src/base/bytes.ts";
import { within } from "../../../src/base/clock.ts";
import { address32 } from "../../../src/base/u32.ts";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { runCode } from "../../../src/cortex/run-code.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import type { DapOp, DapReg, Probe } from "../../../src/probe/probe.ts";
import type { Bench, BoardFacts, ConnectedBench } from "./bench.ts";

/** What one probe under test is, and what is allowed to differ from the others. */
export interface ProbeUnderTest {
  readonly name: string;
  readonly board: BoardFacts;
  /** A fresh probe on a fresh board (or the one board there is). */
  open(): Promise<Bench>;
  /** Opens the probe once more, where its device is behind a host of its own. */
  reopen?(): Promise<Probe>;
  /** Most USB transfers, both directions together, for each of these jobs. */
  readonly budget: { readonly write64K: number; readonly read64K: number; readonly registers: number };
}

const HZ = 4_000_000;
const dp = (a: DapReg["a"]): DapReg => ({ port: "dp", a });
const ap = (a: DapReg["a"]): DapReg => ({ port: "ap", a });
const read = (reg: DapReg, count = 1): DapOp => ({ op: "read", reg, count });
const write = (reg: DapReg, ...words: number[]): DapOp => ({ op: "write", reg, words });
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7) ^ (i >> 8));

/** Everything that every driver must do the same: run on a twin, and unchanged on silicon. */
export function probeSuite(unit: ProbeUnderTest): void {
  describe(`${unit.name}: probe`, () => probeItself(unit));
  describe(`${unit.name}: debug port`, () => debugPort(unit));
  describe(`${unit.name}: memory`, () => memory(unit));
  describe(`${unit.name}: core`, () => core(unit));
}

async function connect(unit: ProbeUnderTest): Promise<ConnectedBench> {
  const bench = await unit.open();
  const { probe, clock } = bench;
  const port = await probe.connect("swd", HZ);
  const debugPort = await DebugPort.connect(port, clock);
  await unit.board.calm?.(debugPort);
  const memory = await MemAp.open(debugPort.accessPort(0));
  const core = await CortexCore.open(memory, clock, { resetPin: (level, io) => probe.setPins({ nreset: level }, io) });
  return { ...bench, port, dp: debugPort, memory, core };
}

function probeItself(unit: ProbeUnderTest): void {
  it("reports driver, product, serial and firmware", async () => {
    const { probe } = await unit.open();
    expect(probe.info.firmware).not.toBe("");
    expect(probe.info.serial).toMatch(/^[^0]/);
  });

  it("measures the target's supply where it can", async () => {
    const { probe } = await unit.open();
    if (!probe.targetVoltage) return;
    const millivolts = await probe.targetVoltage();
    expect(millivolts).toBeGreaterThanOrEqual(unit.board.voltageMv.min);
    expect(millivolts).toBeLessThanOrEqual(unit.board.voltageMv.max);
  });

  it("never clocks faster than requested", async () => {
    const { probe } = await unit.open();
    for (const hz of [100_000, 1_000_000, 3_333_333, HZ, 1_000_000_000]) {
      const real = await probe.setSpeed(hz);
      expect(real).toBeGreaterThan(0);
      expect(real).toBeLessThanOrEqual(hz);
    }
  });

  it("refuses a speed that it cannot make", async () => {
    const { probe } = await unit.open();
    await expect(probe.setSpeed(0)).rejects.toMatchObject({ code: "probe-speed" });
  });

  it("can be closed and opened again", async () => {
    const { probe, clock, device } = await unit.open();
    await probe.close();
    const again = unit.reopen ? await unit.reopen() : await findDriver(device)?.open(device, clock);
    expect(again?.info).toEqual(probe.info);
  });
}

function debugPort(unit: ProbeUnderTest): void {
  it("finds the target and its access ports", async () => {
    const { dp } = await connect(unit);
    expect(dp.id).toBe(unit.board.dpidr);
    expect((await scanAps(dp)).map(({ idr }) => idr)).toEqual(unit.board.apIdrs);
  });

  it("connects repeatedly on the same wire", async () => {
    const { port, clock, probe } = await connect(unit);
    expect((await DebugPort.connect(port, clock)).id).toBe(unit.board.dpidr);
    expect((await DebugPort.connect(await probe.connect("swd", 1_000_000), clock)).id).toBe(unit.board.dpidr);
  });

  it("returns the words of a batch in order when it is longer than one round trip", async () => {
    const { port } = await connect(unit);
    const ops = [write(dp(8), 0), write(ap(4), 0x1234_5678), read(ap(4)), read(dp(0), 2000), read(ap(4), 2)];
    const words = await port.transfer(ops);
    expect(words.length).toBe(2003);
    expect([words[0], words[2001], words[2002]]).toEqual([0x1234_5678, 0x1234_5678, 0x1234_5678]);
    expect(words.slice(1, 2001).every((word) => word === unit.board.dpidr)).toBe(true);
  });

  it("polls until the value is reached", async () => {
    const { port } = await connect(unit);
    const [acks] = await port.transfer([{ op: "until", reg: dp(4), mask: 0xa000_0000, value: 0xa000_0000 }]);
    expect((acks & 0xf000_0000) >>> 0).toBe(0xf000_0000);
  });

  it("polls no longer than its deadline", async () => {
    const { port, clock } = await connect(unit);
    const never: DapOp = { op: "until", reg: dp(0), mask: 1, value: 0x2 };
    await expect(port.transfer([never], within(clock, 50))).rejects.toMatchObject({
      code: "dap-until-timeout",
      opIndex: 0,
    });
  });

  it("reports a fault with its operation, and works afterwards", async () => {
    const { port } = await connect(unit);
    const address = [write(dp(8), 0), write(ap(0), 0x2300_0012), write(ap(4), unit.board.hole)];
    const faulty = port.transfer([...address, write(ap(12), 1), read(dp(0), 10)]);
    await expect(faulty).rejects.toMatchObject({ code: "dap-fault", ack: "fault", opIndex: 3, done: 0 });
    const [status] = await port.transfer([read(dp(4)), write(dp(0), 0x1e)]);
    expect(status & 0x20).toBe(0x20);
    expect([...(await port.transfer([read(dp(0))]))]).toEqual([unit.board.dpidr]);
  });

  it("stops between round trips when its signal is aborted, and works afterwards", async () => {
    const { port, clock } = await connect(unit);
    const soon = within(clock, 5);
    await expect(port.transfer([read(dp(0), 20_000)], soon)).rejects.toMatchObject({ code: "timeout" });
    const signal = AbortSignal.abort();
    await expect(port.transfer([read(dp(0))], { signal })).rejects.toMatchObject({ code: "aborted" });
    expect([...(await port.transfer([read(dp(0))]))]).toEqual([unit.board.dpidr]);
  });
}

function memory(unit: ProbeUnderTest): void {
  const { ram, hole } = unit.board;

  it("reads in any width what another width wrote, by byte lanes", async () => {
    const { memory } = await connect(unit);
    const bytes = pattern(40);
    for (const width of [8, 16, 32] as const) {
      await memory.write(ram, new Uint8Array(40), 32);
      await memory.write(ram + 4, bytes.subarray(4, 36), width);
      for (const other of [8, 16, 32] as const) {
        expect(await memory.read(ram + 4, 32, other)).toEqual(bytes.slice(4, 36));
      }
      expect(await memory.read(ram + 36, 4, 32)).toEqual(new Uint8Array(4));
    }
  });

  it("reads and writes a block from any address to any other", async () => {
    const { memory } = await connect(unit);
    const bytes = pattern(3001);
    await writeBlock(memory, ram + 1021, bytes);
    expect(await readBlock(memory, ram + 1021, bytes.length)).toEqual(bytes);
    expect(await readBlock(memory, ram + 1024, 77)).toEqual(bytes.slice(3, 80));
  });

  it("moves 64 KiB in few USB transfers", async () => {
    const { memory, device } = await connect(unit);
    const bytes = pattern(65536);
    const start = device.transfers;
    await memory.write(ram, bytes, 32);
    const written = device.transfers;
    expect(await memory.read(ram, bytes.length, 32)).toEqual(bytes);
    expect(written - start).toBeLessThanOrEqual(unit.budget.write64K);
    expect(device.transfers - written).toBeLessThanOrEqual(unit.budget.read64K);
  });

  it("runs mixed accesses in one batch", async () => {
    const { memory } = await connect(unit);
    await memory.write(ram, new Uint8Array(16), 32);
    const values = await memory.run([
      { op: "write", address: ram, width: 32, value: 0x1122_3344 },
      { op: "write", address: ram + 1, width: 8, value: 0xaa },
      { op: "write", address: ram + 6, width: 16, value: 0xbbcc },
      { op: "read", address: ram, width: 32 },
      { op: "read", address: ram + 4, width: 32 },
      { op: "until", address: ram + 7, width: 8, mask: 0xf0, value: 0xb0 },
      { op: "read", address: ram + 2, width: 16 },
    ]);
    expect([...values]).toEqual([0x1122_aa44, 0xbbcc_0000, 0xbb, 0x1122]);
  });

  it("names the address that the bus refused, and works afterwards", async () => {
    const { memory } = await connect(unit);
    const refused = { code: "memory-fault", details: { address: address32(hole) } };
    await expect(memory.read(hole, 64, 32)).rejects.toMatchObject(refused);
    await expect(memory.write(hole, new Uint8Array(64), 8)).rejects.toMatchObject(refused);
    await expect(memory.run([{ op: "read", address: hole, width: 32 }])).rejects.toMatchObject(refused);
    await memory.write(ram, Uint8Array.of(1, 2, 3, 4), 32);
    expect(await memory.read(ram, 4, 32)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
}

function core(unit: ProbeUnderTest): void {
  const { ram } = unit.board;

  it("reports core, revision and state", async () => {
    const { core } = await connect(unit);
    expect(core.identity.cpuid).toBe(unit.board.cpuid);
    await core.halt();
    expect(await core.state()).toBe("halted");
  });

  it("pulls and releases the reset line", async () => {
    const { probe } = await connect(unit);
    expect((await probe.setPins({ nreset: 0 })).nreset).toBe(0);
    expect((await probe.setPins({ nreset: 1 })).nreset).toBe(1);
  });

  it.each(["system", "core", "pin"] as const)("stops before the first instruction after a reset (%s)", async (how) => {
    const { core, memory } = await connect(unit);
    await core.reset(how, "halt");
    expect(await core.state()).toBe("halted");
    const vectors = new DataView((await memory.read(0, 8, 32)).buffer);
    const [sp, pc] = await core.readRegisters(["MSP", "PC"]);
    expect([sp, pc]).toEqual([(vectors.getUint32(0, true) & ~3) >>> 0, (vectors.getUint32(4, true) & ~1) >>> 0]);
  });

  it("keeps written registers and reads them in few USB transfers", async () => {
    const { core, device } = await connect(unit);
    await core.reset("system", "halt");
    const values = {
      R0: 0x1111_1111,
      R7: 7,
      R12: 0xffff_ffff,
      LR: 0x55,
      PSP: 0x2000_0100,
      PC: ram,
      S0: 0x3f80_0000,
      S31: 31,
    };
    const names = Object.keys(values) as (keyof typeof values)[];
    const start = device.transfers;
    await core.writeRegisters(values);
    expect(await core.readRegisters(names)).toEqual(names.map((name) => values[name]));
    expect(device.transfers - start).toBeLessThanOrEqual(unit.budget.registers);
  });

  it("steps instruction by instruction", async () => {
    const { core, memory } = await connect(unit);
    await core.reset("system", "halt");
    await memory.write(ram, halfwords(NOP, MOVS_R0_42, NOP, NOP), 32);
    await core.writeRegisters({ PC: ram, XPSR: 0x0100_0000, R0: 0 });
    await core.step();
    expect(await core.readRegisters(["PC", "R0"])).toEqual([ram + 2, 0]);
    await core.step();
    expect(await core.readRegisters(["PC", "R0"])).toEqual([ram + 4, 42]);
  });

  it("calls code in RAM and returns its result", async () => {
    const { core, memory, clock } = await connect(unit);
    await core.reset("system", "halt");
    await memory.write(ram, halfwords(BKPT, NOP, ADDS_R0_R0_R1, BX_LR), 32);
    const call = { entry: ram + 4, args: [40, 2], stack: ram + 0x1000, returnTo: ram, timeoutMs: 100 };
    expect(await runCode(core, clock, call)).toBe(42);
    expect(await runCode(core, clock, { ...call, args: [1, 2] })).toBe(3);
  });

  it("halts code that does not return", async () => {
    const { core, memory, clock } = await connect(unit);
    await core.reset("system", "halt");
    await memory.write(ram, halfwords(BKPT, NOP, BRANCH_TO_SELF, NOP), 32);
    const call = { entry: ram + 4, stack: ram + 0x1000, returnTo: ram, timeoutMs: 20 };
    await expect(runCode(core, clock, call)).rejects.toMatchObject({
      code: "core-call-failed",
      details: { pc: address32(ram + 4) },
    });
    expect(await core.state()).toBe("halted");
  });
}

/** Thumb encodings (ARMv7-M ARM (DDI 0403E), A7.7). */
const BKPT = 0xbe00;
const NOP = 0xbf00;
const MOVS_R0_42 = 0x202a;
const ADDS_R0_R0_R1 = 0x1840;
const BX_LR = 0x4770;
const BRANCH_TO_SELF = 0xe7fe;

/** Two instructions a word, the first in the low half. */
function halfwords(...codes: readonly number[]): Uint8Array {
  const words = Array.from({ length: codes.length / 2 }, (_, i) => codes[i * 2] + codes[i * 2 + 1] * 0x1_0000);
  return bytesOfWords(words);
}
