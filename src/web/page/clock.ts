// The page's own time: it has no core, and so no `Clock`.

/** Now, as ISO 8601. */
export const nowText = (): string => new Date().toISOString();

/** A time of before as this browser's user writes it. */
export const localTime = (text: string): string => new Date(text).toLocaleString();

/** Does something later; the returned function calls it off. */
export function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** Waits. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => later(ms, resolve));
