import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { sectorAt, sectorsIn } from "../../chips/sectors.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { FLASH_ACR, FLASH_CR, FLASH_KEYR, FLASH_SR, KEYS } from "./registers-flash.ts";

/** Acts of the flash interface, as errors name them; an erase may take twice the data sheet's longest time. */
export const ACTS = {
  ERASE_SECTOR: { code: 0, name: "erase sector", limitMs: 15_000 },
  ERASE_BANK: { code: 0, name: "erase all sectors", limitMs: 70_000 },
  PROGRAM: { code: 0, name: "program", limitMs: 10_000 },
  BLANK_CHECK: { code: 0, name: "look whether it is blank", limitMs: 20_000 },
  CRC: { code: 0, name: "count a CRC", limitMs: 30_000 },
  OPTIONS: { code: 0, name: "program the option bytes", limitMs: 70_000 },
} as const;

/** An act of the flash interface. */
export type Act = (typeof ACTS)[keyof typeof ACTS];

/** SR's error bits, which ones clear. */
export const ERRORS = (["RDERR", "PGSERR", "PGPERR", "PGAERR", "WRPERR", "OPERR"] as const).reduce(
  (all, name) => all | FLASH_SR.mask(name),
  0,
);

/** CR.PSIZE for 32 bits at a time, which needs 2.7 V (STM32F40x data sheet, programming parallelism). */
export const PSIZE = 2;

/** Where SNB of a second bank's sectors begins (RM0090, 3.9.8). */
const SECOND_BANK = 0x10;

/** CR for the erase of one sector, without STRT. */
export function sectorErase(bank: FlashBank, address: number): number {
  const number = sectorsIn(bank, bank).findIndex((sector) => sector.address === address);
  if (number < 0) throw new RangeError(`${address32(address)} begins no sector of ${bank.id}`);
  return FLASH_CR.of({ SER: 1, SNB: number + SECOND_BANK * (bank.controller?.bank ?? 0), PSIZE });
}

/** CR for the erase of a whole bank, without STRT. */
export const bankErase = ({ controller }: FlashBank): number =>
  FLASH_CR.of({ ...(controller?.bank === 1 ? { MER1: 1 } : { MER: 1 }), PSIZE });

/** Bytes of the sector that begins at an address. */
export const sizeAt = (bank: FlashBank, address: number): number => sectorAt(bank, address)?.size ?? 0;

/** The error of an erase that the controller took and that left programmed bits, as where protection kept it from that. */
export function notErased({ name }: { readonly name: string }, address: number): FlashError {
  const details = { command: name, address: address32(address) };
  const text = `The chip was to ${name} at 0x${hex32(address)}, and programmed bits are left there`;
  return new FlashError("loader-failed", text, { details });
}

/** A write of one of the interface's registers. */
export const writeWord = (address: number, value: number): MemoryOp => ({
  ...{ op: "write", address, width: 32 },
  value: value >>> 0,
});

const readWord = (address: number): MemoryOp => ({ op: "read", address, width: 32 });

/** Makes flash commands possible; throws `flash-core-running`, `flash-busy`, and `flash-command` where CR stays locked. */
export async function openFlash(core: Core, clock: Clock, io: Io): Promise<void> {
  if ((await core.state(io)) !== "halted") {
    throw new FlashError("flash-core-running", "The core must be halted while the debug port drives the flash");
  }
  await whenDone(core, "an earlier flash command", within(clock, ACTS.ERASE_SECTOR.limitMs, io));
  if (!(await isLocked(core, io))) return;
  const keys = KEYS.map((key) => writeWord(FLASH_KEYR.address, key));
  await core.memory.run(keys, io);
  if (!(await isLocked(core, io))) return;
  const details = { register: address32(FLASH_CR.address) };
  throw new FlashError("flash-command", "FLASH_CR stays locked until the next reset", { details });
}

/** Locks CR again, and drops what the instruction and data caches hold of flash. */
export async function closeFlash(core: Core, io: Io): Promise<void> {
  await core.memory.run([writeWord(FLASH_CR.address, FLASH_CR.mask("LOCK"))], io);
  await dropCachedFlash(core, io);
}

/** Drops what the instruction and data caches hold of flash. */
export async function dropCachedFlash(core: Core, io: Io): Promise<void> {
  const [acr, again] = await core.memory.run([readWord(FLASH_ACR.address), readWord(FLASH_ACR.address)], io);
  if (acr !== again) throw unsteadyRead("FLASH_ACR");
  const off = FLASH_ACR.with(acr, { ICEN: 0, DCEN: 0 });
  const drop = FLASH_ACR.with(off, { ICRST: 1, DCRST: 1 });
  // The caches are dropped while they are off (RM0090, 3.5.2).
  const writes = [off, drop, off, acr].map((value) => writeWord(FLASH_ACR.address, value));
  await core.memory.run(writes, io);
}

async function isLocked(core: Core, io: Io): Promise<boolean> {
  const [cr, again] = await core.memory.run([readWord(FLASH_CR.address), readWord(FLASH_CR.address)], io);
  if (cr !== again) throw unsteadyRead("FLASH_CR");
  return FLASH_CR.field(cr, "LOCK") === 1;
}

/** Does `first`, then waits until no operation is under way; answers SR. Throws `flash-busy`. */
export async function whenDone(core: Core, what: string, io: Io, first: readonly MemoryOp[] = []): Promise<number> {
  const wait: MemoryOp = {
    ...{ op: "until", address: FLASH_SR.address, width: 32 },
    ...{ mask: FLASH_SR.mask("BSY"), value: 0 },
  };
  try {
    // The last value that the wait saw is SR without BSY.
    return (await core.memory.run([...first, wait], io)).at(-1) ?? 0;
  } catch (cause) {
    if (codeOf(cause) !== "dap-until-timeout") throw cause;
    const details = { command: what };
    throw new FlashError("flash-busy", `The flash command "${what}" did not end in time`, { details, cause });
  }
}

/** Throws what SR's error bits say: `flash-protected`, `flash-command`, `loader-failed`. */
export function throwOnError({ name }: { readonly name: string }, address: number, status: number): void {
  const details = { command: name, address: address32(address), FLASH_SR: address32(status) };
  const at = `0x${hex32(address)}`;
  if (FLASH_SR.field(status, "WRPERR")) {
    const text = `The chip refused to ${name} at ${at}: the sector is write-protected (nWRP)`;
    throw new FlashError("flash-protected", text, { details });
  }
  if (FLASH_SR.field(status, "OPERR")) {
    throw new FlashError("loader-failed", `The chip could not ${name} at ${at}: the operation failed`, { details });
  }
  if ((status & ERRORS) !== 0) {
    const text = `The chip refused to ${name} at ${at} (FLASH_SR 0x${hex32(status)})`;
    throw new FlashError("flash-command", text, { details });
  }
}
