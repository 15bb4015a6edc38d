import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";
import { IDR } from "../registers/mem-ap.ts";
import type { AccessPort } from "./access-port.ts";

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

/** The highest number that SELECT.APSEL can name. */
const LAST_AP = 255;

/** Reads an IDR; class 0 and type 0 print as JTAG-AP, which is how J-Link names vendors' own ports such as MDM-AP. */
export function decodeIdr(index: number, idr: u32): ApIdentity {
  const kind = IDR.field(idr, "CLASS");
  const isMemory = kind === CLASS.memory;
  const name = isMemory ? (MEMORY_TYPES[IDR.field(idr, "TYPE")] ?? "MEM-AP") : nameOfClass(kind);
  return { index, idr, name, isMemory, designer: IDR.field(idr, "DESIGNER") };
}

/** The access ports from number 0 up to the first whose IDR is zero, which is where the map ends. */
export async function scanAps(
  dp: { accessPort(index: number): AccessPort },
  io: Io = {},
): Promise<readonly ApIdentity[]> {
  const found: ApIdentity[] = [];
  for (let index = 0; index <= LAST_AP; index++) {
    const idr = await dp.accessPort(index).read(IDR.address, io);
    if (idr === 0) break;
    found.push(decodeIdr(index, idr));
  }
  return found;
}

function nameOfClass(kind: number): string {
  if (kind === CLASS.none) return "JTAG-AP";
  return kind === CLASS.com ? "COM-AP" : "Unknown AP";
}
