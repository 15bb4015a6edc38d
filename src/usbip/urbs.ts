import { concatBytes } from "../base/bytes.ts";

/**
 * Messages of an imported device: USB request blocks to it, and their results. All numbers are big-endian.
 */

/** Bytes of every header. */
export const URB_HEADER_BYTES = 48;

/** The most bytes that one transfer may carry here; Linux asks for no more than 4 MB at once (unsure). */
export const MOST_TRANSFER_BYTES = 1 << 24;

/** Codes of the messages. */
const CODE = { submit: 1, unlink: 2, submitReply: 3, unlinkReply: 4 } as const;

/** How a transfer ended, as Linux's error numbers (asm-generic/errno.h). */
export const URB_STATUS = { ok: 0, stall: -32, overflow: -75, unlinked: -104, shutdown: -108 } as const;

/** One of them. */
export type UrbStatus = (typeof URB_STATUS)[keyof typeof URB_STATUS];

/** A transfer that the importer wants. */
export interface Submit {
  readonly kind: "submit";
  readonly sequence: number;
  readonly direction: "in" | "out";
  readonly endpoint: number;
  /** Bytes that follow the header (out) or are wanted at most (in). */
  readonly length: number;
  /** The eight bytes of a control transfer's first stage. */
  readonly setup: Uint8Array;
}

/** A transfer that the importer does not want any more. */
export interface Unlink {
  readonly kind: "unlink";
  readonly sequence: number;
  readonly unlinks: number;
}

/** One header as an importer sends it; undefined for one that makes no sense (isochronous transfers are none of ours). */
export function readUrb(header: Uint8Array): Submit | Unlink | undefined {
  const view = new DataView(header.buffer, header.byteOffset, URB_HEADER_BYTES);
  const [code, sequence] = [view.getUint32(0), view.getUint32(4)];
  if (code === CODE.unlink) return { kind: "unlink", sequence, unlinks: view.getUint32(20) };
  const [direction, endpoint, length] = [view.getUint32(12), view.getUint32(16), view.getUint32(24)];
  if (code !== CODE.submit || direction > 1 || endpoint > 15 || length > MOST_TRANSFER_BYTES) return undefined;
  const setup = Uint8Array.from(header.subarray(40, URB_HEADER_BYTES));
  return { kind: "submit", sequence, direction: direction === 1 ? "in" : "out", endpoint, length, setup };
}

/** Bytes that follow a header: what goes out. */
export const payloadBytes = (urb: Submit | Unlink): number =>
  urb.kind === "submit" && urb.direction === "out" ? urb.length : 0;

/** How a submitted transfer ended: bytes that came in, or how many went out. */
export interface SubmitEnd {
  readonly sequence: number;
  readonly status: UrbStatus;
  readonly data?: Uint8Array;
  readonly written?: number;
}

/** The message for the end of a transfer. */
export function submitReply({ sequence, status, data = new Uint8Array(), written = 0 }: SubmitEnd): Uint8Array {
  const { header, view } = replyHeader(CODE.submitReply, sequence, status);
  view.setUint32(24, data.length > 0 ? data.length : written);
  return data.length > 0 ? concatBytes([header, data]) : header;
}

/** The message that a transfer was called off (`unlinked`), or had ended before (`ok`). */
export const unlinkReply = (sequence: number, status: UrbStatus): Uint8Array =>
  replyHeader(CODE.unlinkReply, sequence, status).header;

/** Device, direction and endpoint are 0 in replies: the sequence number says which transfer it is. */
function replyHeader(code: number, sequence: number, status: UrbStatus) {
  const header = new Uint8Array(URB_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, code);
  view.setUint32(4, sequence);
  view.setInt32(20, status);
  return { header, view };
}
