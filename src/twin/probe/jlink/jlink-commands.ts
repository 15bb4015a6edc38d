import { ByteReader, ByteWriter } from "../../../base/bytes.ts";
import { capabilityBytes, JLINK_V9, VERSION_LENGTH } from "./jlink-identity.ts";
import { type JlinkParameter, parameterNumber, parametersEnd, readParameters } from "./jlink-parameters.ts";
import { INTERFACE, type JlinkProbe, STATUS } from "./jlink-probe.ts";
import { emucomLength, refuseEmucom, fileIoLength, refuseFileIo } from "./jlink-unsupported.ts";

/** What a command sends back: nothing, one transfer, or several. */
export type JlinkResponse = Uint8Array | readonly Uint8Array[] | undefined;

/** One command: how many bytes follow its command byte, and what it does. */
export interface JlinkCommand {
  readonly name: string;
  /** Bytes after the command byte, as far as the received ones determine; more may be needed. */
  readonly length: number | ((seen: Uint8Array) => number);
  readonly run: (probe: JlinkProbe, request: Uint8Array) => JlinkResponse;
}

const u8 = (value: number) => Uint8Array.of(value);
const u32le = (value: number) => new ByteWriter().u32le(value).finish();
const u16at = (bytes: Uint8Array, at: number) => bytes[at] | (bytes[at + 1] << 8);
const u32at = (bytes: Uint8Array, at: number) => (u16at(bytes, at) | (u16at(bytes, at + 2) << 16)) >>> 0;

const pin = (name: "tck" | "tms" | "tdi" | "trst", level: 0 | 1): JlinkCommand => ({
  name: `HW_${name.toUpperCase()}${level}`,
  length: 0,
  run: (probe) => void probe.setPin(name, level),
});

const reset = (level: 0 | 1): JlinkCommand => ({
  name: `HW_RESET${level}`,
  length: 0,
  run: (probe) => void probe.setReset(level),
});

/** Subcommands of SWO. */
const SWO = { START: 0x64, STOP: 0x65, READ: 0x66, GET_SPEEDS: 0x6e } as const;

/** Parameters of SWO: speed in hertz, bytes to read, size of the probe's buffer. */
const SWO_PARAMETER = { MODE: 1, HZ: 2, READ: 3, BUFFER: 4 } as const;

/** Largest divider of the SWO receiver (unsure). */
const MAX_SWO_DIVIDER = 0xffff;

/** Status bit of SWO's read: bytes were lost. */
const SWO_OVERRUN = 1;
/** Status of a start with another mode than UART, or a buffer that is not there (unsure which number). */
const SWO_REFUSED = 0x80000001;

/** SWO capture. Source: public drivers; the command is not in RM08001's readable revisions. */
const SWO_COMMANDS = {
  length: (seen: Uint8Array) => parametersEnd(seen, 1),
  run: (probe: JlinkProbe, request: Uint8Array): Uint8Array | undefined => swoResponse(probe, request)?.finish(),
} as const;

/**
 * Every command of a J-Link that this model knows, by command byte.
 * Source: SEGGER RM08001, "Reference manual for J-Link USB Protocol"; what it leaves out is as public drivers use it.
 */
