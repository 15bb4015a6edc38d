import { expect } from "vitest";
import type { Image } from "../../src/image/image.ts";
import type { VerifyResult } from "../../src/flash/verify.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { onTarget } from "../support/board.ts";

/** Where the hash routine's code and its job stand in the work RAM. */
export interface RoutinePlaces {
  readonly code: number;
  /** Written after the code was read back, and before it runs. */
  readonly job: number;
}

/** Other instructions at an offset in the work RAM, as little-endian bytes. */
export interface Lie {
  readonly at: number;
  readonly code: readonly number[];
}

/** A job whose hash routine gets other instructions after its code was read back; answers its comparison. */
export function flashWithLie(
  twin: Twin,
  image: Image,
  places: RoutinePlaces,
  { at, code }: Lie,
): Promise<VerifyResult["verdict"]> {
  return onTarget(twin, async (session) => {
    const { memory } = session.core;
    const { start } = session.chip.workRam[0];
    const run = memory.run.bind(memory);
    let times = 0;
    memory.run = async (ops, io) => {
      const words = await run(ops, io);
      const has = (kind: string, place: number) => ops.some(({ op, address }) => op === kind && address === place);
      // The batch that puts code and job into RAM, and reads the code back.
      if (!has("write", start + places.job) || !has("read", start + places.code)) return words;
      times++;
      await memory.write(start + at, Uint8Array.from(code), 16, io);
      return words;
    };
    const { verify } = await flashImage(session, { image, policy: "refuse", keepRest: true, permits: [] });
    expect(times).toBeGreaterThan(0);
    return verify.verdict;
  });
}
