import type { Readable } from "./content.ts";
import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { Segment } from "../image/image.ts";
import { FlashError } from "./flash-error.ts";
import type { FlashPlan } from "./plan/plan.ts";
import { type Difference, verifyImage } from "./verify.ts";

/**
 * Compares what a plan wrote back beside its image: the sectors that keep bytes, but for the segments in `named`, which
 * the caller verifies. Throws `verify-differs` with the first address, and what `verifyImage` throws.
 */
export async function verifyRest(
  memory: Readable,
  { sectors, chip }: Pick<FlashPlan, "sectors" | "chip">,
  named: readonly Segment[],
  io: Io = {},
): Promise<void> {
  const written = sectors.filter(({ kept, action }) => kept > 0 && action !== "unchanged");
  const segments = written.map(({ address, content }): Segment => ({ name: "rest", address, bytes: content }));
  const { differences } = await verifyImage(memory, { format: "raw", segments, symbols: [] }, [], () => {}, {
    ...io,
    banks: chip.banks,
  });
  const lost = differences.find((difference) => !isNamed(difference, named));
  if (!lost) return;
  const address = address32(lost.address);
  const text = `The bytes that were to stay do not stand at ${address} any more`;
  throw new FlashError("verify-differs", text, { details: { address } });
}

const isNamed = ({ address, expected }: Difference, named: readonly Segment[]): boolean =>
  expected.every((_, i) => named.some((segment) => isIn(address + i, segment)));

const isIn = (at: number, { address, bytes }: Segment): boolean => at >= address && at < address + bytes.length;
