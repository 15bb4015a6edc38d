import { isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Image } from "../../image/image.ts";
import { irreversibleToken } from "../../protection/consent-token.ts";
import type { Need } from "../../protection/effective-image.ts";
import type { FlashStep } from "./steps.ts";

/**
 * What a plan needs on a chip of a pack whose locks are unknown: where it changes a bank that is no flash for firmware,
 * nothing can exclude that this locks the chip for ever.
 */
export function unknownLockNeeds(
  chip: Chip,
  steps: readonly FlashStep[],
  image: Pick<Image, "segments">,
): readonly Need[] {
  if (chip.origin === "own" || chip.protection) return [];
  const step = steps.find(({ bank }) => !isForFirmware(bank));
  if (!step) return [];
  const { bank } = step;
  return [
    {
      act: "lock-for-ever",
      address: "address" in step ? step.address : bank.start,
      value: "bytes" in step ? step.bytes[0] : bank.erased,
      why: `This changes the bank ${bank.id} (${bank.name}) of the ${chip.name}, whose locks are unknown to Flashproof: it may lock the chip for ever`,
      token: irreversibleToken("lock-for-ever", image, chip),
    },
  ];
}
