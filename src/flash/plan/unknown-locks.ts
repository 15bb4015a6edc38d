import { isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Image } from "../../image/image.ts";
import { irreversibleToken } from "../../protection/consent-token.ts";
import type { Need } from "../../protection/effective-image.ts";
import type { FlashStep } from "./steps.ts";

/**
 * What a plan needs on a chip of a pack: where it changes a bank that is no flash for firmware, and that no chip of our own
 * has whose locks are known, nothing can exclude that this locks the chip for ever.
 */
export function unknownLockNeeds(
  chip: Chip,
  steps: readonly FlashStep[],
  image: Pick<Image, "segments">,
): readonly Need[] {
  if (chip.origin === "own") return [];
  const known = (chip.protection && chip.knownCells) ?? [];
  const step = steps.find(({ bank }) => !isForFirmware(bank) && !known.some((cells) => isInside(bank, cells)));
  if (!step) return [];
  const { bank } = step;
  return [
    {
      act: "lock-for-ever",
      address: "address" in step ? step.address : bank.start,
      value: "bytes" in step ? step.bytes[0] : bank.erased,
      why: `This changes the bank ${bank.id} (${bank.name}) of the ${chip.name}, and what it locks is unknown to Flashproof: it may lock the chip for ever`,
      token: irreversibleToken("lock-for-ever", image, chip),
    },
  ];
}

const isInside = (part: Range, { start, length }: Range): boolean =>
  part.start >= start && part.start + part.length <= start + length;
