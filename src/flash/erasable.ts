import type { FlashBank } from "../chips/flash-bank.ts";
import { FlashError } from "./flash-error.ts";

/** Throws `not-erasable` for a bank whose sectors don't cover it: an erase of them would leave something, and show success. */
export function checkErasable({ id, name, length, sectors }: FlashBank): void {
  if (sectors.reduce((sum, { size, count }) => sum + size * count, 0) === length) return;
  throw new FlashError("not-erasable", `The bank ${id} (${name}) can't be erased: it has no sectors that cover it`, {
    details: { bank: id },
  });
}
