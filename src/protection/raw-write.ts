import type { Chip, GuardedRange } from "../chips/chip.ts";

/** The range of a chip that a raw write would touch and that wants a consent of its own; undefined where there is none. */
export const guardedAt = (
  address: number,
  length: number,
  chips: readonly Pick<Chip, "guarded">[],
): GuardedRange | undefined =>
  chips.flatMap(({ guarded }) => guarded).find((range) => overlaps(range, address, length));

/** What a raw write does with a flash controller: `starts` a command, `touches` its registers, or neither. */
export function flashWrite(
  address: number,
  bytes: Uint8Array,
  chips: readonly Pick<Chip, "guarded">[],
): "starts" | "touches" | undefined {
  const controllers = chips.map(({ guarded }) => ({
    guarded: guarded.filter(({ kind }) => kind === "flash-controller"),
  }));
  const ranges = controllers.flatMap(({ guarded }) => guarded);
  if (ranges.some(({ starts }) => starts && launches(starts, address, bytes))) return "starts";
  return guardedAt(address, bytes.length, controllers) ? "touches" : undefined;
}

/** Whether a write reaches bytes that start a command with a bit that does. */
function launches(
  { start, length, mask }: NonNullable<GuardedRange["starts"]>,
  address: number,
  bytes: Uint8Array,
): boolean {
  if (mask === undefined) return overlaps({ start, length }, address, bytes.length);
  return bytes.some((byte, i) => address + i >= start && address + i < start + length && (byte & mask) !== 0);
}

const overlaps = (
  { start, length }: { readonly start: number; readonly length: number },
  address: number,
  bytes: number,
): boolean => address < start + length && address + bytes > start;
