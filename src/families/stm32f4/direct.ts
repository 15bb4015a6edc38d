import { readBlock } from "../../adi/block.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import {
  type Act,
  ACTS,
  bankErase,
  closeFlash,
  ERRORS,
  notErased,
  openFlash,
  PSIZE,
  sectorErase,
  sizeAt,
  throwOnError,
  whenDone,
  writeWord,
} from "./flash-control.ts";
import { OptionBytes } from "./option-bytes.ts";
import { FLASH_CR, FLASH_SR } from "./registers-flash.ts";

/**
 * Drives the flash interface through the AHB-AP while the core is halted. Needs no code on the target, and therefore works
 * on a chip whose core can't run; a write waits on the bus until the one before is done.
 */
export function directLoader(core: Core, clock: Clock): Loader {
  const options = new OptionBytes(core, clock);
  const begin = (cr: number, first: readonly ReturnType<typeof writeWord>[]) => [
    writeWord(FLASH_SR.address, ERRORS),
    writeWord(FLASH_CR.address, cr),
    ...first,
  ];
  const act = async (what: Act, address: number, ops: ReturnType<typeof begin>, io: Io) => {
    const status = await whenDone(core, what.name, io, ops);
    await core.memory.run([writeWord(FLASH_CR.address, 0)], io);
    throwOnError(what, address, status);
  };
  const program = async (bank: FlashBank, address: number, bytes: Uint8Array, io: Io = {}) => {
    checkFlashAddress(address, bank);
    if (bank.kind === "option") return options.ask(bank, address, bytes, io);
    const limits = within(clock, ACTS.PROGRAM.limitMs, io);
    await core.memory.run(begin(FLASH_CR.of({ PG: 1, PSIZE }), []), limits);
    await core.memory.write(address, bytes, 32, limits);
    await act(ACTS.PROGRAM, address, [], limits);
  };
  const erase = async (what: Act, address: number, cr: number, then: readonly Write[], bank: FlashBank, io: Io) => {
    const start = writeWord(FLASH_CR.address, cr | FLASH_CR.mask("STRT"));
    const limits = within(clock, what.limitMs, io);
    await act(what, address, begin(cr, [start]), limits);
    const length = what === ACTS.ERASE_BANK ? bank.length : sizeAt(bank, address);
    const left = await readBlock(core.memory, address, length, limits);
    if (!left.every((byte) => byte === bank.erased)) throw notErased(what, address);
    for (const write of then) await program(bank, write.address, write.bytes, io);
  };
  return {
    name: "direct",
    caps: { runsOn: false, eraseThen: true, marginBlank: false, provesErase: true, restores: "ram-and-core" },
    start: (io = {}) => openFlash(core, clock, io),
    eraseSector: (bank, address, then, io = {}) =>
      erase(ACTS.ERASE_SECTOR, address, sectorErase(bank, address), then, bank, io),
    eraseBank: (bank, then, io = {}) => erase(ACTS.ERASE_BANK, bank.start, bankErase(bank), then, bank, io),
    program,
    settle: (io) => options.write(io),
    stop: (io = {}) => closeFlash(core, io),
  };
}
