/** Raw clocks with the probe driving, bit 0 of byte 0 first. */
export interface LineSequence {
  readonly bits: Uint8Array;
  readonly count: number;
}

/** Ones that reset the line; the standard wants 50 or more (ADIv5.2 (IHI 0031F), B4.3.3), whole bytes make it 56. */
const RESET = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

const sequence = (...bytes: readonly number[]): LineSequence => ({
  bits: Uint8Array.from(bytes),
  count: bytes.length * 8,
});

/** Line reset and idle clocks: after it a port in SWD mode answers a read of DPIDR and nothing else. */
export const LINE_RESET = sequence(...RESET, 0x00);

/** Switches a SWJ-DP from JTAG to SWD: line reset, 0xE79E, line reset, idle (ADIv5.2, B5.2.1). */
export const JTAG_TO_SWD = sequence(...RESET, 0x9e, 0xe7, ...RESET, 0x00);

/** Switches a SWJ-DP back to JTAG: line reset, 0xE73C, and ones that leave the TAP in its reset state (ADIv5.2, B5.2.2). */
export const SWD_TO_JTAG = sequence(...RESET, 0x3c, 0xe7, 0xff);
