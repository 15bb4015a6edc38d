import { Ring } from "../../base/log.ts";
import { hex8 } from "../../base/u32.ts";
import type { UsbDevice } from "../../usb/usb-device.ts";

/** How many transfers are remembered, and how many bytes of each. */
const TRANSFERS = 24;
const BYTES = 24;

/** The ring of the device that was opened last; a process talks to one probe at a time. */
let last: Ring<string> | undefined;

/** What went over the last opened device's endpoints, oldest first: `out 2: CF 00 36 00 ... (21 bytes)`. */
export const lastPackets = (): readonly string[] => last?.all() ?? [];

/** The device with its last transfers remembered; everything but the transfers is the device's own. */
export function recordUsb(device: UsbDevice): UsbDevice {
  const ring = new Ring<string>(TRANSFERS);
  last = ring;
  const recorded: Pick<UsbDevice, "transferIn" | "transferOut"> = {
    async transferIn(endpoint, length) {
      const result = await device.transferIn(endpoint, length);
      ring.push(`in ${endpoint}: ${bytesText(result.data)}`);
      return result;
    },
    transferOut(endpoint, data) {
      ring.push(`out ${endpoint}: ${bytesText(data)}`);
      return device.transferOut(endpoint, data);
    },
  };
  return new Proxy(device, {
    get(target, name) {
      if (name === "transferIn" || name === "transferOut") return recorded[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

function bytesText(data: ArrayBufferView | undefined): string {
  const bytes = data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
  const shown = [...bytes.subarray(0, BYTES)].map(hex8).join(" ");
  return bytes.length > BYTES ? `${shown} ... (${bytes.length} bytes)` : shown;
}
