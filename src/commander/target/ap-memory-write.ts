import type { Io } from "../../base/clock.ts";
import { FlashproofError } from "../../base/errors.ts";
import { BD0, CSW, DRW, TAR } from "../../registers/mem-ap.ts";
import { isCalledOff } from "../run/failure.ts";
import type { RawPort } from "./raw-port.ts";

/** Bytes that go to memory by one write to an access port. */
export interface MemoryWrite {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * What a write to DRW or to BD0 to BD3 of a MEM-AP will write to memory, by the CSW and TAR that the access port holds;
 * undefined where it doesn't let them be read.
 */
export async function memoryWriteOf(
  port: RawPort,
  register: number,
  value: number,
  io: Io,
): Promise<MemoryWrite | undefined> {
  try {
    const [csw, tar] = await port.peek([CSW.address, TAR.address], io);
    return memoryWriteBy({ csw, tar }, register, value);
  } catch (error) {
    if (!(error instanceof FlashproofError) || isCalledOff(error)) throw error;
    return undefined;
  }
}

/** The same by CSW and TAR that are known. */
export const memoryWriteBy = (
  { csw, tar }: { readonly csw: number; readonly tar: number },
  register: number,
  value: number,
): MemoryWrite => (register === DRW.address ? throughDrw(csw, tar, value) : throughBanked(tar, register, value));

/** Whether a MEM-AP's register is one by which memory is written: DRW, BD0 to BD3. */
export const writesMemory = (register: number): boolean =>
  register === DRW.address || (register & ~0xf) === BD0.address;

/** BD0 to BD3 write a word each of the sixteen bytes around TAR (ADIv5.2 (IHI 0031F), C2.6.2). */
const throughBanked = (tar: number, register: number, value: number): MemoryWrite => ({
  address: ((tar & ~0xf) >>> 0) + (register - BD0.address),
  bytes: Uint8Array.from({ length: 4 }, (_, index) => byteOf(value, index)),
});

/** DRW writes one item, or packed ones up to a word; each byte is in the byte lane of its address (C2.2.6, C2.2.7). */
function throughDrw(csw: number, tar: number, value: number): MemoryWrite {
  const isPacked = CSW.field(csw, "AddrInc") === PACKED;
  const length = isPacked ? 4 : Math.min(4, 1 << CSW.field(csw, "Size"));
  return { address: tar, bytes: Uint8Array.from({ length }, (_, i) => byteOf(value, (tar + i) & 3)) };
}

/** CSW.AddrInc: smaller items fill a word. */
const PACKED = 2;

const byteOf = (value: number, index: number): number => (value >>> (8 * index)) & 0xff;
