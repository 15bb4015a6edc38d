import { Trace, type TraceSink } from "../base/trace.ts";
import { openDevice } from "../host/open-device.ts";
import { wallClock } from "../host/wall-clock.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import type { Twin } from "../twin/usb.ts";
import { type Connection, connectThrough, type OpenedProbe, type TargetOptions } from "./library.ts";

// The package's entry for browsers: a device of WebUSB in place of a selector, bytes in place of a path.

export type { ReadImageOptions } from "../image/formats/file-format.ts";
export { readImage } from "../image/read-image.ts";
export type { HidDevice } from "../usb/hid-device.ts";
export type { UsbDevice } from "../usb/usb-device.ts";
export type { TraceFields, TraceLayer, TraceLevel, TraceRecord, TraceSink } from "../base/trace.ts";
export type { Chip } from "../chips/chip.ts";
export { FlashproofError, type Json } from "../base/errors.ts";
export type { KeepRange } from "../flash/keep.ts";
export type { FlashPlan } from "../flash/plan/plan.ts";
export type { OnPhase, OnProgress, Phase, PhaseTimes, Progress } from "../flash/progress.ts";
export type { Difference, VerifyResult } from "../flash/verify.ts";
export type { Image, ImageFormat, Segment } from "../image/image.ts";
export type { DeclaredChange, Need, Policy } from "../protection/effective-image.ts";
export type { Finding, Severity } from "../protection/finding.ts";
export type { FindingAct, FindingAdvice } from "../protection/finding-acts.ts";
export { explanationJson, explanationLines, type ImageExplanation } from "../report/image-report.ts";
export type { FlashReport } from "../session/flashing/job.ts";
export type { OnMassErase, Session } from "../session/session.ts";
export { createTwin, type Twin, type TwinOptions } from "../twin/usb.ts";
export {
  type Connection,
  type ExplainOptions,
  explainImage,
  type FlashOptions,
  flashImage,
  type PlanOptions,
  planFlash,
  type TargetOptions,
} from "./library.ts";

/** How a target is connected in a browser. */
export interface ConnectOptions extends TargetOptions {
  /** A device of `navigator.usb.requestDevice`, a HID device of that shape, or a twin of `createTwin`. */
  readonly probe: UsbDevice | HidDevice | Twin;
}

/**
 * Opens a probe and connects to its target. A locked chip is no error: the session has no core then.
 *
 * Throws `probe-not-found` for a device that no driver knows, `chip-unknown`, `target-no-power`, and what the probe and
 * the debug port throw; nothing stays open then.
 *
 * @example
 * const device = await navigator.usb.requestDevice({ filters: [{ vendorId: 0x1366 }] });
 * const connection = await connect({ probe: device, chip: "MK24FN1M0xxx12" });
 */
export const connect = (options: ConnectOptions): Promise<Connection> =>
  connectThrough(() => open(options.probe, options.trace), options);

async function open(given: ConnectOptions["probe"], sink: TraceSink | undefined): Promise<OpenedProbe> {
  const { device, clock } =
    "device" in given ? { device: given.hid ?? given.device, clock: given.clock } : { device: given, clock: wallClock };
  const trace = sink && new Trace(clock, sink);
  const probe = await openDevice(device, clock, trace);
  return { probe, clock, close: () => probe.close(), ...(trace && { trace }) };
}
