import type { State } from "../state.ts";

const UNLOCK_KEY = 0xc5acce55;

/** Reads an ITM register (0xE0000000 page). A stimulus port is always ready; nothing listens to it. */
export function readItm(s: State, address: number): number {
  const offset = address - 0xe0000000;
  if (offset < 0x80) return s.itmTcr & 1 ? 1 : 0;
  if (offset === 0xe00) return s.itmTer;
  if (offset === 0xe40) return s.itmTpr;
  if (offset === 0xe80) return s.itmTcr;
  return offset === 0xfb4 ? (s.itmUnlocked ? 1 : 3) : 0;
}

/** Writes an ITM register: LAR unlocks with C5ACCE55, and the control registers obey only then. */
export function writeItm(s: State, address: number, value: number): void {
  const offset = address - 0xe0000000;
  if (offset === 0xfb0) s.itmUnlocked = value >>> 0 === UNLOCK_KEY ? 1 : 0;
  if (!s.itmUnlocked) return;
  if (offset === 0xe00) s.itmTer = value >>> 0;
  if (offset === 0xe40) s.itmTpr = value & 15;
  if (offset === 0xe80) s.itmTcr = value & 0x007f0f1f;
}
