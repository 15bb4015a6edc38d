import type { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import type { BoardFacts } from "./bench.ts";

/** MDM-AP of the K24 (Sub-Family Reference Manual, chapter 9): status at 0, control at 4. */
const STATUS = 0x0;
const CONTROL = 0x4;
const CORE_HOLD = 0x10;
/** Flash ready, not secure, not in reset. */
const CALM = { mask: 0x0e, value: 0x0a } as const;

/** The K24 board (K24 Sub-Family Reference Manual; the log that started this project). */
export const K24_BOARD: BoardFacts = {
  dpidr: 0x2ba01477,
  apIdrs: [0x24770011, 0x001c0000],
  voltageMv: { min: 3300, max: 3320 },
  ram: 0x20000000,
  hole: 0x30000000,
  cpuid: 0x410fc241,
  calm: holdBlankChip,
};

/** A blank chip resets over and over, and refuses its bus in between: it is held at the end of one reset, and halted. */
export async function holdBlankChip(dp: DebugPort): Promise<void> {
  const mdm = dp.accessPort(1);
  // Repeated, because the chip ignores requests while its flash starts, which is most of each of its rounds.
  await mdm.run([{ op: "write", address: CONTROL, words: Array.from({ length: 80 }, () => CORE_HOLD) }]);
  await mdm.until(STATUS, CALM.mask, CALM.value);
  const memory = await MemAp.open(dp.accessPort(0));
  await memory.run([
    { op: "write", address: 0xe000edf0, width: 32, value: 0xa05f0003 },
    { op: "write", address: 0xe000edfc, width: 32, value: 0x00000001 },
  ]);
  await mdm.write(CONTROL, 0);
}