export const JLINK_COMMANDS: ReadonlyMap<number, JlinkCommand> = new Map<number, JlinkCommand>([
  [0x01, { name: "GET_VERSION", length: 0, run: version }],
  [0x02, { name: "RESET_TRST", length: 0, run: (probe) => void probe.pulse("trst") }],
  [0x03, { name: "RESET_TARGET", length: 0, run: (probe) => void probe.pulse("reset") }],
  [0x05, { name: "SET_SPEED", length: 2, run: (probe, request) => void probe.setSpeed(u16at(request, 0)) }],
  [0x07, { name: "GET_STATE", length: 0, run: state }],
  [0x08, { name: "SET_KS_POWER", length: 1, run: (probe, [on]) => void probe.setTargetPower(on === 0 ? 0 : 1) }],
  [0x09, { name: "REGISTER", length: 13, run: register }],
  [0x1e, { name: "FILE_IO", length: fileIoLength, run: (_, request) => refuseFileIo(request) }],
  [0xc0, { name: "GET_SPEEDS", length: 0, run: speeds }],
  [
    0xc1,
    { name: "GET_HW_INFO", length: 4, run: (probe, request) => selected(request, (bit) => probe.hardwareInfo(bit)) },
  ],
  [0xc2, { name: "GET_COUNTERS", length: 4, run: (probe, request) => selected(request, (bit) => probe.counter(bit)) }],
  [0xc7, { name: "SELECT_IF", length: 1, run: selectInterface }],
  [0xc8, { name: "HW_CLOCK", length: 0, run: (probe) => u8(probe.clockOnce()) }],
  [0xc9, pin("tms", 0)],
  [0xca, pin("tms", 1)],
  [0xcb, pin("tdi", 0)],
  [0xcc, pin("tdi", 1)],
  [0xce, { name: "HW_JTAG2", length: streamLength, run: (probe, request) => clock(probe, request).into }],
  [0xcf, { name: "HW_JTAG3", length: streamLength, run: jtag3 }],
  [0xd4, { name: "GET_MAX_MEM_BLOCK", length: 0, run: (probe) => u32le(probe.freeMemory) }],
  [0xd5, { name: "HW_JTAG_WRITE", length: streamLength, run: jtagWrite }],
  [0xd6, { name: "HW_JTAG_GET_RESULT", length: 0, run: jtagResult }],
  [0xda, pin("tck", 0)],
  [0xdb, pin("tck", 1)],
  [0xdc, reset(0)],
  [0xdd, reset(1)],
  [0xde, pin("trst", 0)],
  [0xdf, pin("trst", 1)],
  [0xe8, { name: "GET_CAPS", length: 0, run: () => capabilityBytes().slice(0, 4) }],
  [0xe9, { name: "GET_CPU_CAPS", length: 4, run: () => u32le(1) }],
  [0xeb, { name: "SWO", ...SWO_COMMANDS }],
  [0xed, { name: "GET_CAPS_EX", length: 0, run: capabilityBytes }],
  [0xee, { name: "EMUCOM", length: emucomLength, run: refuseEmucom }],
  [0xf0, { name: "GET_HW_VERSION", length: 0, run: () => u32le(JLINK_V9.hardwareVersion) }],
  [0xf2, { name: "READ_CONFIG", length: 0, run: (probe) => probe.config.slice() }],
  [0xf3, { name: "WRITE_CONFIG", length: 256, run: (probe, request) => void probe.writeConfig(request) }],
]);

/** Length and text come as two transfers. */
function version(): readonly Uint8Array[] {
  const text = new Uint8Array(VERSION_LENGTH);
  text.set(new TextEncoder().encode(JLINK_V9.firmware));
  return [new ByteWriter().u16le(VERSION_LENGTH).finish(), text];
}

function state({ wire, pins, at }: JlinkProbe): Uint8Array {
  const levels = [pins.tck, pins.tdi, 0, pins.tms, wire.resetLevel(at), pins.trst];
  return new ByteWriter().u16le(wire.vtrefMv(at)).bytes(levels).finish();
}

function speeds(): Uint8Array {
  return new ByteWriter().u32le(JLINK_V9.baseHz).u16le(JLINK_V9.minDivider).finish();
}

/** One u32 for every bit set in the mask, ascending. */
function selected(request: Uint8Array, value: (bit: number) => number): Uint8Array {
  const mask = u32at(request, 0);
  const writer = new ByteWriter();
  for (let bit = 0; bit < 32; bit++) if ((mask >>> bit) & 1) writer.u32le(value(bit));
  return writer.finish();
}

/** 0xFF asks for the interfaces there are, 0xFE for the selected one; anything else answers the one selected before. */
function selectInterface(probe: JlinkProbe, [wanted]: Uint8Array): Uint8Array {
  if (wanted === 0xff) return u32le((1 << INTERFACE.JTAG) | (1 << INTERFACE.SWD));
  const before = probe.selected;
  if (wanted !== 0xfe) probe.select(wanted);
  return u32le(before);
}

