import { signal } from "@preact/signals";
import type { LiveSight } from "../../protocol.ts";
import { attached, askLive } from "../board/board-state.ts";
import { pause } from "../clock.ts";
import { fail, isBoardAtWork } from "../state.ts";

/** A range of memory that is watched; its value is a number where it has 1, 2 or 4 bytes. */
export interface Watch {
  readonly start: number;
  readonly length: number;
}

/** A value of a watch at a time of the board. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** Whether the target is looked at again and again. */
export const isLive = signal(false);
/** Whether the instructions around PC are read with each look. */
export const isCodeShown = signal(false);
/** What was seen last. */
export const sight = signal<LiveSight | undefined>(undefined);
/** What came by RTT's channel 0. */
export const rttText = signal("");
/** What a simulated board has sent by its UART. */
export const uartText = signal("");
/** The ranges that are watched. */
export const watches = signal<readonly Watch[]>([]);
/** Their values of late. */
export const samples = signal<readonly (readonly Sample[])[]>([]);

/** Between two looks, in milliseconds. */
const PAUSE_MS = 200;

/** Values of a watch that are kept, and characters of a text. */
const MOST_SAMPLES = 300;
const MOST_TEXT = 0x1_0000;

let input = "";

/** Sends text down RTT's channel 0 with the next look. */
export function send(text: string): void {
  input += text;
}

/** Watches one range more; its values begin anew. */
export function addWatch(watch: Watch): void {
  watches.value = [...watches.value, watch];
  samples.value = [...samples.value, []];
}

/** Watches a range no more. */
export function dropWatch(at: number): void {
  watches.value = watches.value.filter((_, i) => i !== at);
  samples.value = samples.value.filter((_, i) => i !== at);
}

/** Looks until it is stopped, the board has gone, or a look has failed. A job of the board goes before. */
export async function watchTarget(): Promise<void> {
  if (isLive.value) return;
  isLive.value = true;
  while (isLive.value && attached.value) {
    if (!isBoardAtWork.value) await look();
    await pause(PAUSE_MS);
  }
  isLive.value = false;
}

/** Looks no more. */
export function stopWatching(): void {
  isLive.value = false;
}

/** Forgets what was seen of another board. */
export function forgetSight(): void {
  sight.value = undefined;
  rttText.value = "";
  uartText.value = "";
  samples.value = watches.value.map(() => []);
}

async function look(): Promise<void> {
  const ranges = watches.value;
  const sent = input;
  input = "";
  try {
    const found = await askLive({ isRttWanted: true, isCodeWanted: isCodeShown.value, input: sent, ranges });
    sight.value = found;
    rttText.value = (rttText.value + found.rtt).slice(-MOST_TEXT);
    uartText.value = (uartText.value + found.uart).slice(-MOST_TEXT);
    if (ranges === watches.value) samples.value = samples.value.map((old, i) => withSample(old, found, i));
  } catch (error) {
    isLive.value = false;
    fail(error);
  }
}

function withSample(old: readonly Sample[], { atMs, memory }: LiveSight, i: number): readonly Sample[] {
  const value = numberOf(memory[i]);
  return value === undefined ? old : [...old, { atMs, value }].slice(-MOST_SAMPLES);
}

/** The number that 1, 2 or 4 bytes are, the lowest one first. */
export function numberOf(bytes: Uint8Array | undefined): number | undefined {
  if (!bytes || ![1, 2, 4].includes(bytes.length)) return undefined;
  return bytes.reduceRight((sum, byte) => sum * 0x100 + byte, 0);
}
