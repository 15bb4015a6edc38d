import type { Twin, TwinOptions, TwinState } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, flashBoard, onTarget } from "../support/board.ts";
import { type SoakedChip, soakedChip } from "../support/soaked-chips.ts";
import type { ERASE_WAYS, VERIFY_WAYS } from "./faults/job.ts";

/** Where in a command's time the power goes: before it has begun, within it, after it has ended. */
const POINTS = [0, 0.1, 0.5, 0.9, 1] as const;

/** A cut lasts ten milliseconds; the caller waits until the power is back. */
const POWER_BACK_US = 20_000;

interface Tally {
  cuts: number;
  open: number;
  locked: number;
  lockedForEver: number;
  recovered: number;
  unrecovered: number;
  neverFired: number;
}

/** The board before each cut: what it holds, and the probe it hangs from. */
interface Bench {
  readonly on: SoakedChip;
  readonly state: TwinState;
  readonly probe?: TwinOptions["probe"];
  /** How the jobs compare and erase. */
  readonly verifyBy?: (typeof VERIFY_WAYS)[number];
  readonly erase?: (typeof ERASE_WAYS)[number];
}

/** One cut: at a flash command's launch, within it or at its end, or just before the loader is given a command. */
type Cut = { readonly command: number; readonly point: number } | { readonly call: number };

/**
 * Cuts the power before, within and after every flash command of a run with small firmware on a chip with other, and
 * before everything that the loader is given to do, and flashes again. `count` bounds the cuts by thinning them.
 */
export async function run({ count, seed, probe, chip, out }: SoakOptions): Promise<number> {
  const on = soakedChip(chip);
  const bench: Bench = { on, state: await programmed(on), probe: probe as TwinOptions["probe"] };
  const tally: Tally = { cuts: 0, open: 0, locked: 0, lockedForEver: 0, recovered: 0, unrecovered: 0, neverFired: 0 };
  const known: string[] = [];
  for (const way of WAYS) {
    const { commands, calls } = await counted({ ...bench, ...way });
    known.push(
      `by ${way.verifyBy} and ${way.erase} commands ${commands} points ${POINTS.length} loader calls ${calls}`,
    );
    const cuts = allCuts(commands, calls);
    const step = Math.max(1, Math.floor((WAYS.length * cuts.length) / count));
    for (let i = seed % step; i < cuts.length; i += step) await cutOnce({ ...bench, ...way }, cuts[i], seed + i, tally);
  }
  const figures = Object.entries(tally).map(([name, n]) => `${name} ${n}`);
  out(`${known.join(" ")} ${figures.join(" ")}`);
  return tally.unrecovered + tally.lockedForEver + tally.neverFired === 0 ? 0 : 1;
}

/** Each way to compare, and each way to erase. */
const WAYS = [
  { verifyBy: "hash", erase: "auto" },
  { verifyBy: "read", erase: "auto" },
  { verifyBy: "hash", erase: "chip" },
] as const satisfies readonly Pick<Bench, "verifyBy" | "erase">[];

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const allCuts = (commands: number, calls: number): readonly Cut[] => [
  ...numbers(commands).flatMap((command) => POINTS.map((point) => ({ command, point }))),
  ...numbers(calls).map((call) => ({ call })),
];

/** A board that already holds other firmware, so that every sector has to be erased. */
async function programmed(on: SoakedChip): Promise<TwinState> {
  const twin = board({ chip: on.twin, flash: "zero" });
  await flashBoard(twin, on.before());
  return twin.snapshot();
}

async function counted(bench: Bench): Promise<{ readonly commands: number; readonly calls: number }> {
  const twin = boardOf(bench);
  const before = twin.flashCommands;
  let calls = 0;
  await flashBoard(twin, bench.on.small(), { ...wayOf(bench), beforeCall: () => calls++ });
  return { commands: twin.flashCommands - before, calls };
}

const boardOf = ({ on, state, probe }: Bench, seed?: number): Twin =>
  board({ chip: on.twin, state, probe, ...(seed === undefined ? {} : { seed }) });

const wayOf = ({ verifyBy, erase }: Bench) => ({ ...(verifyBy && { verifyBy }), ...(erase && { erase }) });

async function cutOnce(bench: Bench, cut: Cut, seed: number, tally: Tally): Promise<void> {
  const twin = boardOf(bench, seed);
  const died = await flashUntil(twin, bench, cut);
  await twin.clock.sleep(POWER_BACK_US);
  tally.cuts++;
  if (!died && !("command" in cut && cut.point === 1)) tally.neverFired++;
  const lock = await onTarget(twin, (session) => session.lock());
  if (lock?.locked && !lock.exit) tally.lockedForEver++;
  else if (lock?.locked) tally.locked++;
  else tally.open++;
  const again = await flashBoard(twin, bench.on.small(), { ...wayOf(bench), massErase: true }).catch(() => undefined);
  const whole = again?.verify.verdict === "equal" && holds(twin.peekFlash.bind(twin), bench.on);
  if (whole) tally.recovered++;
  else tally.unrecovered++;
}

/** Flashes until the power goes; answers whether the run died of it. */
function flashUntil(twin: Twin, bench: Bench, cut: Cut): Promise<boolean> {
  let left = "call" in cut ? cut.call : 0;
  const beforeCall = () => {
    if (--left === 0) twin.powerCut();
  };
  if ("command" in cut) twin.armPowerCut(cut.command, cut.point);
  return flashBoard(twin, bench.on.small(), { ...wayOf(bench), beforeCall }).then(
    () => false,
    () => true,
  );
}

/** Whether the silicon itself holds the image: the product's own verify is not asked. */
function holds(peek: (address: number, count: number) => Uint8Array, on: SoakedChip): boolean {
  return on.small().segments.every(({ address, bytes }) => {
    const actual = peek(address, bytes.length);
    return bytes.every((b, i) => b === actual[i]);
  });
}
