import { readFileSync } from "node:fs";
import type { Chip, FamilyName } from "../../src/chips/chip.ts";
import { findChip } from "../../src/chips/list.ts";
import { MK24FN1M0xxx12 as k24 } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { LAYOUT as KINETIS } from "../../src/families/kinetis-ftfe/queue-words.ts";
import { LAYOUT as NRF52 } from "../../src/families/nrf52/mailbox.ts";
import { LAYOUT as RP2040 } from "../../src/families/rp2040/queue-words.ts";
import { LAYOUT as STM32F4 } from "../../src/families/stm32f4/queue-words.ts";
import type { QueueLayout } from "../../src/flash/queue/room.ts";
import { COMMON_WORDS } from "../../src/flash/ram-mailbox.ts";
import { permit } from "../../src/flash/permit.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read-image.ts";
import { findDriver } from "../../src/probe/drivers.ts";
import type { Probe } from "../../src/probe/probe.ts";
import { connect } from "../../src/session/connect.ts";
import { type FlashJob, type FlashReport, flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import { createTwin, type Twin, type TwinOptions, type TwinState } from "../../src/twin/usb.ts";

const IMAGES = new Map<string, Image>();

/** A file of the example firmware, read as the product reads it, once in a worker: its boards are programmed once, too. */
export function example(name: string): Image {
  const path = `examples/k24-bootloader/${name}`;
  const image =
    IMAGES.get(name) ?? readImage(readFileSync(path), { name: path, ...(name.endsWith(".bin") ? { address: 0 } : {}) });
  IMAGES.set(name, image);
  return image;
}

/** The chips of boards that are none of the K24's. */
const CHIPS = new WeakMap<Twin, Chip>();

/** A board in lock-step; of the K24, where no chip is named. */
export function board(options: Partial<TwinOptions> = {}): Twin {
  const twin = createTwin({ chip: k24.name, ...options });
  if (options.chip !== undefined) CHIPS.set(twin, twinNamed(options.chip).chip);
  return twin;
}

/** A build of a chip that is a twin of its own, `nRF52840_xxAA-F0`, and no chip of its own. */
const BUILD = /-[A-Z][0-9]$/;

/** The twin of a chip's name, order code or build, and its chip. Throws `ChipError` `chip-unknown`. */
export function twinNamed(name: string): { readonly chip: Chip; readonly twin: string } {
  const [build = ""] = BUILD.exec(name) ?? [];
  const chip = findChip(name.slice(0, name.length - build.length));
  return { chip, twin: `${chip.name}${build}` };
}

/** The chip on a board of `board`. */
export const chipOn = (twin: Twin): Chip => CHIPS.get(twin) ?? k24;

/** Where the loaders in RAM take their commands, and how much RAM they use, from its start. */
interface CommandWords {
  readonly end: number;
  /** Whether a write to an offset in the work RAM is a command's last word. */
  readonly isCommand: (offset: number) => boolean;
}

const mailboxAt = ({ mailbox, end }: { readonly mailbox: number; readonly end: number }): CommandWords => ({
  end,
  isCommand: (offset) => offset === mailbox + COMMON_WORDS.command,
});

/** Bytes of a step in a queue; its number stands last. */
const STEP_BYTES = 48;

function queueAt({ steps, stepCount, end }: Pick<QueueLayout, "steps" | "stepCount" | "end">): CommandWords {
  const isCommand = (offset: number) =>
    offset >= steps && offset < steps + stepCount * STEP_BYTES && (offset - steps) % STEP_BYTES === STEP_BYTES - 4;
  return { end, isCommand };
}

/** By family. */
export const LAYOUTS: { readonly [name in FamilyName]: CommandWords } = {
  "kinetis-ftfe": queueAt(KINETIS),
  nrf52: mailboxAt(NRF52),
  rp2040: queueAt(RP2040),
  stm32f4: queueAt(STM32F4),
};

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
  options: { readonly massErase?: boolean; readonly withoutChip?: boolean; readonly hz?: number } = {},
): Promise<T> {
  const probe = await probeOf(twin);
  const chip = options.withoutChip ? { candidates: [] } : { chip: chipOn(twin) };
  const onLocked = async () => (options.massErase ? ("unlock" as const) : ("leave" as const));
  try {
    const session = await connect({
      probe,
      clock: twin.clock,
      ...chip,
      hz: options.hz ?? 4_000_000,
      how: "halt",
      onLocked,
    });
    return await work(session);
  } finally {
    await probe.close().catch(() => {});
  }
}

/** Flashes an image on a board by a connection of its own. */
export function flashBoard(
  twin: Twin,
  image: Image,
  job: Partial<FlashJob> & { readonly massErase?: boolean; readonly beforeCall?: () => void } = {},
): Promise<FlashReport> {
  const { massErase = false, beforeCall = () => {}, ...rest } = job;
  const permits = massErase ? [permit("mass-erase")] : [];
  return onTarget(
    twin,
    (session) => {
      watchCalls(session, beforeCall);
      return flashImage(session, { image, policy: "refuse", keepRest: true, permits, ...rest });
    },
    { massErase },
  );
}

/** What boards were left with, by image and by how they are set up. */
const PROGRAMMED = new WeakMap<Image, Map<string, Promise<TwinState>>>();

/** A board of its own that holds an image as `flashBoard` leaves it; each set-up is programmed once in a worker. */
export async function programmedBoard(image: Image, options: Partial<TwinOptions> = {}): Promise<Twin> {
  const states = PROGRAMMED.get(image) ?? new Map<string, Promise<TwinState>>();
  PROGRAMMED.set(image, states);
  const key = JSON.stringify(options);
  const state = states.get(key) ?? programmedState(image, options);
  states.set(key, state);
  return board({ ...options, state: await state });
}

async function programmedState(image: Image, options: Partial<TwinOptions>): Promise<TwinState> {
  const twin = board({ ...options, flash: "zero" });
  await flashBoard(twin, image);
  return twin.snapshot();
}

/** Calls `before` ahead of every transfer that gives a loader commands. */
function watchCalls({ core, chip }: Session, before: () => void): void {
  const layout = LAYOUTS[chip.familyName ?? "kinetis-ftfe"];
  const { memory } = core;
  const { start } = chip.workRam[0];
  const run = memory.run.bind(memory);
  memory.run = (ops, io) => {
    if (ops.some((op) => op.op === "write" && op.value !== 0 && layout.isCommand(op.address - start))) before();
    return run(ops, io);
  };
}
