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

/** Carries bytes both ways, once for each channel; answers the block, where there is one. */
export async function pump(rtt: Rtt, line: RttLine, io: Io = {}): Promise<ControlBlock | undefined> {
  const block = await rtt.look(io);
  if (!block) return undefined;
  for (const channel of line.channels) {
    const bytes = await unlessMissing(() => rtt.read(channel, io));
    if (bytes && bytes.length > 0) line.take(channel, bytes);
    const waiting = line.waiting(channel);
    const count = waiting.length === 0 ? 0 : await unlessMissing(() => rtt.write(channel, waiting, io));
    if (count) line.sent(channel, count);
  }
  return block;
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
