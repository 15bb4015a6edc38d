import { writeFileSync } from "node:fs";
import { permit } from "../../../src/flash/permit.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { eraseFlash, type EraseTarget } from "../../../src/session/erase-job.ts";
import { type FlashJob, flashImage, planOnChip } from "../../../src/session/flash-job.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin, TwinState } from "../../../src/twin/usb.ts";
import type { Bench, OpenocdOptions } from "../../clients/openocd/bench.ts";
import { onTarget } from "../../support/board.ts";
import type { Chance } from "../../support/chance.ts";

/** The two boards, and what is asked of both. */
export interface Both {
  readonly twin: Twin;
  readonly bench: Bench;
  readonly openocd: OpenocdOptions;
  /** A file that OpenOCD takes its images from. */
  readonly file: string;
  readonly chance: Chance;
  /** The chip is closed, so that nothing but its unlock comes next. */
  locked: boolean;
}

/** One operation: done by our stack on one board, by OpenOCD on the other; answers what each has seen. */
export type Operation = (both: Both) => Promise<readonly [ours: string, theirs: string] | undefined>;

/** A range of a part of the state, or of addresses. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** What is done to a chip by both stacks, and what is compared after each operation. */
export interface Comparison {
  /** The twin's name. */
  readonly twin: string;
  readonly openocd: OpenocdOptions;
  /** What both boards hold in the beginning. */
  start(): Promise<TwinState>;
  readonly operations: { readonly [name: string]: Operation };
  /** The operations by how often they come. */
  readonly often: readonly string[];
  /** The one that opens a chip that another one has closed. */
  readonly unlock?: string;
  /** Parts of the state; each range from the part's beginning. */
  readonly parts: readonly (readonly [name: string, part: string, range: Range])[];
  /** Registers and words by their address, of which the bits of `mask` are compared while the chip is open. */
  readonly words: readonly {
    readonly name: string;
    readonly address: number;
    readonly width: 8 | 32;
    readonly mask?: number;
  }[];
}

/** Our flash jobs begin with a reset; OpenOCD leaves that to its user. */
export const RESET = "reset halt";

/** Bytes as hex digits, lowest first. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** One OpenOCD command that has to succeed. */
export async function tcl(bench: Bench, command: string): Promise<string> {
  const answer = await bench.ask("tcl", `list [catch {${command}} said] $said`);
  const match = /^(-?\d+) ?([\s\S]*)$/.exec(answer);
  if (match?.[1] !== "0") throw new Error(`OpenOCD, ${command}: ${answer}`);
  return match[2].replace(/^\{([\s\S]*)\}$/, "$1");
}

/** Memory as OpenOCD reads it, as hex digits, lowest byte first. */
export async function theirRead(bench: Bench, address: number, width: 8 | 32, count: number): Promise<string> {
  const words = (await tcl(bench, `read_memory 0x${address.toString(16)} ${width} ${count}`)).split(" ").map(Number);
  const bytes = Buffer.alloc((count * width) / 8);
  words.forEach((word, i) => void (width === 8 ? bytes.writeUInt8(word, i) : bytes.writeUInt32LE(word, i * 4)));
  return bytes.toString("hex");
}

/** Reads up to a kilobyte of words somewhere in one of the ranges. */
export const readIn =
  (...ranges: readonly Range[]): Operation =>
  async ({ twin, bench, chance }) => {
    const range = chance.pick(ranges);
    const count = 1 + chance.below(256);
    const address = range.start + chance.below(range.length / 4 - count) * 4;
    const ours = await onTarget(twin, ({ core }) => core.memory.read(address, count * 4, 32));
    return [hex(ours), await theirRead(bench, address, 32, count)];
  };

/** Writes up to 64 words somewhere in a range of RAM. */
export const writeIn =
  (range: Range): Operation =>
  async ({ twin, bench, chance }) => {
    const words = Array.from({ length: 1 + chance.below(64) }, () => chance.below(2 ** 32));
    const address = range.start + chance.below(range.length / 4 - words.length) * 4;
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    await onTarget(twin, ({ core }) => core.memory.write(address, bytes, 32));
    await tcl(bench, `write_memory 0x${address.toString(16)} 32 {${words.join(" ")}}`);
    return undefined;
  };

/** Erases sectors of a bank: by their range, and by OpenOCD's numbers of its bank 0. */
export async function erase({ twin, bench }: Both, range: Range, first: number, last: number): Promise<void> {
  const target: EraseTarget = { what: "sectors", ...range };
  await onTarget(twin, (session) => eraseFlash(session, target));
  await tcl(bench, RESET);
  await tcl(bench, `flash erase_sector 0 ${first} ${last}`);
}

/** Erases up to three neighbouring sectors of so many that have one size. */
export const eraseIn =
  (sectors: number, size: number): Operation =>
  async (both) => {
    const first = both.chance.below(sectors);
    const count = 1 + both.chance.below(Math.min(3, sectors - first));
    await erase(both, { start: first * size, length: count * size }, first, first + count - 1);
    return undefined;
  };

/** Resets both, and halts both at their first instruction. */
export const reset: Operation = async ({ twin, bench }) => {
  await onTarget(twin, (session) => session.reset("system", "halt"));
  await tcl(bench, RESET);
  return undefined;
};

/** Erases what the bytes touch and programs them; the rest of those sectors stays erased. */
export async function program(
  both: Both,
  address: number,
  bytes: Uint8Array,
  job: Partial<FlashJob> = {},
): Promise<void> {
  const { twin, bench, file } = both;
  await ourFlash(twin, address, bytes, job);
  writeFileSync(file, bytes);
  await tcl(bench, RESET);
  await tcl(bench, `flash write_image erase ${file} 0x${address.toString(16)} bin`);
}

/** Flashes bytes as they are with every permit that their plan asks for. */
export async function ourFlash(twin: Twin, address: number, bytes: Uint8Array, job: Partial<FlashJob>): Promise<void> {
  const image = buildImage({ format: "raw", segments: [{ name: "image", address, bytes }] });
  await onTarget(twin, async (session) => {
    const whole = { image, policy: "as-image", keepRest: false, permits: [], ...job } as const;
    await flashImage(session, await permitted(session, whole));
  });
}

async function permitted(session: Session, job: FlashJob): Promise<FlashJob> {
  const { needs } = await planOnChip(session, job, new Stopwatch(session.clock));
  return { ...job, permits: needs.map(({ act, token }) => permit(act, token)) };
}
