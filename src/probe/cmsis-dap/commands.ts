import { ByteWriter } from "../../base/bytes.ts";
import type { PinLevels, PinName } from "../probe.ts";
import { type DapCommand, statusCommand } from "./command.ts";

/** DAP_HostStatus: the probe's lamps; type 0 is "connected", 1 is "running". */
export const HOST_STATUS = statusCommand("DAP_HostStatus", 0x01, (request, lamp: 0 | 1, on: boolean) =>
  request.u8(lamp).u8(on ? 1 : 0),
);

/** Ports of DAP_Connect. */
export const DAP_PORT = { swd: 1, jtag: 2 } as const;

/** DAP_Connect: selects a port; answers the one that was selected, 0 for none. */
export const CONNECT: DapCommand<readonly [port: number], number> = {
  name: "DAP_Connect",
  id: 0x02,
  encode: (port) => Uint8Array.of(port),
  decode: (answer) => answer.u8(),
};

/** DAP_Disconnect: the probe releases its pins. */
export const DISCONNECT = statusCommand("DAP_Disconnect", 0x03, (request) => request);

/** DAP_TransferConfigure: idle clocks after a transfer, and how often the probe tries WAIT and value matches again. */
export const TRANSFER_CONFIGURE = statusCommand(
  "DAP_TransferConfigure",
  0x04,
  (request, idle: number, waitRetries: number, matchRetries: number) =>
    request.u8(idle).u16le(waitRetries).u16le(matchRetries),
);

/** DAP_WriteABORT: writes ABORT of the debug port, whatever state that is in. */
export const WRITE_ABORT = statusCommand("DAP_WriteABORT", 0x08, (request, value: number) =>
  request.u8(0).u32le(value),
);

/** Bit of each pin in DAP_SWJ_Pins. */
const PIN_BIT: { readonly [name in PinName | "tdo"]: number } = {
  tck: 0x01,
  tms: 0x02,
  tdi: 0x04,
  tdo: 0x08,
  trst: 0x20,
  nreset: 0x80,
};

/** DAP_SWJ_Pins: drives the given pins, waits until they follow or `waitUs` is over, and answers all levels. */
export const SWJ_PINS: DapCommand<readonly [pins: Partial<Record<PinName, 0 | 1>>, waitUs: number], PinLevels> = {
  name: "DAP_SWJ_Pins",
  id: 0x10,
  encode: (pins, waitUs) => {
    const chosen = Object.entries(pins) as [PinName, 0 | 1][];
    const sum = (names: readonly [PinName, 0 | 1][]) => names.reduce((bits, [name]) => bits | PIN_BIT[name], 0);
    const high = chosen.filter(([, level]) => level === 1);
    return new ByteWriter().u8(sum(high)).u8(sum(chosen)).u32le(waitUs).finish();
  },
  decode: (answer) => levelsIn(answer.u8()),
};

/** DAP_SWJ_Clock: SWCLK in hertz; the probe takes what it can make near it. */
export const SWJ_CLOCK = statusCommand("DAP_SWJ_Clock", 0x11, (request, hz: number) => request.u32le(hz));

/** Most clocks of one DAP_SWJ_Sequence. */
export const MAX_SEQUENCE = 256;

/** DAP_SWJ_Sequence: up to 256 clocks with SWDIO driven, bit 0 of byte 0 first. */
export const SWJ_SEQUENCE = statusCommand("DAP_SWJ_Sequence", 0x12, (request, bits: Uint8Array, count: number) =>
  request.u8(count & 0xff).bytes(bits.subarray(0, Math.ceil(count / 8))),
);

/** DAP_SWD_Configure: clocks of a turnaround (1 to 4), and whether WAIT and FAULT are followed by a data phase. */
export const SWD_CONFIGURE = statusCommand(
  "DAP_SWD_Configure",
  0x13,
  (request, turnaround: number, dataPhase: boolean) => request.u8((turnaround - 1) | (dataPhase ? 4 : 0)),
);

function levelsIn(byte: number): PinLevels {
  const level = (name: PinName | "tdo") => ((byte & PIN_BIT[name]) === 0 ? 0 : 1);
  return {
    tck: level("tck"),
    tms: level("tms"),
    tdi: level("tdi"),
    tdo: level("tdo"),
    trst: level("trst"),
    nreset: level("nreset"),
  };
}
