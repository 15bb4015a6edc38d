import { FlashproofError } from "../../base/errors.ts";

/** Names of the errors that WebUSB's methods reject with (WebUSB API, 4 to 6). */
export type UsbFaceErrorName =
  | "InvalidStateError"
  | "NotFoundError"
  | "NetworkError"
  | "AbortError"
  | "NotReadableError";

/** What a twin's USB device rejects with: named as a browser names it, so that hosts need not tell them apart. */
export class UsbFaceError extends FlashproofError<UsbFaceErrorName> {
  constructor(name: UsbFaceErrorName, message: string) {
    super(name, message);
    this.name = name;
  }
}
