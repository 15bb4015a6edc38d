import type { BatchMemory, MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import type { Io } from "../../base/clock.ts";
import { address32 } from "../../base/u32.ts";
import type { Range } from "../../chips/flash-bank.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { IO_QSPI_SS_CTRL, SSI_DR0, SSI_SR } from "./registers.ts";

/** Instructions that read status register 1 and 2 (W25Q16JV data sheet, 8.2.4). */
const READ_STATUS = [0x05, 0x35] as const;
const SELECT = { low: 2, high: 3 } as const;

/** Status registers of the flash chip as one number: 1 in the low byte, 2 above it. */
export async function readFlashStatus(memory: BatchMemory, io: Io): Promise<number> {
  const [first, second] = [await statusOnce(memory, io), await statusOnce(memory, io)];
  if (first !== second) throw unsteadyRead("The flash chip's status");
  return first;
}

/** The interface has to be in frames of 8 bits, both ways, as the boot ROM leaves it for commands. */
async function statusOnce(memory: BatchMemory, io: Io): Promise<number> {
  let status = 0;
  for (const [i, instruction] of READ_STATUS.entries()) {
    const words = await memory.run([select("low"), put(instruction), put(0), sent(), take, take, select("high")], io);
    status |= (words[words.length - 1] & 0xff) << (8 * i);
  }
  return status;
}

const select = (how: keyof typeof SELECT): MemoryOp => ({
  op: "write",
  address: IO_QSPI_SS_CTRL.address,
  width: 32,
  value: IO_QSPI_SS_CTRL.of({ OUTOVER: SELECT[how] }),
});

const put = (value: number): MemoryOp => ({ op: "write", address: SSI_DR0.address, width: 32, value });

const take: MemoryOp = { op: "read", address: SSI_DR0.address, width: 32 };

const sent = (): MemoryOp => ({
  op: "until",
  address: SSI_SR.address,
  width: 32,
  mask: SSI_SR.of({ TFE: 1, BUSY: 1, RFNE: 1 }),
  value: SSI_SR.of({ TFE: 1, RFNE: 1 }),
});

/** Bits of the status registers that protect (W25Q16JV data sheet, 7.1). */
const STATUS = { BP_SHIFT: 2, TB: 0x20, SEC: 0x40, CMP: 0x4000 } as const;

/**
 * What of a flash of `size` bytes the status registers protect, from its first byte on; undefined where nothing is. Bits
 * BP0 to BP2, TB and SEC name a share at one end, CMP the rest of it (W25Q16JV data sheet, 7.1.16).
 */
export function protectedPart(status: number, size: number): Range | undefined {
  const share = shareOf((status >> STATUS.BP_SHIFT) & 7, (status & STATUS.SEC) !== 0, size);
  const atBottom = (status & STATUS.TB) !== 0;
  const isRest = (status & STATUS.CMP) !== 0;
  const length = isRest ? size - share : share;
  if (length === 0) return undefined;
  return { start: atBottom !== isRest ? 0 : size - length, length };
}

/** The flash ignores what its status protects, and says nothing of it: the error of a loader that looks. */
export function protectedError({ start, length }: Range, address: number, command: string): FlashError {
  const at = address32(address);
  const text = `The flash chip's status register protects ${address32(start)} to ${address32(start + length - 1)}: it would not ${command} at ${at}`;
  return new FlashError("flash-protected", text, { details: { command, address: at } });
}

/** 1/32 of the flash for BP = 1, twice that for each more; sectors of 4 to 32 KB with SEC; all of it for 7. */
function shareOf(bp: number, inSectors: boolean, size: number): number {
  if (bp === 0 || bp === 7) return bp === 0 ? 0 : size;
  return inSectors ? Math.min(0x1000 << (bp - 1), 0x8000) : Math.min((size / 32) << (bp - 1), size);
}
