import { controlInterface } from "../../pipe/control-pipe.ts";
import { type AlternateFilter, findBulkEndpoints } from "../../usb/bulk-interface.ts";
import type { HidDevice } from "../../usb/hid-device.ts";
import type { UsbAlternate, UsbDevice } from "../../usb/usb-device.ts";

/** The words by which a CMSIS-DAP probe is found, in its product or its interface string (CMSIS-DAP, "USB"). */
const NAME = "CMSIS-DAP";

/**
 * Which interface speaks version 2: class 0xFF, subclass 0, named CMSIS-DAP. Chromium on Linux hides the names of
 * interfaces; there the product's name decides.
 */
export const dapInterface =
  (device: Pick<UsbDevice, "productName">): AlternateFilter =>
  (alternate) =>
    isVendorSpecific(alternate) &&
    (alternate.interfaceName ? isNamedCmsisDap(alternate.interfaceName) : isNamedCmsisDap(device.productName));

/** Whether a USB device is a CMSIS-DAP probe of version 2, as far as its descriptors can be seen. */
export const isDapOnUsb = (device: UsbDevice): boolean =>
  device.configuration === undefined
    ? isNamedCmsisDap(device.productName)
    : findBulkEndpoints(device, dapInterface(device)) !== undefined || isDapByControl(device);

/** Whether it is one of before version 2 had endpoints: older DAPLink, by control requests, named in its product. */
export const isDapByControl = (device: UsbDevice): boolean =>
  isNamedCmsisDap(device.productName) &&
  findBulkEndpoints(device, dapInterface(device)) === undefined &&
  controlInterface(device) !== undefined;

/** Whether a HID device is a CMSIS-DAP probe of version 1. */
export const isDapOnHid = (device: HidDevice): boolean => isNamedCmsisDap(device.productName);

const isVendorSpecific = ({ interfaceClass, interfaceSubclass }: UsbAlternate): boolean =>
  interfaceClass === 0xff && interfaceSubclass === 0x00;

const isNamedCmsisDap = (text: string | undefined): boolean => text?.includes(NAME) ?? false;
