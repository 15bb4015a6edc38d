import { type ByteReader, ByteWriter } from "../../../base/bytes.ts";
import { MICROSECOND } from "../../../base/clock.ts";
import type { CmsisDapUnit } from "./cmsis-dap-unit.ts";
import { SWO_COMMANDS } from "./cmsis-dap-swo.ts";
import { runTransfer, runTransferBlock } from "./cmsis-dap-transfer.ts";

/** Carries one command out, the reader standing behind its id; answers what follows the id in the answer. */
export type CmsisDapCommand = (unit: CmsisDapUnit, request: ByteReader) => Uint8Array;

/** Status bytes (CMSIS-DAP, "Response Status"). */
const OK = Uint8Array.of(0x00);
const ERROR = Uint8Array.of(0xff);

const PORT = { DEFAULT: 0, SWD: 1 } as const;
/** Longest wait of DAP_SWJ_Pins, in microseconds. */
const MAX_PIN_WAIT = 3_000_000;
/** How often the firmware looks at its pins while it waits for them, in microseconds (unsure). */
const PIN_LOOK = 10;

/** DAP_Info: length and text or number; length 0 for what this probe does not have. */
function info(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const bytes = unit.info(request.u8());
  return Uint8Array.of(bytes.length, ...bytes);
}

function connect(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const port = request.u8();
  const isSwd = port === PORT.DEFAULT || port === PORT.SWD;
  unit.connected = isSwd;
  return Uint8Array.of(isSwd ? PORT.SWD : 0);
}

function disconnect(unit: CmsisDapUnit): Uint8Array {
  unit.connected = false;
  return OK;
}

function transferConfigure(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  unit.swd.idle = request.u8();
  unit.settings.waitRetry = request.u16le();
  unit.settings.matchRetry = request.u16le();
  return OK;
}

/** Without a connected port nothing is done, and both the count and the acknowledge are 0. */
const transfer: CmsisDapCommand = (unit, request) =>
  unit.connected ? runTransfer(unit.swd, unit.settings, request) : new Uint8Array(2);

const transferBlock: CmsisDapCommand = (unit, request) =>
  unit.connected ? runTransferBlock(unit.swd, unit.settings, request) : new Uint8Array(3);

function writeAbort(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  if (!unit.connected) return ERROR;
  unit.swd.transfer(0x00, request.skip(1).u32le());
  return OK;
}

function delay(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  unit.swd.at += request.u16le() * MICROSECOND;
  return OK;
}

/** DAP_SWJ_Pins: sets the selected outputs, waits until the pins agree with them or the time is over, answers levels. */
function pins(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const output = request.u8();
  const select = request.u8();
  const wait = Math.min(request.u32le(), MAX_PIN_WAIT);
  unit.setPins(output, select);
  for (let waited = 0; waited < wait && ((unit.pins() ^ output) & select) !== 0; waited += PIN_LOOK) {
    unit.swd.at += PIN_LOOK * MICROSECOND;
  }
  return Uint8Array.of(unit.pins());
}

function swjClock(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  return unit.setClock(request.u32le()) ? OK : ERROR;
}

/** DAP_SWJ_Sequence: a count of 0 means 256 clocks. */
function swjSequence(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const count = request.u8() || 256;
  unit.swd.drive(request.bytes(Math.ceil(count / 8)).slice(), count);
  return OK;
}

function swdConfigure(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const bits = request.u8();
  unit.swd.turnaround = (bits & 3) + 1;
  unit.swd.dataPhase = (bits & 4) !== 0;
  return OK;
}

/** DAP_SWD_Sequence: rows of clocks that drive or capture; what was captured follows the status, row by row. */
function swdSequence(unit: CmsisDapUnit, request: ByteReader): Uint8Array {
  const answer = new ByteWriter().bytes(OK);
  for (let rows = request.u8(); rows > 0; rows--) {
    const row = request.u8();
    const count = row & 0x3f || 64;
    if ((row & 0x80) !== 0) answer.bytes(unit.swd.capture(count));
    else unit.swd.drive(request.bytes(Math.ceil(count / 8)).slice(), count);
  }
  return answer.finish();
}

/** No device-specific reset: done, but nothing was executed. */
const resetTarget: CmsisDapCommand = () => Uint8Array.of(0x00, 0x00);

/** The lamps of the probe. */
const hostStatus: CmsisDapCommand = (_, request) => {
  request.skip(2);
  return OK;
};

/** Every command that this probe knows, by its id (CMSIS-DAP, "CMSIS-DAP Commands"). */
export const CMSIS_DAP_COMMANDS: ReadonlyMap<number, CmsisDapCommand> = new Map<number, CmsisDapCommand>([
  [0x00, info],
  [0x01, hostStatus],
  [0x02, connect],
  [0x03, disconnect],
  [0x04, transferConfigure],
  [0x05, transfer],
  [0x06, transferBlock],
  [0x08, writeAbort],
  [0x09, delay],
  [0x0a, resetTarget],
  [0x10, pins],
  [0x11, swjClock],
  [0x12, swjSequence],
  [0x13, swdConfigure],
  ...SWO_COMMANDS,
  [0x1d, swdSequence],
]);
