import { FlashproofError } from "../base/errors.ts";

/** Codes of a firmware's run by semihosting. */
export type FirmwareErrorCode = "firmware-exit" | "firmware-no-exit" | "firmware-stopped";

/** A firmware has ended with an error, has not ended in time, or has stopped elsewhere. */
export class FirmwareError extends FlashproofError<FirmwareErrorCode> {}
