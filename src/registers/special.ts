/** IPSR in xPSR: the number of the exception that the core is in, 0 in thread code (ARMv7-M ARM (DDI 0403E), B1.4.2). */
export const XPSR_EXCEPTION = 0x000001ff;

/** xPSR.T, and nothing else: the core executes Thumb instructions (ARMv7-M ARM (DDI 0403E), B1.4.2). */
export const XPSR_THUMB = 0x01000000;

/**
 * CFBP, as a debugger reads and writes CONTROL, FAULTMASK, BASEPRI and PRIMASK (ARMv7-M ARM (DDI 0403E), C1.6.3), with
 * PRIMASK alone set: privileged, on MSP, and no interrupt of the firmware is taken.
 */
export const CFBP_INTERRUPTS_MASKED = 0x00000001;
