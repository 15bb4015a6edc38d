import type { RomTable } from "../../adi/rom-table.ts";
import type { Memory } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { coreName } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { CoreIdentity } from "../../cortex/core.ts";
import { type ChipMatch, matchBy, readWord } from "./match-chip.ts";

/** What is known of a chip before any register of its vendor's is read. */
export interface CoreSigns {
  readonly core: CoreIdentity;
  /** The core's ROM table; absent where there is none. */
  readonly romTable?: Pick<RomTable, "designer" | "pid">;
}

/** A chip that was found among candidates, or several that nothing tells apart. */
export interface FoundChip {
  readonly match: ChipMatch;
  /** The chip, or what the several share. */
  readonly chip?: Chip;
  /** The several, where it is more than one. */
  readonly group?: readonly Chip[];
}

/**
 * Which of the candidates the chip is. Only those with its core and its ROM table are asked for, because a register of
 * another vendor's may hang the bus; each register is read once.
 */
export async function findAmong(
  candidates: readonly Chip[],
  signs: CoreSigns,
  memory: Memory,
  io: Io,
): Promise<FoundChip> {
  const words = new Map<number, Promise<number>>();
  const read = (address: number) => {
    const word = words.get(address) ?? readWord(memory, address, io);
    words.set(address, word);
    return word;
  };
  const answers: ChipMatch[] = [];
  const possible = candidates.filter((chip) => fits(chip, signs));
  for (const chip of possible) answers.push(await matchBy(read, chip));
  const found = possible.filter((_, i) => answers[i] === "yes");
  if (found.length > 1) return { match: "yes", chip: sharedChip(found), group: found };
  if (found.length === 1) return { match: "yes", chip: found[0] };
  const isNone = answers.includes("no") || possible.length < candidates.length;
  return { match: isNone ? "no" : "unknown" };
}

/** Whether a core and its ROM table are a chip's. A table that its vendor has not filled in shows no chip. */
function fits(chip: Chip, { core, romTable }: CoreSigns): boolean {
  if (coreName(chip) !== core.name) return false;
  const { romTable: own } = chip.detection;
  if (!own || !romTable) return true;
  return own.designer === romTable.designer && own.part === (romTable.pid & 0xfff);
}

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
