import type { TwinOptions } from "../../../src/twin/usb.ts";

/** The probe that the stub of a browser's device APIs grants, and how the browser goes about it. */
export interface StubOptions {
  readonly board: TwinOptions;
  /** The API that shows it; `control`: older DAPLink, by control requests of WebUSB. */
  readonly api: "usb" | "hid" | "control";
  /** What claiming an interface comes to: `never` doesn't settle, as on Windows without WinUSB. */
  readonly claim?: "never" | "busy";
  /** What opening comes to: the system's rights are missing. */
  readonly open?: "denied";
  /** Each answer comes so late, from the nth transfer on. */
  readonly late?: { readonly from: number; readonly ms: number };
}

/** Where tests tell the stub to pull the plug. */
export const PLUG = "flashproof-stub-plug";

/** A cache of this name stands for the grant. */
export const GRANT = "flashproof-stub-grant";
