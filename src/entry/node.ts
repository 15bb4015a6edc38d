import { Trace, type TraceSink } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { Image, ImageFormat } from "../image/image.ts";
import { readImage as readBytes } from "../image/read-image.ts";
import { readWhole } from "../node/files.ts";
import { deviceChip } from "../node/packs/device-chip.ts";
import { openPack } from "../node/packs/open-pack.ts";
import { openProbe, openTwinProbe } from "../node/probes.ts";
import type { Twin } from "../twin/usb.ts";
import { type Connection, connectThrough, type OpenedProbe, type TargetOptions } from "./library.ts";

// The package's entry for Node: `import ... from "flashproof"`.

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

/** How a target is connected in Node. */
export interface ConnectOptions extends TargetOptions {
  /**
   * `VID:PID[:SERIAL]`, a serial, `jlink:SN`, `dap:SN`, `ip:HOST[:PORT]`, `twin:CHIP[,key=value...]`, or a twin of
   * `createTwin`; without it the one probe on USB.
   */
  readonly probe?: string | Twin;
}

/** How a file is read. */
export interface ReadOptions {
  /** The file's name, for errors and where its content does not tell the format; the path unless given. */
  readonly name?: string;
  /** Overrules content and name. */
  readonly format?: ImageFormat;
  /** Address of a raw file; for other formats the offset that is added to every address. */
  readonly address?: number;
}

/**
 * Opens a probe and connects to its target. A locked chip is no error: the session has no core then.
 *
 * Throws `probe-not-found`, `probe-ambiguous`, `probe-selector`, `chip-unknown`, `target-no-power`, and what the probe
 * and the debug port throw; nothing stays open then.
 *
 * @example
 * const connection = await connect({ probe: "twin:MK24FN1M0xxx12", chip: "MK24FN1M0xxx12", speedHz: 4_000_000 });
 * const [word] = await connection.session.core.memory.read(0x400, 4, 32);
 * await connection.close();
 */
export const connect = (options: ConnectOptions = {}): Promise<Connection> =>
  connectThrough(() => open(options.probe, options.trace), options);

const open = (probe: string | Twin | undefined, sink: TraceSink | undefined): Promise<OpenedProbe> =>
  typeof probe === "object" ? openTwin(probe, sink) : openProbe(probe, sink);

async function openTwin(twin: Twin, sink: TraceSink | undefined): Promise<OpenedProbe> {
  const trace = sink && new Trace(twin.clock, sink);
  const { probe, clock } = await openTwinProbe(twin, trace);
  return { probe, clock, close: () => probe.close(), ...(trace && { trace }) };
}

/**
 * Reads a device out of a pack (a `.pack` archive, a folder with a `.pdsc`, a target file of probe-rs, a file of one's own)
 * with its flash algorithms, for `chip` of `connect`, `planFlash` and `explainImage`. Nothing is fetched, and the packs that
 * the command line keeps are not looked at.
 *
 * Throws `file-not-found`, `file-unreadable`, `pack-invalid`, `pack-too-large`, `pack-not-found`, `pack-device-unknown`,
 * `algorithm-invalid` and `algorithm-unsupported`.
 *
 * @example
 * const chip = await readPackChip("Vendor.Family_DFP.pack", "DEVICE");
 * const connection = await connect({ probe: "jlink:59304712", chip });
 */
export async function readPackChip(pack: string, device: string): Promise<Chip> {
  const open = await openPack(pack);
  try {
    return await deviceChip(open, device);
  } finally {
    await open.close();
  }
}

/**
 * Reads an image: ELF, UF2, Intel HEX, S-records, or raw bytes at an address.
 *
 * Throws `file-not-found`, `file-unreadable`, `file-too-large`, and `ImageError` for what is no image.
 *
 * @example
 * const image = readImage("app.bin", { address: 0x5000 });
 */
export function readImage(file: string | Uint8Array, options: ReadOptions = {}): Image {
  const bytes = typeof file === "string" ? readWhole(file) : file;
  return readBytes(bytes, { ...options, name: options.name ?? (typeof file === "string" ? file : "the given bytes") });
}
