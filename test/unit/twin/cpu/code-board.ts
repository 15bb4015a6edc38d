import type { CpuProfile } from "../../../../src/twin/cpu/profiles/profile.ts";
import { haltedBoard, DHCSR, KEY, type TestBoard } from "./test-board.ts";

/** Where the code, and the handler of every exception, a BKPT, stand in the flash. */
export const CODE = 0x200;
const HANDLERS = 0x300;
const STACK = 0x20004000;
export const BKPT = 0xbe00;
/** DCRSR's selectors of what has no plain number. */
export const XPSR = 16;
export const PSP = 18;

/** A core of a profile, halted in front of some code. */
export function codeBoard(
  profile: CpuProfile,
  code: readonly number[],
  handler: readonly number[] = [BKPT],
): TestBoard {
  const board = haltedBoard({ profile, before: (flash) => burn(flash, code, handler) });
  board.write(0xe000ed88, 0x00f00000);
  board.write(0xe000ed24, 0x70000);
  return board;
}

function burn(flash: Uint8Array, code: readonly number[], handler: readonly number[]): void {
  const view = new DataView(flash.buffer);
  view.setUint32(0, STACK, true);
  for (let n = 1; n < 64; n++) view.setUint32(4 * n, (n === 1 ? CODE : HANDLERS) | 1, true);
  for (const [n, halfword] of [...code, BKPT].entries()) view.setUint16(CODE + 2 * n, halfword, true);
  for (const [n, halfword] of handler.entries()) view.setUint16(HANDLERS + 2 * n, halfword, true);
}

/** Runs until a BKPT, and answers the exception that is active there. */
export function runToEnd(board: TestBoard): number {
  board.write(DHCSR, KEY | 1);
  board.cpu.run(1000);
  return board.register(XPSR) & 0x1ff;
}

/** The exception that some code ends in: 0 when it reaches its own BKPT. */
export const ending = (profile: CpuProfile, ...code: readonly number[]): number => runToEnd(codeBoard(profile, code));
