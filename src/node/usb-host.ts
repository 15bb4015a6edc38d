import { HostError } from "../base/errors.ts";
import type { UsbDevice } from "../usb/usb-device.ts";

/** The one package that reaches USB; optional, loaded only when a real probe is wanted. */
const PACKAGE = "usb";

/**
 * The USB devices of this machine. Throws `probe-not-found` when the optional package `usb` is not installed or
 * finds no USB on this machine; whether a device is a probe is the drivers' business.
 */
export async function usbDevices(): Promise<readonly UsbDevice[]> {
  const usb = await loadUsb();
  try {
    return (await new usb.WebUSB({ allowAllDevices: true }).getDevices()) as readonly UsbDevice[];
  } catch (cause) {
    throw new HostError("probe-not-found", "This machine's USB can't be looked at", { cause });
  }
}

interface UsbPackage {
  readonly WebUSB: new (options: { allowAllDevices: boolean }) => { getDevices(): Promise<readonly unknown[]> };
}

async function loadUsb(): Promise<UsbPackage> {
  try {
    return (await import(PACKAGE)) as UsbPackage;
  } catch (cause) {
    throw new HostError("probe-not-found", "Probes on USB need the optional package usb (npm install usb)", { cause });
  }
}
