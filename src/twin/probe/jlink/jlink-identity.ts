/**
 * What one probe says of itself: the J-Link of the log that started this project.
 * Values marked (unsure) are not in any public document we know; a driver must ask, never assume.
 */
export const JLINK_V9 = {
  vendorId: 0x1366,
  productId: 0x0101,
  manufacturer: "SEGGER",
  product: "J-Link",
  /** As GET_VERSION gives it, two blanks before a one-digit day. */
  firmware: "J-Link V9 compiled May  7 2021 16:26:12",
  /** Decimal TTMMmmrr: a J-Link, V9.30. */
  hardwareVersion: 93_000,
  licenses: "GDB",
  /** Clock divided by a whole number: at most 15 MHz (unsure: 12 to 15 in SEGGER's model overview). */
  baseHz: 60_000_000,
  minDivider: 4,
  /** SELECT_IF sets this speed again (unsure which). */
  defaultKHz: 1_000,
  freeMemory: 40_960,
} as const;

/** Free memory that keeps libjaylink's requests within one TCP segment when the probe is served over TCP. */
export const TCP_FREE_MEMORY = 2_058;

/** Bytes of the version text with its padding, as real probes send it. */
export const VERSION_LENGTH = 112;

/** Capabilities that this model really has, by bit (RM08001, GET_CAPS; above 31 only in GET_CAPS_EX). */
const CAPABILITIES = {
  RESERVED_1: 0,
  GET_HW_VERSION: 1,
  ADAPTIVE_CLOCKING: 3,
  READ_CONFIG: 4,
  WRITE_CONFIG: 5,
  SPEED_INFO: 9,
  GET_MAX_BLOCK_SIZE: 11,
  GET_HW_INFO: 12,
  SET_KS_POWER: 13,
  SELECT_IF: 17,
  GET_COUNTERS: 19,
  GET_CPU_CAPS: 21,
  SWO: 23,
  REGISTER: 27,
  GET_CAPS_EX: 31,
  HW_JTAG_WRITE: 32,
} as const;

/** GET_CAPS_EX: 256 bits, least significant bit first; GET_CAPS is the first four bytes. */
export function capabilityBytes(): Uint8Array {
  const bytes = new Uint8Array(32);
  for (const bit of Object.values(CAPABILITIES)) bytes[bit >>> 3] |= 1 << (bit & 7);
  return bytes;
}

/** Where the configuration area keeps the licences, as text up to a zero or 0xFF (unsure; only documented parts are sure). */
const CONFIG_LICENSES = { offset: 0x80, length: 0x20 } as const;

/** The configuration area as delivered: unset is 0xFF, so USB address 0 and target power off are not even stored. */
export function defaultConfig(): Uint8Array {
  const config = new Uint8Array(256).fill(0xff);
  config.set(new TextEncoder().encode(`${JLINK_V9.licenses}\0`), CONFIG_LICENSES.offset);
  return config;
}
