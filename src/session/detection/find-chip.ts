import type { RomTable } from "../../adi/rom-table.ts";
import type { Memory } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { coreName } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { CoreIdentity } from "../../cortex/core.ts";
import { type ChipMatch, matchBy, readWord } from "./match-chip.ts";
import { sharedChip } from "./shared-chip.ts";

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
