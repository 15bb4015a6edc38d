import { FlashproofError } from "../base/errors.ts";

/** Codes of the chip list. */
export type ChipErrorCode = "chip-unknown";

/** A chip that Flashproof does not know; `near` in its details lists names that look like it. */
export class ChipError extends FlashproofError<ChipErrorCode> {}
