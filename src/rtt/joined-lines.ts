import { concatBytes } from "../base/bytes.ts";
import type { RttLine } from "./pump.ts";

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
