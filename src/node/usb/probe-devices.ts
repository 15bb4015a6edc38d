import { HostError } from "../../base/errors.ts";
import { findDriver, isHidDevice, type ProbeDevice } from "../../probe/drivers.ts";
import type { HidHost } from "../../usb/hid-device.ts";
import type { UsbHost } from "../../usb/usb-device.ts";
import { npmHidHost } from "./hid-host.ts";
import { npmUsbHost } from "./usb-host.ts";

/** Where this machine's probes are seen. */
export interface DeviceHosts {
  readonly usb: UsbHost;
  readonly hid: HidHost;
}

/** The optional packages `usb` and `node-hid`. */
export const NPM_HOSTS: DeviceHosts = { usb: npmUsbHost, hid: npmHidHost };

/**
 * Every device that one of our drivers knows, on USB or through the system's HID driver. A probe that offers both is
 * listed once, on USB, which is faster. Throws `probe-not-found` where neither package is installed.
 */
export async function probeDevices(hosts: DeviceHosts = NPM_HOSTS): Promise<readonly ProbeDevice[]> {
  const [usb, hid] = await Promise.all([attempt(hosts.usb.devices()), attempt(hosts.hid.devices())]);
  if (usb.missing && hid.missing) throw usb.missing;
  const onUsb = usb.devices.filter(isProbe);
  const onlyHid = hid.devices.filter((device) => isProbe(device) && !onUsb.some((other) => isSame(other, device)));
  return [...onUsb, ...onlyHid];
}

/** A package that is not there sees no devices; anything else that goes wrong is worth an error. */
async function attempt<T extends ProbeDevice>(looking: Promise<readonly T[]>) {
  try {
    return { devices: await looking, missing: undefined };
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "probe-not-found") throw error;
    return { devices: [], missing: error };
  }
}

const isProbe = (device: ProbeDevice): boolean => findDriver(device) !== undefined;

const isSame = (a: ProbeDevice, b: ProbeDevice): boolean =>
  a.vendorId === b.vendorId && a.productId === b.productId && (a.serialNumber ?? "") === (b.serialNumber ?? "");

/** `USB` or `HID`: how the system shows the device. */
export const busOf = (device: ProbeDevice): "USB" | "HID" => (isHidDevice(device) ? "HID" : "USB");
