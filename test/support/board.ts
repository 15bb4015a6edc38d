import { readFileSync } from "node:fs";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { LAYOUT } from "../../src/families/kinetis-ftfe/mailbox.ts";
import { COMMON_WORDS } from "../../src/flash/ram-mailbox.ts";
import { permit } from "../../src/flash/permit.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read-image.ts";
import { findDriver } from "../../src/probe/drivers.ts";
import type { Probe } from "../../src/probe/probe.ts";
import { connect } from "../../src/session/connect.ts";
import { type FlashJob, type FlashReport, flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import { createTwin, type Twin, type TwinOptions } from "../../src/twin/usb.ts";

/** A file of the example firmware, read as the product reads it. */
export function example(name: string): Image {
  const path = `examples/k24-bootloader/${name}`;
  return readImage(readFileSync(path), { name: path, ...(name.endsWith(".bin") ? { address: 0 } : {}) });
}

/** A board of the K24 in lock-step. */
export const board = (options: Partial<TwinOptions> = {}): Twin => createTwin({ chip: chip.name, ...options });

/** Opens the board's probe through its driver. */
export async function probeOf(twin: Twin): Promise<Probe> {
  const device = twin.hid ?? twin.device;
  const driver = findDriver(device);
  if (!driver) throw new Error("no driver for the twin's device");
  return driver.open(device, twin.clock);
}

/** Works on a connected target, and closes session and probe whatever happens. */
export async function onTarget<T>(
  twin: Twin,
  work: (session: Session) => Promise<T>,
  options: { readonly massErase?: boolean } = {},
): Promise<T> {
  const probe = await probeOf(twin);
  const onLocked = async () => (options.massErase ? ("unlock" as const) : ("leave" as const));
  try {
    const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onLocked });
    return await work(session);
  } finally {
    await probe.close().catch(() => {});
  }
}

/** Flashes an image on a board by a connection of its own. */
export function flashBoard(
  twin: Twin,
  image: Image,
  job: Partial<FlashJob> & { readonly massErase?: boolean; readonly beforeMailbox?: () => void } = {},
): Promise<FlashReport> {
  const { massErase = false, beforeMailbox = () => {}, ...rest } = job;
  const permits = massErase ? [permit("mass-erase")] : [];
  return onTarget(
    twin,
    (session) => {
      watchMailbox(session, beforeMailbox);
      return flashImage(session, { image, policy: "refuse", keepRest: true, permits, ...rest });
    },
    { massErase },
  );
}

/** Calls `before` ahead of every batch that writes a command into the mailbox of the loader in RAM. */
function watchMailbox(session: Session, before: () => void): void {
  const { memory } = session.core;
  const command = session.chip.workRam[0].start + LAYOUT.mailbox + COMMON_WORDS.command;
  const run = memory.run.bind(memory);
  memory.run = (ops, io) => {
    if (ops.some((op) => op.op === "write" && op.address === command && op.value !== 0)) before();
    return run(ops, io);
  };
}
