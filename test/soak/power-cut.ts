import { MK24FN1M0xxx12 as chip } from "../../src/chips/mk24fn1m0xxx12.ts";
import type { TwinState } from "../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget } from "../support/board.ts";

/** Where in a command's time the power goes: before it has begun, within it, after it has ended. */
const POINTS = [0, 0.1, 0.5, 0.9, 1] as const;

interface Tally {
  cuts: number;
  open: number;
  locked: number;
  lockedForEver: number;
  recovered: number;
  unrecovered: number;
  neverFired: number;
}

/**
 * Cuts the power before, within and after every flash command of a `small.hex` run on a chip with other firmware, and
 * flashes again. `count` bounds the cuts; the default covers every command and point.
 */
export async function run({
  count,
  seed,
  out,
}: {
  count: number;
  seed: number;
  out: (line: string) => void;
}): Promise<number> {
  const before = await programmed();
  const commands = await commandsOf(before);
  const tally: Tally = { cuts: 0, open: 0, locked: 0, lockedForEver: 0, recovered: 0, unrecovered: 0, neverFired: 0 };
  const all = Array.from({ length: commands }, (_, i) => POINTS.map((point) => ({ index: i + 1, point }))).flat();
  const step = Math.max(1, Math.floor(all.length / count));
  for (let i = seed % step; i < all.length; i += step) await cut(before, all[i].index, all[i].point, seed + i, tally);
  out(
    `commands ${commands} points ${POINTS.length} ${Object.entries(tally)
      .map(([k, v]) => `${k} ${v}`)
      .join(" ")}`,
  );
  return tally.unrecovered + tally.lockedForEver + tally.neverFired === 0 ? 0 : 1;
}

/** A board that already holds the bootloader, so that every sector has to be erased. */
async function programmed(): Promise<TwinState> {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example("bootloader-open.raw.bin"));
  return twin.snapshot();
}

async function commandsOf(state: TwinState): Promise<number> {
  const twin = board({ state });
  const before = twin.flashCommands;
  await flashBoard(twin, example("small.hex"));
  return twin.flashCommands - before;
}

async function cut(state: TwinState, index: number, point: number, seed: number, tally: Tally): Promise<void> {
  const twin = board({ state, seed });
  twin.armPowerCut(index, point);
  const died = await flashBoard(twin, example("small.hex")).then(
    () => false,
    () => true,
  );
  tally.cuts++;
  if (!died && point < 1) tally.neverFired++;
  const lock = await onTarget(twin, (session) => session.lock());
  if (lock?.locked && !lock.massEraseEnabled) tally.lockedForEver++;
  else if (lock?.locked) tally.locked++;
  else tally.open++;
  const again = await flashBoard(twin, example("small.hex"), { massErase: true }).catch(() => undefined);
  const whole = again?.verify.verdict === "equal" && holds(twin.peekFlash.bind(twin));
  if (whole) tally.recovered++;
  else tally.unrecovered++;
}

/** Whether the silicon itself holds the image: the product's own verify is not asked. */
function holds(peek: (address: number, count: number) => Uint8Array): boolean {
  return example("small.hex").segments.every(({ address, bytes }) => {
    const actual = peek(address, bytes.length);
    return chip.flash.erasedByte === 0xff && bytes.every((b, i) => b === actual[i]);
  });
}
