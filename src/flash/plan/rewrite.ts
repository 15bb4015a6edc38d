import type { Chip } from "../../chips/chip.ts";
import type { Sector } from "../../chips/sectors.ts";
import type { FlashPlan } from "./plan.ts";
import { digestOf } from "./plan-digest.ts";
import type { SectorPlan } from "./sector-plan.ts";
import { stepsFor } from "./steps.ts";

/** A whole sector as it is to be. */
export interface Rewrite {
  readonly sector: Sector;
  readonly content: Uint8Array;
}

/**
 * Plans sectors that get all of their bytes anew, with no image behind them; a run compares every byte afterwards. They
 * have no security bytes, so nothing needs a consent. Pure.
 */
export function planRewrite(chip: Chip, rewrites: readonly Rewrite[]): FlashPlan {
  const sectors = rewrites.map(({ sector: { bank, address, size }, content }): SectorPlan => {
    return { bank, address, action: "erase-program", found: "other", content, kept: size, lost: 0 };
  });
  const steps = sectors.flatMap((sector) => stepsFor(chip, sector));
  const none = { changes: [], keptRanges: [], needs: [], findings: [] };
  const image = { format: "raw", segments: [], symbols: [] } as const;
  return { chip, policy: "refuse", image, erase: "sectors", sectors, steps, ...none, digest: digestOf(chip, steps) };
}
