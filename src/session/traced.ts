import { wakeOf } from "../adi/queued-probe.ts";
import type { MemoryOp, Width } from "../adi/memory.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { type Trace, type TraceFields, traceMethods } from "../base/trace.ts";
import { address32, type u32 } from "../base/u32.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import type { Loader } from "../flash/loader.ts";
import type { FlashBank } from "../chips/flash-bank.ts";
import type { Write } from "../flash/plan/steps.ts";
import type { DapOp, DapPort, DapReg, Probe } from "../probe/probe.ts";

/** The probe with its calls traced, and the port that it connects. */
export function tracedProbe(probe: Probe, trace: Trace): Probe {
  const traced = traceMethods(probe, trace, "probe", {
    setSpeed: { level: "debug", fields: (hz: number) => ({ hz }), result: (hz: number) => ({ really: hz }) },
    setPins: {
      level: "debug",
      fields: (pins: object) => ({ ...pins }),
      result: (levels: object) => ({ levels: { ...levels } }),
    },
    targetVoltage: { level: "debug", result: (millivolts: number) => ({ millivolts }) },
    close: { level: "debug" },
  });
  const connect: Probe["connect"] = async (wire, hz, io) => {
    const call = { layer: "probe", level: "debug", event: "connect", fields: () => ({ wire, hz }) } as const;
    return tracedPort(await trace.call(call, () => probe.connect(wire, hz, io)), trace);
  };
  return new Proxy(traced, { get: (object, name) => (name === "connect" ? connect : Reflect.get(object, name)) });
}

/** The port with each batch traced: as `ap` where it touches an access port, else as `dp`. */
function tracedPort(port: DapPort, trace: Trace): DapPort {
  const { together } = port;
  return {
    ...(together && { together: (batches, io) => together((own, part) => batches(tracedPort(own, trace), part), io) }),
    transfersPerRoundTrip: port.transfersPerRoundTrip,
    transfer: (ops, io) => {
      const layer = ops.some((op) => op.reg.port === "ap") ? "ap" : "dp";
      const fields = () => ({ ops: ops.slice(0, OPS_SHOWN).map(opText), count: ops.length });
      const result = (words: Uint32Array) => ({ words: [...words.subarray(0, WORDS_SHOWN)].map(address32) });
      return trace.call({ layer, level: "trace", event: "transfer", fields, result }, () => port.transfer(ops, io));
    },
    ...wakeOf(port, (call) => trace.call({ layer: "dp", level: "trace", event: "wake", fields: () => ({}) }, call)),
    sequence: (bits, count, io) =>
      trace.call({ layer: "dp", level: "trace", event: "sequence", fields: () => ({ bits: count }) }, () =>
        port.sequence(bits, count, io),
      ),
    swdSequence: (runs, io) => {
      const fields = () => ({ clocks: runs.map(({ count, drive }) => (drive ? count : -count)) });
      return trace.call({ layer: "dp", level: "trace", event: "swd sequence", fields }, () =>
        port.swdSequence(runs, io),
      );
    },
  };
}

/** Most operations and words of a batch that a record holds. */
const OPS_SHOWN = 12;
const WORDS_SHOWN = 8;

/** ADIv5.2 (IHI 0031F), table B2-1: a DP register by A[3:2], with CTRL/STAT standing for its bank. */
const DP_READS = { 0: "DPIDR", 4: "CTRL/STAT", 8: "RESEND", 12: "RDBUFF" } as const;
const DP_WRITES = { 0: "ABORT", 4: "CTRL/STAT", 8: "SELECT", 12: "TARGETSEL" } as const;

function opText(op: DapOp): string {
  if (op.op === "read") return `read ${registerName(op.reg, DP_READS)}${op.count > 1 ? ` x${op.count}` : ""}`;
  const name = registerName(op.reg, op.op === "write" ? DP_WRITES : DP_READS);
  if (op.op === "until") return `until ${name} & ${address32(op.mask)} = ${address32(op.value)}`;
  const rest = op.words.length > 1 ? ` and ${op.words.length - 1} more` : "";
  return `write ${name} ${address32(op.words[0])}${rest}`;
}

/** An AP register by A[3:2] alone: which bank it is in, SELECT says. */
const registerName = ({ port, a }: DapReg, dp: { readonly [A in DapReg["a"]]: string }): string =>
  port === "dp" ? dp[a] : `AP ..${a.toString(16).toUpperCase()}`;

/** Memory behind a MEM-AP with its accesses traced. */
export const tracedMemory = (memory: MemAp, trace: Trace): MemAp =>
  traceMethods(memory, trace, "memory", {
    read: {
      level: "trace",
      fields: (address: u32, count: number, width: Width) => accessFields(address, count, width),
    },
    write: {
      level: "trace",
      fields: (address: u32, bytes: Uint8Array, width: Width) => accessFields(address, bytes.length, width),
    },
    run: { level: "trace", fields: (ops: readonly MemoryOp[]) => ({ ops: ops.slice(0, OPS_SHOWN).map(accessText) }) },
  });

const accessFields = (address: u32, count: number, width: Width): TraceFields => ({
  address: address32(address),
  count,
  width,
});

function accessText(op: MemoryOp): string {
  const what = `${op.op} ${op.width} ${address32(op.address)}`;
  if (op.op === "read") return what;
  return op.op === "write"
    ? `${what} ${address32(op.value)}`
    : `${what} & ${address32(op.mask)} = ${address32(op.value)}`;
}

/** A core with its run control and register accesses traced. */
export const tracedCore = (core: CortexCore, trace: Trace): CortexCore =>
  traceMethods(core, trace, "core", {
    halt: { level: "debug" },
    resume: { level: "debug" },
    step: { level: "debug" },
    waitHalted: { level: "debug" },
    reset: { level: "debug", fields: (how: string, then: string) => ({ how, then }) },
    readRegisters: { level: "debug", fields: (names: readonly string[]) => ({ registers: [...names] }) },
    writeRegisters: { level: "debug", fields: (values: object) => ({ registers: Object.keys(values) }) },
  });

const opening = ([first]: readonly Write[]): TraceFields => (first ? { opening: address32(first.address) } : {});

/** A loader with its flash commands traced. */
export const tracedLoader = (loader: Loader, trace: Trace): Loader =>
  traceMethods(loader, trace, "flash", {
    start: { level: "info", fields: () => ({ loader: loader.name }) },
    isBlank: {
      level: "debug",
      fields: ({ id: bank }: FlashBank, address: u32, length: number) => ({
        bank,
        address: address32(address),
        length,
      }),
    },
    ensureBlank: {
      level: "debug",
      fields: ({ id: bank }: FlashBank, address: u32, length: number, then: readonly Write[]) => ({
        bank,
        address: address32(address),
        length,
        ...opening(then),
      }),
    },
    eraseSector: {
      level: "debug",
      fields: ({ id: bank }: FlashBank, address: u32, then: readonly Write[]) => ({
        bank,
        address: address32(address),
        ...opening(then),
      }),
    },
    eraseBank: {
      level: "info",
      fields: ({ id: bank }: FlashBank, then: readonly Write[]) => ({ bank, ...opening(then) }),
    },
    program: {
      level: "debug",
      fields: ({ id: bank }: FlashBank, address: u32, { length }: Uint8Array) => ({
        bank,
        address: address32(address),
        length,
      }),
    },
    settle: { level: "debug" },
    end: { level: "debug" },
    stop: { level: "info" },
  });
