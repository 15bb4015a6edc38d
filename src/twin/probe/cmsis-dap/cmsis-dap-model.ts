// What a board needs of a CMSIS-DAP probe: its USB device, and the same as a HID device.

export { CmsisDapHid } from "./cmsis-dap-hid.ts";
export { cmsisDapOnUsb, isCmsisDap } from "./cmsis-dap-usb.ts";
