import type { Trace } from "../base/trace.ts";
import { Ring } from "../base/log.ts";
import { hex8 } from "../base/u32.ts";
import type { Pipe } from "../pipe/pipe.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import type { UsbDevice } from "../usb/usb-device.ts";

/** How many transfers are remembered, and how many bytes of each. */
const TRANSFERS = 24;
const BYTES = 24;

/** One transfer as it is remembered: formatted only when it is printed. */
interface Packet {
  readonly what: string;
  readonly head: Uint8Array;
  readonly length: number;
}

/** The ring of the probe that was opened last; a process talks to one probe at a time. */
let last: Ring<Packet> | undefined;

/** What went over the last opened probe's endpoints, oldest first: `out 2: CF 00 36 00 ... (21 bytes)`. */
export const lastPackets = (): readonly string[] =>
  (last?.all() ?? []).map(({ what, head, length }) => `${what}: ${hexText(head, length)}`);

/** The bytes of transfers, kept for errors and, where a trace is given, written to it. */
export class PacketRecorder {
  private readonly ring = new Ring<Packet>(TRANSFERS);
  private readonly trace: Trace | undefined;

  constructor(trace?: Trace) {
    this.trace = trace;
    last = this.ring;
  }

  /** Remembers one transfer: `out 2`, and its bytes. */
  add(what: string, data: ArrayBufferView | undefined): void {
    const bytes = data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
    this.ring.push({ what, head: bytes.slice(0, BYTES), length: bytes.length });
    this.trace?.event("usb", "trace", what, () => ({ length: bytes.length, bytes: hexText(bytes, bytes.length) }));
  }
}

/** The device with its transfers recorded; everything but the transfers is the device's own. */
export function recordUsb(device: UsbDevice, recorder: PacketRecorder): UsbDevice {
  const recorded: Pick<UsbDevice, "transferIn" | "transferOut"> = {
    async transferIn(endpoint, length, withinMs) {
      const result = await device.transferIn(endpoint, length, withinMs);
      recorder.add(`in ${endpoint}`, result.data);
      return result;
    },
    transferOut(endpoint, data) {
      recorder.add(`out ${endpoint}`, data);
      return device.transferOut(endpoint, data);
    },
  };
  return withMethods(device, recorded);
}

/** The HID device with its reports recorded. */
export function recordHid(device: HidDevice, recorder: PacketRecorder): HidDevice {
  const recorded: Pick<HidDevice, "sendReport" | "receive"> = {
    sendReport(reportId, data) {
      recorder.add("out report", data);
      return device.sendReport(reportId, data);
    },
    async receive() {
      const data = await device.receive();
      recorder.add("in report", data);
      return data;
    },
  };
  return withMethods(device, recorded);
}

/** The pipe with its bytes recorded, for probes over TCP. */
export function recordPipe(pipe: Pipe, recorder: PacketRecorder): Pipe {
  const recorded: Pick<Pipe, "write" | "read"> = {
    write(bytes, io) {
      recorder.add("out", bytes);
      return pipe.write(bytes, io);
    },
    async read(max, io) {
      const bytes = await pipe.read(max, io);
      recorder.add("in", bytes);
      return bytes;
    },
  };
  return withMethods(pipe, recorded);
}

/** The object with some methods replaced; what its own methods call stays its own. */
function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(object, name) {
      if (name in methods) return methods[name as keyof T];
      const value: unknown = Reflect.get(object, name, object);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(object) : value;
    },
  });
}

function hexText(bytes: Uint8Array, length: number): string {
  const shown = [...bytes.subarray(0, BYTES)].map(hex8).join(" ");
  return length > BYTES ? `${shown} ... (${length} bytes)` : shown;
}
