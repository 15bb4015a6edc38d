import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";
import { IDR } from "../registers/mem-ap.ts";

/** What an access port's IDR says. */
export interface ApIdentity {
  readonly index: number;
  readonly idr: u32;
  /** As J-Link prints it: `AHB-AP`, `APB-AP`, `AXI-AP`, `JTAG-AP`, `COM-AP`. */
  readonly name: string;
  /** Whether memory lies behind it (IDR.CLASS 8). */
  readonly isMemory: boolean;
  /** JEP106 code: continuation in bits 10:7, identity in 6:0. */
  readonly designer: number;
}

/** IDR.CLASS (ADIv5.2 (IHI 0031F), C1.3.1). */
const CLASS = { none: 0x0, com: 0x1, memory: 0x8 } as const;

/** IDR.TYPE of a MEM-AP (ADIv5.2, table C1-2); 5 and later are (unsure). */
const MEMORY_TYPES: { readonly [type: number]: string } = {
  1: "AHB-AP",
  2: "APB-AP",
  4: "AXI-AP",
  5: "AHB-AP",
  6: "APB-AP",
  7: "AXI-AP",
  8: "AHB-AP",
};

/** The numbers that are asked; nRF91 and MSPM0 have a port 4 beyond a gap. Ports above 7 are not looked for. */
const SCANNED = [0, 1, 2, 3, 4, 5, 6, 7];

/** Reads an IDR; class 0 and type 0 print as JTAG-AP, which is how J-Link names vendors' own ports. */
export function decodeIdr(index: number, idr: u32): ApIdentity {
  const kind = IDR.field(idr, "CLASS");
  const isMemory = kind === CLASS.memory;
  const name = isMemory ? (MEMORY_TYPES[IDR.field(idr, "TYPE")] ?? "MEM-AP") : nameOfClass(kind);
  return { index, idr, name, isMemory, designer: IDR.field(idr, "DESIGNER") };
}

/**
 * The access ports with numbers 0 to 7, by their IDRs alone: the first access to a port of an unknown chip must be
 * harmless. There may be gaps between them; an IDR of 0 says that there is no port.
 */
export async function scanAps(dp: ApScanner, io: Io = {}): Promise<readonly ApIdentity[]> {
  const idrs = await dp.readOfEach(SCANNED, IDR.address, io);
  return [...idrs].flatMap((idr, index) => (idr === 0 ? [] : [decodeIdr(index, idr)]));
}

/** Whatever reads one register of several access ports: the debug port. */
export interface ApScanner {
  readOfEach(indexes: readonly number[], address: number, io?: Io): Promise<Uint32Array>;
}

function nameOfClass(kind: number): string {
  if (kind === CLASS.none) return "JTAG-AP";
  return kind === CLASS.com ? "COM-AP" : "Unknown AP";
}
