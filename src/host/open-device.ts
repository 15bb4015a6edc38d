import type { Clock } from "../base/clock.ts";
import { HostError } from "../base/errors.ts";
import type { Trace } from "../base/trace.ts";
import { findDriver, isHidDevice, type ProbeDevice } from "../probe/drivers.ts";
import type { Probe } from "../probe/probe.ts";
import { PacketRecorder, recordHid, recordUsb } from "./recorded-usb.ts";

/** Opens a device with the driver that knows it; throws `probe-not-found` where none does. */
export async function openDevice(device: ProbeDevice, clock: Clock, trace?: Trace): Promise<Probe> {
  const driver = findDriver(device);
  if (!driver) throw new HostError("probe-not-found", `No driver for ${nameOf(device)}`);
  const recorder = new PacketRecorder(trace);
  return driver.open(isHidDevice(device) ? recordHid(device, recorder) : recordUsb(device, recorder), clock);
}

/** `1366:0101 J-Link 59304712`, as `list` prints a probe. */
export const nameOf = (device: ProbeDevice): string =>
  `${hex4(device.vendorId)}:${hex4(device.productId)} ${device.productName ?? ""} ${(device.serialNumber ?? "").replace(/^0+/, "")}`.trim();

const hex4 = (value: number) => value.toString(16).padStart(4, "0");
