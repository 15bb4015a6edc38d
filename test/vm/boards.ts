/** One board that is served to the guest. */
export interface ServedBoard {
  readonly busId: string;
  readonly probe: "jlink" | "cmsis-dap-hs" | "cmsis-dap-v1";
  readonly serial: string;
  /** VID:PID as `lsusb -d` and `--probe` take it. */
  readonly ids: string;
  readonly product: string;
  /** Whether the system's HID driver has it. */
  readonly hid: boolean;
}

const JLINK = { probe: "jlink", ids: "1366:0101", product: "J-Link", hid: false } as const;
const DAP = { probe: "cmsis-dap-hs", ids: "0d28:0204", product: "DAPLink CMSIS-DAP", hid: false } as const;
const DAP_HID = { probe: "cmsis-dap-v1", ids: "0d28:0204", product: "DAPLink CMSIS-DAP", hid: true } as const;

/** One of each kind. */
export const GOOD: readonly ServedBoard[] = [
  { ...JLINK, busId: "1-1", serial: "59304712" },
  { ...DAP, busId: "1-2", serial: "DAP2" },
  { ...DAP_HID, busId: "1-3", serial: "DAP1" },
];

/** A board with faults, and which way the transfer goes that stalls, where that is checked. */
export interface FaultyBoard extends ServedBoard {
  readonly fault: string;
  readonly stalls?: "in" | "out";
}

/**
 * One of each kind that stalls in the middle of the first job, and is unplugged in the middle of the second. The J-Link
 * stalls an answer, whose rest the next job has to drain.
 */
export const FAULTY: readonly FaultyBoard[] = [
  { ...JLINK, busId: "1-4", serial: "59304799", fault: "stall@usb=54+unplug@usb=105", stalls: "in" },
  { ...DAP, busId: "1-5", serial: "BAD2", fault: "stall@usb=72+unplug@usb=144" },
  { ...DAP_HID, busId: "1-6", serial: "BAD1", fault: "stall@usb=380+unplug@usb=850" },
];

/** What `flashproof twin` is told, in the order of the bus ids. */
export const selectors = (): readonly string[] => [
  ...GOOD.map(({ probe, serial }) => `MK24FN1M0xxx12,flash=zero,probe=${probe},serial=${serial}`),
  ...FAULTY.map(
    ({ probe, serial, fault }) => `MK24FN1M0xxx12,flash=zero,probe=${probe},serial=${serial},fault=${fault}`,
  ),
];
