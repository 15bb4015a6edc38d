import { signal } from "@preact/signals";

/** A device that this page may use. */
export interface AllowedDevice {
  readonly name: string;
  forget(): Promise<void>;
}

/** The devices that this page may use. */
export const allowed = signal<readonly AllowedDevice[]>([]);

/** Looks which devices this page may use. */
export async function lookForAllowed(): Promise<void> {
  const usb = (await navigator.usb?.getDevices().catch(() => [])) ?? [];
  const hid = (await navigator.hid?.getDevices().catch(() => [])) ?? [];
  allowed.value = [...usb, ...hid].map((device) => ({ name: nameOf(device), forget: () => device.forget() }));
}

/** Takes this page's permission for a device back; it has to be chosen again then. */
export async function forgetDevice(device: AllowedDevice): Promise<void> {
  await device.forget().catch(() => {});
  await lookForAllowed();
}

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");

function nameOf(device: GrantedUsbDevice | GrantedHidDevice): string {
  const serial = "serialNumber" in device ? (device.serialNumber ?? "") : "";
  return `${hex4(device.vendorId)}:${hex4(device.productId)} ${device.productName ?? ""} ${serial}`.trim();
}
