import type { Chip } from "../../chips/chip.ts";

/**
 * What several chips share that nothing on the wire tells apart, under the names of all: banks and memories that each of
 * them has, locks and procedures where they are the same, and the guarded ranges of each.
 */
export function sharedChip(chips: readonly Chip[]): Chip {
  const [first, ...others] = chips;
  const ofAll = <T>(of: (chip: Chip) => readonly T[]): readonly T[] =>
    of(first).filter((one) => others.every((other) => of(other).some((each) => same(each, one))));
  const { procedures, ...rest } = first;
  return {
    ...rest,
    name: chips.map(({ name }) => name).join(" or "),
    variants: [],
    family: [...new Set(chips.map(({ family }) => family))].join(" or "),
    banks: ofAll(({ banks }) => banks),
    memories: ofAll(({ memories }) => memories),
    workRam: ofAll(({ workRam }) => workRam),
    protection: others.every(({ protection }) => same(protection, first.protection)) ? first.protection : undefined,
    guarded: [...new Set(chips.flatMap(({ guarded }) => guarded))],
    ...(procedures && others.every((other) => same(other.procedures, procedures)) && { procedures }),
  };
}

/** Whether data are the same, value by value. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
