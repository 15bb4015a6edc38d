/** Capability bits of GET_CAPS and GET_CAPS_EX that matter here (RM08001, 4.1; names as there). */
const CAPABILITY = {
  GET_HW_VERSION: 1,
  READ_CONFIG: 4,
  SPEED_INFO: 9,
  GET_MAX_BLOCK_SIZE: 11,
  SELECT_IF: 17,
  SWO: 23,
  REGISTER: 27,
  GET_CAPS_EX: 31,
} as const;

/** Name of a capability. */
export type CapabilityName = keyof typeof CAPABILITY;

/** What a probe says it can do; never guessed from its name. */
export class Capabilities {
  private readonly bytes: Uint8Array;

  /** The answer of GET_CAPS or GET_CAPS_EX, bit 0 of byte 0 first. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  has(name: CapabilityName): boolean {
    const bit = CAPABILITY[name];
    return (((this.bytes[bit >> 3] ?? 0) >>> (bit & 7)) & 1) === 1;
  }
}
