import { codeOf } from "../../src/base/errors.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import { lintImage } from "../../src/protection/lint-image.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../support/board.ts";

/** Where FSEC lies. */
export const FSEC = 0x40c;

/** Changes to an image: bytes by address. */
export type Changes = { readonly [address: number]: readonly number[] };

/** Firmware that runs (an endless loop behind the field), as many bytes as wanted, without a pattern. */
export function firmware(length = 0x3000, changes: Changes = {}): Image {
  let state = 1;
  const bytes = Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  bytes.set([0x00, 0x00, 0x03, 0x20, 0x11, 0x04, 0x00, 0x00], 0);
  bytes.fill(0xff, 0x400, 0x410);
  bytes[FSEC] = 0xfe;
  bytes.set([0xfe, 0xe7], 0x410);
  for (const [address, values] of Object.entries(changes)) bytes.set(values, Number(address));
  return buildImage({ format: "raw", segments: [{ name: "firmware.bin", address: 0, bytes }] });
}

/** A piece of a program that lies anywhere. */
export const piece = (address: number, bytes: readonly number[]): Image =>
  buildImage({ format: "hex", segments: [{ name: "piece.hex", address, bytes: Uint8Array.from(bytes) }] });

let programmed: TwinState | undefined;

/** A board with `firmware()` on it; every caller gets one of its own. */
export async function programmedBoard(faults?: string): Promise<Twin> {
  if (!programmed) {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, firmware());
    programmed = twin.snapshot();
  }
  return board({ state: programmed, flash: "zero", ...(faults === undefined ? {} : { faults }) });
}

/** Cuts the power; the board's supply needs some milliseconds to come back. */
export async function powerCycle(twin: Twin): Promise<void> {
  twin.powerCut();
  await twin.clock.sleep(20_000);
}

/** Lock state after a power-on reset, as the chip itself says. */
export async function lockAfterPowerUp(twin: Twin): Promise<{ locked: boolean; massErase: boolean }> {
  await powerCycle(twin);
  const lock = await onTarget(twin, (session) => session.lock());
  if (!lock) throw new Error("this chip has no lock to look at");
  return { locked: lock.locked, massErase: lock.exit !== undefined };
}

/** The code of the error that some work ends with; `none` where it succeeds. */
export const codeFrom = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => codeOf(error) ?? String(error),
  );

/** What `explain` finds in an image. */
export const findings = (image: Image): readonly string[] => lintImage(image, chip).map(({ id }) => id);

/** Whether the silicon holds an image, byte by byte. */
export const holds = (twin: Twin, image: Image): boolean =>
  image.segments.every(({ address, bytes }) => {
    const held = twin.peekFlash(address, bytes.length);
    return bytes.every((byte, i) => byte === held[i]);
  });
