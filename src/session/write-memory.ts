import type { Width } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { CHIPS } from "../chips/list.ts";
import { type Permit, permit } from "../flash/permit.ts";
import { guardedAt } from "../protection/raw-write.ts";
import type { Session } from "./session.ts";
import { SessionError } from "./session-error.ts";

/** Bytes that go to memory or registers as they are, by accesses of one width. */
export interface RawWrite {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly width: Width;
}

/** The consent to write where one write can erase, lock, or stop the debugger. */
export const rawPermit = (): Permit => permit("raw-write");

/**
 * Throws `raw-write-consent` where a write touches a range of the chip that wants a permit for `raw-write`, and none is
 * there; where no chip is named, the ranges of every chip count.
 */
export function checkRawWrite(
  { address, bytes }: Pick<RawWrite, "address" | "bytes">,
  chip: Chip | undefined,
  permits: readonly Permit[],
): void {
  const range = guardedAt(address, bytes.length, chip ? [chip] : CHIPS);
  if (!range || permits.some(({ allows }) => allows === "raw-write")) return;
  const end = address32(range.start + range.length - 1);
  const where = `${range.name} (${address32(range.start)} to ${end})`;
  throw new SessionError("raw-write-consent", `${address32(address)} lies in ${where}: ${range.can}`, {
    details: { address: address32(address), range: range.name },
  });
}

/** Writes to memory or registers; throws `raw-write-consent` before a guarded range is touched, and what memory throws. */
export async function writeMemory(
  session: Session,
  write: RawWrite,
  permits: readonly Permit[],
  io: Io = {},
): Promise<void> {
  checkRawWrite(write, session.found.chip, permits);
  await session.core.memory.write(write.address, write.bytes, write.width, io);
}