/** 0x64 registers, 0x65 unregisters; both answer the table of connections, at least 76 bytes. */
function register(probe: JlinkProbe, request: Uint8Array): Uint8Array {
  const reader = new ByteReader(request);
  const subcommand = reader.u8();
  const identity = reader.bytes(10);
  let handle = reader.u16le();
  if (subcommand === 0x64) handle = probe.register(identity, handle);
  else probe.unregister(handle);
  const writer = new ByteWriter().u16le(handle).u16le(probe.connections.length).u16le(16).u16le(0);
  for (const one of probe.connections) writer.bytes(one.identity).u16le(one.handle).u32le(one.sinceMs);
  const table = writer.finish();
  const answer = new Uint8Array(Math.max(76, table.length));
  answer.set(table);
  return answer;
}

/** A zero, the number of bits, then two streams of that many. */
function streamLength(seen: Uint8Array): number {
  return seen.length < 3 ? 3 : 3 + 2 * Math.ceil(u16at(seen, 1) / 8);
}

function clock(probe: JlinkProbe, request: Uint8Array): { into: Uint8Array; status: number } {
  const bits = u16at(request, 1);
  const bytes = Math.ceil(bits / 8);
  if (!probe.fits(bits)) return { into: new Uint8Array(bytes), status: STATUS.NOT_ENOUGH_MEMORY };
  const into = probe.clock(request.subarray(3, 3 + bytes), request.subarray(3 + bytes), bits);
  return { into, status: STATUS.OK };
}

function jtag3(probe: JlinkProbe, request: Uint8Array): Uint8Array {
  const { into, status } = clock(probe, request);
  const answer = new Uint8Array(into.length + 1);
  answer.set(into);
  answer[into.length] = status;
  return answer;
}

function jtagWrite(probe: JlinkProbe, request: Uint8Array): undefined {
  const { status } = clock(probe, request);
  if (status !== STATUS.OK) probe.writeStatus = status;
}

function jtagResult(probe: JlinkProbe): Uint8Array {
  const status = probe.writeStatus;
  probe.writeStatus = STATUS.OK;
  return u8(status);
}

function swoResponse(probe: JlinkProbe, request: Uint8Array): ByteWriter | undefined {
  const [subcommand] = request;
  const writer = new ByteWriter();
  const parameters = readParameters(request, 1);
  if (subcommand === SWO.START) return writer.u32le(startSwo(probe, parameters));
  if (subcommand === SWO.STOP) {
    probe.swo.stop();
    return writer.u32le(0);
  }
  if (subcommand === SWO.READ) return swoData(probe, parameterNumber(parameters, SWO_PARAMETER.READ), writer);
  if (subcommand !== SWO.GET_SPEEDS) return undefined;
  return writer.u32le(28).u32le(0).u32le(JLINK_V9.baseHz).u32le(1).u32le(MAX_SWO_DIVIDER).u32le(1).u32le(1);
}

/** The receiver's speed is the base clock by the nearest divider (unsure). */
function startSwo(probe: JlinkProbe, parameters: readonly JlinkParameter[]): number {
  const [mode, hz, size] = [SWO_PARAMETER.MODE, SWO_PARAMETER.HZ, SWO_PARAMETER.BUFFER].map((id) =>
    parameterNumber(parameters, id),
  );
  if (mode !== 0 || hz === 0 || size === 0 || size > probe.freeMemory) return SWO_REFUSED;
  const divider = Math.min(MAX_SWO_DIVIDER, Math.max(1, Math.round(JLINK_V9.baseHz / hz)));
  probe.swo.start(JLINK_V9.baseHz / divider, size);
  return 0;
}

function swoData({ swo, at }: JlinkProbe, most: number, writer: ByteWriter): ByteWriter {
  const bytes = swo.read(most, at);
  const status = swo.faults().overran ? SWO_OVERRUN : 0;
  return writer.u32le(status).u32le(bytes.length).bytes(bytes);
}
