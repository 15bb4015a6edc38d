import { type ByteReader, ByteWriter } from "../../../base/bytes.ts";
import type { Picoseconds } from "../../../base/clock.ts";
import type { TargetWire } from "../probe-model.ts";
import { SwoReceiver } from "../swo-receiver.ts";

/** DAP_Info 0xFD: bytes of the probe's SWO buffer. */
export const SWO_BUFFER = 4096;

/** Status bytes (CMSIS-DAP, "Response Status"). */
const OK = 0x00;
const ERROR = 0xff;

/** The trace status: capture is on, a frame was wrong, bytes were lost. */
const TRACE = { ACTIVE: 0x01, ERROR: 0x40, OVERRUN: 0x80 } as const;

/** The receiver's clock, of which it takes whole fractions (unsure). */
const BASE_HZ = 12_000_000;

/** SWO of a CMSIS-DAP probe: by UART, fetched with DAP_SWO_Data. */
export class DapSwo {
  private readonly receiver: SwoReceiver;
  private transport = 0;
  private mode = 0;
  private hz = 0;
  private flags = 0;

  constructor(wire: TargetWire) {
    this.receiver = new SwoReceiver(wire);
  }

  /** DAP_SWO_Transport: none, or by DAP_SWO_Data; not while capture is on. */
  setTransport(value: number): number {
    if (value > 1 || this.receiver.isOn) return ERROR;
    this.transport = value;
    return OK;
  }

  /** DAP_SWO_Mode: off, or UART. */
  setMode(value: number): number {
    this.receiver.stop();
    if (value > 1) return ERROR;
    this.mode = value;
    return OK;
  }

  /** DAP_SWO_Baudrate: answers the speed that the probe takes, 0 where it can't or capture is on (unsure). */
  setBaudrate(hz: number): number {
    if (this.mode === 0 || hz === 0 || this.receiver.isOn) return 0;
    this.hz = Math.floor(BASE_HZ / Math.max(1, Math.round(BASE_HZ / hz)));
    return this.hz;
  }

  /** DAP_SWO_Control: starts with an empty buffer, or stops. */
  control(bits: number): number {
    if ((bits & 1) === 0) {
      this.receiver.stop();
      return OK;
    }
    if (this.transport === 0 || this.mode === 0 || this.hz === 0) return ERROR;
    this.flags = 0;
    this.receiver.start(this.hz, SWO_BUFFER);
    return OK;
  }

  /** DAP_SWO_Status: the trace status and how many bytes wait. */
  status(): Uint8Array {
    return new ByteWriter().u8(this.traceStatus()).u32le(this.receiver.count).finish();
  }

  /** DAP_SWO_Data: at most `most` bytes of what has come by `at`, behind the trace status. */
  data(most: number, at: Picoseconds): Uint8Array {
    const bytes = this.receiver.read(most, at);
    return new ByteWriter().u8(this.traceStatus()).u16le(bytes.length).bytes(bytes).finish();
  }

  /** Error and overrun stay until the next start (unsure). */
  private traceStatus(): number {
    const { overran, misread } = this.receiver.faults();
    this.flags |= (overran ? TRACE.OVERRUN : 0) | (misread ? TRACE.ERROR : 0);
    return this.flags | (this.receiver.isOn ? TRACE.ACTIVE : 0);
  }
}

const status = (code: number): Uint8Array => Uint8Array.of(code);

/** What the commands of SWO find: the unit behind them, and how many bytes an answer may have. */
interface SwoUnit {
  readonly swo: DapSwo;
  readonly swd: { readonly at: Picoseconds };
  readonly packetSize: number;
}

/** Bytes of DAP_SWO_Data's answer before the data: id, status, count. */
const DATA_HEAD = 4;

/** The commands of SWO by their ids. */
export const SWO_COMMANDS: readonly (readonly [number, (unit: SwoUnit, request: ByteReader) => Uint8Array])[] = [
  [0x17, ({ swo }, request) => status(swo.setTransport(request.u8()))],
  [0x18, ({ swo }, request) => status(swo.setMode(request.u8()))],
  [0x19, ({ swo }, request) => new ByteWriter().u32le(swo.setBaudrate(request.u32le())).finish()],
  [0x1a, ({ swo }, request) => status(swo.control(request.u8()))],
  [0x1b, ({ swo }) => swo.status()],
  [0x1c, ({ swo, swd, packetSize }, request) => swo.data(Math.min(request.u16le(), packetSize - DATA_HEAD), swd.at)],
];
