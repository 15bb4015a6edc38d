import type { Clock, Io } from "../base/clock.ts";
import { findBulkEndpoints, isVendorInterface } from "../usb/bulk-interface.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import { isDapOnHid, isDapOnUsb } from "./cmsis-dap/dap-device.ts";
import type { Probe, ProbeInfo } from "./probe.ts";
import { ProbeError } from "./probe-error.ts";

/** SEGGER's USB vendor id (usb.ids). */
const SEGGER = 0x1366;

/** What a host can show us of a probe: a USB device, or a HID one where the system keeps USB to itself. */
export type ProbeDevice = UsbDevice | HidDevice;

/** How one family of probes is recognised and opened. */
export interface ProbeDriver {
  readonly name: ProbeInfo["driver"];
  /** Whether the device is such a probe, as far as its descriptors say. */
  matches(device: ProbeDevice): boolean;
  open(device: ProbeDevice, clock: Clock, io?: Io): Promise<Probe>;
}

// A driver is loaded when the first probe of its kind is opened: a page fetches the one that it needs.
const jlink = once(() => import("./jlink/jlink-probe.ts").then(({ JLinkProbe }) => JLinkProbe));
const cmsisDap = once(() => import("./cmsis-dap/cmsis-dap-probe.ts").then(({ CmsisDapProbe }) => CmsisDapProbe));

/** Every driver, in the order in which they are asked. A new probe is one line here. */
const DRIVERS: readonly ProbeDriver[] = [
  driver("jlink", { usb: { matches: isJLink, open: async (...given) => (await jlink()).open(...given) } }),
  driver("cmsis-dap", {
    usb: { matches: isDapOnUsb, open: async (...given) => (await cmsisDap()).openUsb(...given) },
    hid: { matches: isDapOnHid, open: async (...given) => (await cmsisDap()).openHid(...given) },
  }),
];

/** The driver for a device, or undefined for a device that is no probe we know. */
export const findDriver = (device: ProbeDevice): ProbeDriver | undefined =>
  DRIVERS.find((driver) => driver.matches(device));

/** Whether a device is seen through the system's HID driver. */
export const isHidDevice = (device: ProbeDevice): device is HidDevice => "sendReport" in device;

/** Loads something at the first call, and again only where that failed. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

/** One way to reach a probe. */
interface Way<Device> {
  matches(device: Device): boolean;
  open(device: Device, clock: Clock, io?: Io): Promise<Probe>;
}

function driver(name: ProbeDriver["name"], { usb, hid }: { usb: Way<UsbDevice>; hid?: Way<HidDevice> }): ProbeDriver {
  return {
    name,
    matches: (device) => (isHidDevice(device) ? (hid?.matches(device) ?? false) : usb.matches(device)),
    open: async (device, clock, io) => {
      if (!isHidDevice(device)) return usb.open(device, clock, io);
      if (hid) return hid.open(device, clock, io);
      throw new ProbeError("probe-unsupported", `The ${name} driver opens no HID devices`);
    },
  };
}

/** SEGGER's product ids say only what else the device is; what counts is the vendor interface, where it can be seen. */
function isJLink(device: UsbDevice): boolean {
  if (device.vendorId !== SEGGER) return false;
  return device.configuration === undefined || findBulkEndpoints(device, isVendorInterface) !== undefined;
}
