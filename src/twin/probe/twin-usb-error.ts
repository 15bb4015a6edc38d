import { FlashproofError } from "../../base/errors.ts";

/** Names of the errors that WebUSB's methods reject with (WebUSB API, 4 to 6). */
export type TwinUsbErrorName =
  | "InvalidStateError"
  | "NotFoundError"
  | "NetworkError"
  | "AbortError"
  | "NotReadableError";

/** What a twin's USB device rejects with: named as a browser names it, so that hosts need not distinguish them. */
export class TwinUsbError extends FlashproofError<TwinUsbErrorName> {
  constructor(name: TwinUsbErrorName, message: string) {
    super(name, message);
    this.name = name;
  }
}
