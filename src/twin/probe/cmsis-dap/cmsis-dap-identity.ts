import { MICROSECOND, MILLISECOND } from "../../../base/clock.ts";
import type { UsbTiming } from "../usb-timing.ts";

/** One CMSIS-DAP probe as it is built: how it is attached, how large its packets are, how many it takes ahead. */
export interface CmsisDapKind {
  readonly transport: "bulk" | "hid";
  /** DAP_Info 0x04: version of the protocol. */
  readonly protocol: string;
  /** Bytes of one command or answer at most (DAP_Info 0xFF). */
  readonly packetSize: number;
  /** Commands that the probe takes before the first is answered (DAP_Info 0xFE). */
  readonly packetCount: number;
  readonly timing: UsbTiming;
}

/** Full-speed bulk moves 19 packets of 64 bytes a millisecond (USB 2.0, 5.8.4). */
const FULL_SPEED: UsbTiming = { turnaroundPs: MILLISECOND, bytesPerMs: 1_216, overlap: true, packetSize: 64 };
const HIGH_SPEED: UsbTiming = { turnaroundPs: 250 * MICROSECOND, bytesPerMs: 40_000, overlap: true, packetSize: 512 };
/** One report of 64 bytes a millisecond in each direction; waiting for its frame is in that already. */
const INTERRUPT: UsbTiming = { turnaroundPs: 0, bytesPerMs: 64, overlap: true, packetSize: 64 };

/** The CMSIS-DAP probes of the time model. */
export const CMSIS_DAP_KINDS = {
  "cmsis-dap": { transport: "bulk", protocol: "2.1.1", packetSize: 64, packetCount: 4, timing: FULL_SPEED },
  "cmsis-dap-hs": { transport: "bulk", protocol: "2.1.1", packetSize: 512, packetCount: 4, timing: HIGH_SPEED },
  "cmsis-dap-v1": { transport: "hid", protocol: "1.3.0", packetSize: 64, packetCount: 4, timing: INTERRUPT },
} as const satisfies Record<string, CmsisDapKind>;

/** What the probe says of itself: ids of Arm's DAPLink, the widest-spread firmware of this kind (usb.ids). */
export const CMSIS_DAP_IDENTITY = {
  vendorId: 0x0d28,
  productId: 0x0204,
  manufacturer: "Arm",
  product: "DAPLink CMSIS-DAP",
  /** Of the interface that speaks the protocol: this is how clients find it (CMSIS-DAP, "USB configuration"). */
  interfaceName: "CMSIS-DAP v2",
  firmware: "0257",
  /** DAP_Info 0xF0: SWD, SWO by UART, and atomic commands; no JTAG, Manchester, streaming or UART port. */
  capabilities: 0x15,
  /** SWCLK at most (unsure: what a Cortex-M probe reaches with its fast clock). */
  maxHz: 10_000_000,
  /** SWCLK after power-up (CMSIS-DAP, DAP_DEFAULT_SWJ_CLOCK of the reference). */
  defaultHz: 1_000_000,
} as const;
