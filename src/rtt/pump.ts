import { concatBytes } from "../base/bytes.ts";
import type { Io } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import type { ControlBlock } from "./control-block.ts";
import type { Rtt } from "./rtt.ts";

/** The other end of the channels: TCP clients, a terminal. */
export interface RttLine {
  /** The channels with a client; none: the target is not accessed. */
  readonly channels: ReadonlySet<number>;
  /** Takes what the target has sent on a channel. */
  take(channel: number, bytes: Uint8Array): void;
  /** What waits to be sent down a channel. */
  waiting(channel: number): Uint8Array;
  /** So many bytes of it have reached the target. */
  sent(channel: number, count: number): void;
}

/** Looks for the block, and carries bytes both ways where there is one; answers it. */
export async function pump(rtt: Rtt, line: RttLine, io: Io = {}): Promise<ControlBlock | undefined> {
  const block = await rtt.look(io);
  if (block) await carry(rtt, line, io);
  return block;
}

/** Carries bytes both ways, once for each channel, at a block that has just been looked at. */
export async function carry(rtt: Rtt, line: RttLine, io: Io = {}): Promise<void> {
  for (const channel of line.channels) {
    const bytes = await unlessMissing(() => rtt.read(channel, io));
    if (bytes && bytes.length > 0) line.take(channel, bytes);
    const waiting = line.waiting(channel);
    const count = waiting.length === 0 ? 0 : await unlessMissing(() => rtt.write(channel, waiting, io));
    if (count) line.sent(channel, count);
  }
}

/** A channel that the firmware sets up later, or has in one direction only, is no reason to stop. */
async function unlessMissing<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (codeOf(error) === "rtt-no-channel") return undefined;
    throw error;
  }
}

/** Several lines as one, for those that meet at the same control block: a ring is read once, for all of them. */
export function joinedLines(lines: readonly RttLine[]): RttLine {
  if (lines.length === 1) return lines[0];
  return {
    get channels() {
      return new Set(lines.flatMap(({ channels }) => [...channels]));
    },
    take: (channel, bytes) => {
      for (const line of lines) line.take(channel, bytes);
    },
    waiting: (channel) => concatBytes(lines.map((line) => line.waiting(channel))),
    sent: (channel, count) => {
      let left = count;
      for (const line of lines) {
        const taken = Math.min(left, line.waiting(channel).length);
        if (taken > 0) line.sent(channel, taken);
        left -= taken;
      }
    },
  };
}
