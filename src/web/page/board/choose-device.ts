import { failure } from "../state.ts";

/** What of this browser a real probe needs, and what to do where it is missing. */
export interface Capability {
  readonly what: string;
  readonly isThere: boolean;
  readonly remedy: string;
}

/** What this browser can do with probes. */
export const capabilities = (): readonly Capability[] => [
  {
    what: "WebUSB: J-Link, CMSIS-DAP 2, older DAPLink",
    isThere: navigator.usb !== undefined,
    remedy: "Use Chrome, Edge or Opera, or the page of flashproof ui.",
  },
  {
    what: "WebHID: CMSIS-DAP 1",
    isThere: navigator.hid !== undefined,
    remedy: "Use Chrome, Edge or Opera on a desktop, or the page of flashproof ui.",
  },
  {
    what: "Web Serial: a terminal on the board's UART",
    isThere: navigator.serial !== undefined,
    remedy: "Use Chrome, Edge or Opera on a desktop.",
  },
  {
    what: "A page that may use devices (https, or this machine)",
    isThere: isSecureContext,
    remedy: "Open the page by https, or from 127.0.0.1.",
  },
  {
    what: "One page at a time for a probe (Web Locks)",
    isThere: "locks" in navigator,
    remedy: "Close other pages that use the probe.",
  },
];

/** Vendors of probes: SEGGER, Arm, NXP, Raspberry Pi, Keil, Atmel, Cypress, ST's and Nordic's boards come as J-Link. */
const VENDORS = [0x1366, 0x0d28, 0x1fc9, 0x2e8a, 0xc251, 0x03eb, 0x04b4] as const;

/** What the browser's dialogue lists. */
const LISTED = {
  known: VENDORS.map((vendorId) => ({ vendorId })),
  every: [{ classCode: 0xff }, ...VENDORS.map((vendorId) => ({ vendorId }))],
} as const;

/** Has the browser ask for a device of USB; whether one was chosen. */
export const chooseUsb = (which: keyof typeof LISTED): Promise<boolean> =>
  chosen(async () => navigator.usb?.requestDevice({ filters: LISTED[which] }));

/** Has the browser ask for a HID device; whether one was chosen. CMSIS-DAP 1 has a vendor's usage page. */
export const chooseHid = (): Promise<boolean> =>
  chosen(async () => navigator.hid?.requestDevice({ filters: [{ usagePage: 0xff00 }, ...LISTED.known] }));

async function chosen(request: () => Promise<unknown>): Promise<boolean> {
  failure.value = undefined;
  try {
    const found = await request();
    return Array.isArray(found) ? found.length > 0 : found !== undefined;
  } catch (error) {
    // That none was chosen is an error to browsers, and a person's choice.
    const name = error instanceof DOMException ? error.name : "";
    if (name !== "NotFoundError")
      failure.value = {
        code: "usb-access",
        message: `The browser offers no device: ${error instanceof Error ? error.message : String(error)}`,
        hints: ["Allow devices for this page in the browser's settings of the site.", "Click the button again."],
      };
    return false;
  }
}
