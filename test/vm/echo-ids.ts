/** A pid of pid.codes' test range, which no product may ship. */
export const ECHO_IDS = { vendorId: 0x1209, productId: 0x0001 } as const;

/** The count of bytes that asks the echo device to go. */
export const UNPLUG = 0xffff_ffff;
