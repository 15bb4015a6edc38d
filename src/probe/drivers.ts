import type { Clock, Io } from "../base/clock.ts";
import { findBulkEndpoints, isVendorInterface } from "../usb/bulk-interface.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import { JLinkProbe } from "./jlink/jlink-probe.ts";
import type { Probe, ProbeInfo } from "./probe.ts";

/** SEGGER's USB vendor id (usb.ids). */
const SEGGER = 0x1366;

/** How one family of probes is recognised and opened. */
export interface ProbeDriver {
  readonly name: ProbeInfo["driver"];
  /** Whether the device is such a probe, as far as its descriptors say. */
  matches(device: UsbDevice): boolean;
  open(device: UsbDevice, clock: Clock, io?: Io): Promise<Probe>;
}

/** Every driver, in the order in which they are asked. A new probe is one line here. */
export const DRIVERS: readonly ProbeDriver[] = [
  { name: "jlink", matches: isJLink, open: (device, clock, io) => JLinkProbe.open(device, clock, io) },
];

/** The driver for a device, or undefined for a device that is no probe we know. */
export const findDriver = (device: UsbDevice): ProbeDriver | undefined =>
  DRIVERS.find((driver) => driver.matches(device));

/** SEGGER's product ids say only what else the device is; what counts is the vendor interface, where it can be seen. */
function isJLink(device: UsbDevice): boolean {
  if (device.vendorId !== SEGGER) return false;
  return device.configuration === undefined || findBulkEndpoints(device, isVendorInterface) !== undefined;
}
