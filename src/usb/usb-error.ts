import { FlashproofError } from "../base/errors.ts";

/** Codes of the USB layer. */
export type UsbErrorCode =
  | "usb-stall"
  | "usb-babble"
  | "usb-unplugged"
  | "usb-access"
  | "usb-busy"
  | "usb-failed"
  | "usb-no-interface";

/** A USB transfer or a claim that failed. */
export class UsbError extends FlashproofError<UsbErrorCode> {}
