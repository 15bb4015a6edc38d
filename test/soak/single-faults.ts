import { FlashproofError } from "../../src/base/errors.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { probesNamed, type SoakedProbe } from "../support/probes.ts";
import { type Attempt, attempt, flashAgain, holds, openField, VERIFY_WAYS } from "./faults/job.ts";

/** Milliseconds by which a response comes too late: within every deadline, and beyond each of them. */
const DELAYS = [50, 9_000] as const;
/** Bits in a word. */
const WORD = 32;

/** One USB transfer of the job without a fault. */
interface Transfer {
  readonly direction: "in" | "out";
  readonly bytes: number;
}

/** The board before each job, its probe, and how the job compares. */
interface Bench {
  readonly probe: SoakedProbe;
  readonly verifyBy: NonNullable<Attempt["verifyBy"]>;
  readonly before: TwinState;
}

/** What came of the faults. */
interface Tally {
  runs: number;
  ok: number;
  typedError: number;
  wrongSuccess: number;
  unrecoverable: number;
  untyped: number;
  unfired: number;
}

/**
 * Every single fault of one small flash job: each USB transfer dropped, doubled, and with each bit of its first and its last
 * word flipped, each response cut and late, too. The job programs the sector with the security byte, over other bytes. A run ends as `ok`
 * (silicon holds the image), as a typed error, or as a failure of ours: success that silicon denies, an untyped error, or
 * a board that flashing again, with a mass erase permitted, does not bring up. `count` faults are drawn by `seed` from all
 * of them, an equal share for each probe and each way to compare; a count as large as their number takes them all.
 */
export async function run({ count, seed, probe, out }: SoakOptions): Promise<number> {
  const probes = probesNamed(probe);
  const all = noTally();
  let known = 0;
  const before = await programmed();
  for (const bench of probes.flatMap((probe) => VERIFY_WAYS.map((verifyBy) => ({ probe, verifyBy, before })))) {
    const faults = everyFault(await transfersOf(bench));
    known += faults.length;
    const tally = noTally();
    const drawn = share(faults, Math.ceil(count / probes.length / VERIFY_WAYS.length), seed);
    for (const fault of drawn) await strike(bench, fault, tally);
    process.stderr.write(`${bench.probe} by ${bench.verifyBy}: of ${faults.length} faults ${figures(tally)}\n`);
    for (const key of Object.keys(all) as (keyof Tally)[]) all[key] += tally[key];
  }
  out(`of ${known} faults ${figures(all)}`);
  return all.wrongSuccess + all.unrecoverable + all.untyped + all.unfired === 0 ? 0 : 1;
}

const noTally = (): Tally => ({
  runs: 0,
  ok: 0,
  typedError: 0,
  wrongSuccess: 0,
  unrecoverable: 0,
  untyped: 0,
  unfired: 0,
});

const figures = ({ runs, ok, typedError, wrongSuccess, unrecoverable, untyped, unfired }: Tally): string =>
  `runs ${runs} ok ${ok} typed-error ${typedError} wrong-success ${wrongSuccess} unrecoverable ${unrecoverable} untyped ${untyped} not-fired ${unfired}`;

/** The specs of all single faults, in the order of the transfers. */
function everyFault(transfers: readonly Transfer[]): readonly string[] {
  return transfers.flatMap(({ direction, bytes }, i) => {
    const at = (kind: string, argument = "") => `${kind}@usb=${i + 1}${argument}`;
    const ofResponses = direction === "in" ? [at("short"), ...DELAYS.map((ms) => at("late", `:${ms}`))] : [];
    return [at("drop"), at("double"), ...ofResponses, ...bitsOf(bytes).map((bit) => at("flip", `:${bit}`))];
  });
}

/** Numbers of the bits of the first and the last word of a transfer, each once. */
function bitsOf(bytes: number): readonly number[] {
  const bits = Array.from({ length: 8 * bytes }, (_, bit) => bit);
  return bits.filter((bit) => bit < WORD || bit >= bits.length - WORD);
}

/** So many of them, spread evenly, from a place that the seed says; all of them where there are no more. */
function share(faults: readonly string[], count: number, seed: number): readonly string[] {
  if (count >= faults.length) return faults;
  const offset = new Chance(seed).below(faults.length);
  return Array.from(
    { length: count },
    (_, i) => faults[(offset + Math.floor((i * faults.length) / count)) % faults.length],
  );
}

async function strike(bench: Bench, faults: string, tally: Tally): Promise<void> {
  const { probe, before: state, verifyBy } = bench;
  const image = small();
  const twin = board({ probe, state, flash: "zero", faults, seed: 1 });
  const outcome = await attempt(twin, image, { verifyBy });
  tally.runs++;
  if (twin.faultsFired[0].count === 0) note(tally, "unfired", bench, faults, "the fault did not strike");
  if (outcome === "success" && holds(twin, image)) {
    tally.ok++;
    return;
  }
  if (outcome === "success") note(tally, "wrongSuccess", bench, faults, "success, and the flash holds other bytes");
  else if (outcome instanceof FlashproofError) tally.typedError++;
  else note(tally, "untyped", bench, faults, outcome.stack ?? outcome.message);
  const { refused } = await flashAgain(twin.snapshot(), { probe, image, seed: 1 });
  if (refused !== undefined) note(tally, "unrecoverable", bench, faults, refused);
}

function note(tally: Tally, as: keyof Tally, { probe, verifyBy }: Bench, faults: string, what: string): void {
  tally[as]++;
  process.stderr.write(`${probe} by ${verifyBy}: ${as} (${faults}): ${what}\n`);
}

/** The transfers of the job when nothing goes wrong, in the order in which the twin counts them. */
async function transfersOf({ probe, before: state, verifyBy }: Bench): Promise<readonly Transfer[]> {
  const twin = board({ probe, state, flash: "zero", seed: 1 });
  const transfers: { direction: "in" | "out"; bytes: number }[] = [];
  record(twin, transfers);
  if ((await attempt(twin, small(), { verifyBy })) !== "success")
    throw new Error(`the job without a fault fails on ${probe}`);
  return transfers;
}

function record({ device }: Twin, transfers: { direction: "in" | "out"; bytes: number }[]): void {
  const send = device.transferOut.bind(device);
  const receive = device.transferIn.bind(device);
  device.transferOut = (endpoint, data) => {
    transfers.push({ direction: "out", bytes: data.byteLength });
    return send(endpoint, data);
  };
  device.transferIn = async (endpoint, length) => {
    const transfer = { direction: "in" as const, bytes: 0 };
    transfers.push(transfer);
    const result = await receive(endpoint, length);
    transfer.bytes = result.data?.byteLength ?? 0;
    return result;
  };
}

/** Bytes around and in the flash configuration field, which keep the chip open. */
const small = (): Image => bytesAt(0x3c0, 0x90, 0x5a);

/** A board with other bytes in its first sector. */
async function programmed(): Promise<TwinState> {
  const twin = board({ flash: "zero" });
  if ((await attempt(twin, bytesAt(0, 0x1000, 0xa5))) !== "success") throw new Error("the board cannot be prepared");
  return twin.snapshot();
}

function bytesAt(address: number, length: number, byte: number): Image {
  const bytes = Uint8Array.from({ length }, (_, i) => openField(address + i) ?? (byte + i) & 0xff);
  return buildImage({ format: "raw", segments: [{ name: "bytes", address, bytes }] });
}
