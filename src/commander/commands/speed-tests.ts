import { readBlock, writeBlock } from "../../adi/block.ts";
import type { Picoseconds } from "../../base/clock.ts";
import { print } from "../console/context.ts";
import { type Call, type Handler, targetOf } from "../run/handler.ts";
import { repeatedly } from "../run/in-slices.ts";
import { warnOfMemoryWrite } from "../target/risky-writes.ts";
import * as texts from "../texts/v7-86e/tests.ts";

const DEFAULT_TIMES = 100;
const DEFAULT_BYTES = 0x1000;
/** A test that would take hours is a slip of the keyboard. */
const MOST_TIMES = 100_000;
/** As much as one transfer of the largest dump. */
const MOST_BYTES = 0x100000;

const repeated =
  (what: string, act: (call: Call) => Promise<void>): Handler =>
  async (call) => {
    const asked = call.args.has("NumTimes") ? call.args.number("NumTimes") : DEFAULT_TIMES;
    const times = Math.min(Math.max(asked, 0), MOST_TIMES);
    const spent = await timed(call, () => repeatedly(call, times, () => act(call)));
    print(call, texts.repeated(what, times, milliseconds(spent)));
    return "ok";
  };

/** `TestHaltGo`. */
export const testHaltGo = repeated("halts and starts", async (call) => {
  const { core } = targetOf(call);
  await core.resume(call.io);
  await core.halt(call.io);
});

/** `TestStep`. */
export const testStep = repeated("steps", async (call) => {
  const { core } = targetOf(call);
  await core.halt(call.io);
  await core.step(call.io);
});

type Access = (call: Call, address: number, length: number) => Promise<unknown>;

const measured =
  (what: string, access: Access): Handler =>
  async (call) => {
    const length = Math.min(call.args.has("NumBytes") ? call.args.number("NumBytes") : DEFAULT_BYTES, MOST_BYTES);
    const ram = targetOf(call).found.chip?.workRam[0]?.start ?? 0x20000000;
    const address = call.args.has("Addr") ? call.args.number("Addr") : ram;
    const spent = await timed(call, () => access(call, address, length));
    print(call, texts.measured(what, length, address, milliseconds(spent)));
    return "ok";
  };

/** `TestRSpeed`. */
export const testRead = measured("Reading", ({ connection, io }, address, length) =>
  readBlock(connection.target.core.memory, address, length, io),
);

/** `TestWSpeed`: what stood there is put back. */
export const testWrite = measured("Writing", async (call, address, length) => {
  const { memory } = targetOf(call).core;
  const bytes = await readBlock(memory, address, length, call.io);
  warnOfMemoryWrite(call, address, bytes);
  await writeBlock(memory, address, bytes, call.io);
});

/** `TestNRSpeed`: word by word. */
export const testSingleRead = measured("Reading", async ({ connection, io }, address, length) => {
  for (let at = 0; at < length; at += 4) await connection.target.core.memory.read(address + at, 4, 32, io);
});

/** `TestNWSpeed`: word by word, each put back as it was. */
export const testSingleWrite = measured("Writing", async (call, address, length) => {
  const { memory } = targetOf(call).core;
  for (let at = 0; at < length; at += 4) {
    const word = await memory.read(address + at, 4, 32, call.io);
    warnOfMemoryWrite(call, address + at, word);
    await memory.write(address + at, word, 32, call.io);
  }
});

async function timed(call: Call, work: () => Promise<unknown>): Promise<Picoseconds> {
  const { clock } = targetOf(call);
  const start = clock.now();
  await work();
  return clock.now() - start;
}

const milliseconds = (time: Picoseconds): number => time / 1e9;
