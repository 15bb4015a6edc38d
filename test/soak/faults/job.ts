import { codeOf, FlashproofError } from "../../../src/base/errors.ts";
import { permit } from "../../../src/flash/permit.ts";
import type { Image } from "../../../src/image/image.ts";
import type { Twin, TwinState } from "../../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";
import { drawRandomFrom } from "../../support/fixed-random.ts";
import type { SoakedProbe } from "../../support/probes.ts";

/** The ways to compare, which soaks try in turns. */
export const VERIFY_WAYS = ["hash", "read"] as const;

/** The ways to erase, which soaks try in turns. */
export const ERASE_WAYS = ["auto", "sectors", "auto", "chip"] as const;

/** How a job compares and erases, what it may do, and what its random words come from. */
export interface Attempt {
  readonly massErase?: boolean;
  readonly verifyBy?: (typeof VERIFY_WAYS)[number];
  readonly erase?: (typeof ERASE_WAYS)[number];
  readonly seed?: number;
}

/** Flashes; a verdict other than equal is an error like any other, since the caller gets it. */
export async function attempt(
  twin: Twin,
  image: Image,
  { massErase = false, verifyBy = "hash", erase = "auto", seed = 1 }: Attempt = {},
): Promise<"success" | Error> {
  const end = drawRandomFrom(seed);
  try {
    const { verify } = await flashBoard(twin, image, { massErase, verifyBy, erase });
    return verify.verdict === "equal" ? "success" : new Differs("verify-differs", "The verify found a difference");
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    end();
  }
}

class Differs extends FlashproofError {}

/** Whether the silicon itself holds the image. */
export const holds = (twin: Twin, image: Image): boolean =>
  image.segments.every(({ address, bytes }) => Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes));

/** A job after which the board is to be brought up again. */
export interface Failed {
  /** The board's chip; the K24 where none is named. */
  readonly chip?: string;
  readonly probe: SoakedProbe;
  readonly image: Image;
  readonly seed: number;
}

/**
 * Flashes again where nothing goes wrong any more, with a mass erase permitted; answers why it did not help (`refused`),
 * and after what a second step was needed (`second`). No case is known in which it is: a chip that locks itself only when
 * that flash resets it and regions that were left protected are opened by the job, a core that a failed connect left held
 * in reset is released by the next.
 */
export async function flashAgain(
  state: TwinState,
  { chip, probe, image, seed }: Failed,
): Promise<{ readonly refused?: string; readonly second?: string }> {
  const twin = board({ ...(chip === undefined ? {} : { chip }), probe, state, flash: "zero", seed });
  // Other random words than those of the job before: with the same ones its steps, left in RAM, would be this job's, too.
  const first = await attempt(twin, image, { massErase: true, seed: 2 });
  if (first === "success" && holds(twin, image)) return {};
  const second = String(first);
  if (codeOf(first) === "flash-protected") await onTarget(twin, (session) => session.unlock([permit("mass-erase")]));
  const outcome = await attempt(twin, image, { massErase: true, seed: 3 });
  if (outcome !== "success") return { second, refused: outcome.message };
  return holds(twin, image) ? { second } : { second, refused: "the flash said success" };
}

/** The flash configuration field of an open chip, 0x400 to 0x40F: FE at 0x40C, else FF. */
export function openField(address: number): number | undefined {
  if (address < 0x400 || address > 0x40f) return undefined;
  return address === 0x40c ? 0xfe : 0xff;
}
