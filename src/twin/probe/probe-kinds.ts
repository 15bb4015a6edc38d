import type * as dapModel from "./cmsis-dap/cmsis-dap-model.ts";
import type * as jlinkModel from "./jlink/jlink-model.ts";
import { USB_TIMINGS } from "./usb-timing.ts";

/** The models of probes that a board can have, a kind absent where it is not loaded. */
export interface ProbeKinds {
  readonly jlink?: typeof jlinkModel;
  readonly dap?: typeof dapModel;
}

/** Whether a probe's name is that of a J-Link. */
export const isJLink = (name: string): name is keyof typeof USB_TIMINGS => Object.hasOwn(USB_TIMINGS, name);

/** The models of the kind that a probe's name is of, loaded when they are asked for: a page fetches those that it shows. */
export const loadProbeKind = async (name: string): Promise<ProbeKinds> =>
  isJLink(name)
    ? { jlink: await import("./jlink/jlink-model.ts") }
    : { dap: await import("./cmsis-dap/cmsis-dap-model.ts") };
