import type { Ring } from "./control-block.ts";

/** A run of bytes in a ring's buffer that doesn't wrap; `at` counts from the buffer's start. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/** What may be read, oldest first: at most `most` bytes, in at most two spans. */
export function readable({ size, writeOffset, readOffset }: Ring, most: number): readonly Span[] {
  const waiting = writeOffset >= readOffset ? writeOffset - readOffset : size - readOffset + writeOffset;
  return spans(readOffset, Math.min(waiting, most), size);
}

/** Where at most `most` bytes may be written. One byte stays free always, or a full ring would look empty. */
export function writable({ size, writeOffset, readOffset }: Ring, most: number): readonly Span[] {
  if (size === 0) return [];
  const free = (readOffset - writeOffset - 1 + size) % size;
  return spans(writeOffset, Math.min(free, most), size);
}

/** The offset behind spans that have been read or written. */
export function behind(all: readonly Span[], size: number): number {
  const last = all[all.length - 1];
  return (last.at + last.length) % size;
}

function spans(from: number, count: number, size: number): readonly Span[] {
  const first = Math.min(count, size - from);
  return [
    { at: from, length: first },
    { at: 0, length: count - first },
  ].filter(({ length }) => length > 0);
}
