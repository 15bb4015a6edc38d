import type { Chip } from "./chip.ts";
import type { FlashBank, Range } from "./flash-bank.ts";
import { holds } from "./sectors.ts";

/** What of a chip these functions look at. */
type Banked = Pick<Chip, "banks">;

/** Whether a bank is flash for firmware, which an erase of everything erases and an image may fill. */
export const isForFirmware = ({ kind }: FlashBank): boolean => kind === "main" || kind === "external";

/** The banks that hold firmware. */
export const firmwareBanks = ({ banks }: Banked): readonly FlashBank[] => banks.filter(isForFirmware);

/** The bank whose own addresses hold this one, whatever its kind; aliases are not looked at. */
export const bankAt = ({ banks }: Banked, address: number): FlashBank | undefined =>
  banks.find((bank) => holds(bank, address));

/** The banks' address ranges, ascending, neighbours joined. */
export function joinedBanks(banks: readonly FlashBank[]): readonly Range[] {
  const joined: Range[] = [];
  for (const { start, length } of [...banks].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && last.start + last.length === start)
      joined[joined.length - 1] = { ...last, length: last.length + length };
    else joined.push({ start, length });
  }
  return joined;
}

/** Where a chip's firmware may stand: the address ranges of its main and external flash, ascending. */
export const flashRanges = (chip: Banked): readonly Range[] => joinedBanks(firmwareBanks(chip));

/** Bytes of all flash for firmware. */
export const flashSize = (chip: Banked): number => firmwareBanks(chip).reduce((sum, { length }) => sum + length, 0);

/** Where the core finds a program's vectors; throws `RangeError` for a chip without flash for firmware. */
export function vectorsAt(chip: Banked & Pick<Chip, "vectors">): number {
  return chip.vectors ?? bootBank(chip).start;
}

/** The bank that the core starts from: the first of main flash, else of external flash. */
export function bootBank(chip: Banked): FlashBank {
  const banks = firmwareBanks(chip);
  const bank = banks.find(({ kind }) => kind === "main") ?? banks[0];
  if (!bank) throw new RangeError("the chip has no flash for firmware");
  return bank;
}

/** `Cortex-M4`: the processor that programs. */
export const coreName = ({ cores: [core] }: Pick<Chip, "cores">): string => `Cortex-${core.type}`;

/** What an erased byte at an address reads as; 0xFF outside of all banks. */
export const erasedAt = (chip: Banked, address: number): number => bankAt(chip, address)?.erased ?? 0xff;

/** Every address range that answers: banks with their aliases, and memories. */
export const addressRanges = ({ banks, memories }: Pick<Chip, "banks" | "memories">): readonly Range[] => [
  ...banks.flatMap(({ start, length, aliases = [] }) => [start, ...aliases].map((at) => ({ start: at, length }))),
  ...memories,
];
