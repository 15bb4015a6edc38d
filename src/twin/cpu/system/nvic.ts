import type { Core } from "../core.ts";
import type { State } from "../state.ts";

/** The implemented bits of a priority byte, from bit 7 down. */
export const priorityMask = ({ profile }: Core): number => (0xff << (8 - profile.priorityBits)) & 0xff;

/** One word of a bit-per-line register, from the array it shows. */
function readBits(flags: Uint8Array, word: number): number {
  let value = 0;
  for (let i = 0; i < 32; i++) if (flags[16 + word * 32 + i]) value |= 1 << i;
  return value >>> 0;
}

/** Sets or clears the lines whose bits are 1; lines that do not exist stay 0. */
function writeBits(flags: Uint8Array, word: number, value: number, to: 0 | 1): void {
  for (let i = 0; i < 32; i++) {
    const line = word * 32 + i;
    if ((value >>> i) & 1 && 16 + line < flags.length) flags[16 + line] = to;
  }
}

/** Four priority bytes from exception `first` on. */
export function readPriorities(s: State, first: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value |= (s.priority[first + i] ?? 0) << (8 * i);
  return value >>> 0;
}

/** Writes four priority bytes from exception `first` on. */
export function writePriorities(core: Core, first: number, value: number): void {
  const { priority } = core.state;
  const mask = priorityMask(core);
  for (let i = 0; i < 4; i++) {
    if (first + i < priority.length) priority[first + i] = (value >>> (8 * i)) & mask;
  }
}

/** Reads ISER, ICER, ISPR, ICPR, IABR (0xE000E100 to 3FF) or IPR (0xE000E400 to 4EF). */
export function readNvic(core: Core, address: number): number {
  const s = core.state;
  const offset = address - 0xe000e100;
  if (offset >= 0x300) return readPriorities(s, 16 + offset - 0x300);
  const flags = offset < 0x100 ? s.enabled : offset < 0x200 ? s.pending : s.active;
  return readBits(flags, (offset & 0x7f) >> 2);
}

/** Writes one of the NVIC's registers; IABR is read-only. */
export function writeNvic(core: Core, address: number, value: number): void {
  const s = core.state;
  const offset = address - 0xe000e100;
  const word = (offset & 0x7f) >> 2;
  if (offset >= 0x300) writePriorities(core, 16 + offset - 0x300, value);
  else if (offset < 0x100) writeBits(s.enabled, word, value, offset < 0x80 ? 1 : 0);
  else if (offset < 0x200) writeBits(s.pending, word, value, offset < 0x180 ? 1 : 0);
}

/** Drives an external line: a rising level pends it; it pends again at the end of a handler that left it high. */
export function driveLine(s: State, line: number, asserted: boolean): void {
  if (16 + line >= s.pending.length) return;
  const exception = 16 + line;
  if (asserted && !s.asserted[exception]) s.pending[exception] = 1;
  s.asserted[exception] = asserted ? 1 : 0;
}
