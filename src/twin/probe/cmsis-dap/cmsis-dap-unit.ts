import { ByteWriter } from "../../../base/bytes.ts";
import { CMSIS_DAP_IDENTITY, type CmsisDapKind } from "./cmsis-dap-identity.ts";
import { CmsisDapSwd } from "./cmsis-dap-swd.ts";
import type { TransferSettings } from "./cmsis-dap-transfer.ts";
import type { TargetWire } from "../probe-model.ts";
import { DapSwo, SWO_BUFFER } from "./cmsis-dap-swo.ts";

/** Bits of a pin byte (CMSIS-DAP, DAP_SWJ_Pins). */
const PIN = { SWCLK: 0x01, SWDIO: 0x02, TDI: 0x04, TDO: 0x08, NTRST: 0x20, NRESET: 0x80 } as const;
/** Pins that the probe drives by itself; the reset line belongs to the board. */
const OWN_PINS = PIN.SWCLK | PIN.SWDIO | PIN.TDI | PIN.NTRST;

const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);

/** The probe behind its commands: its wire, its pins, and what it says of itself. */
export class CmsisDapUnit {
  connected = false;
  readonly swd: CmsisDapSwd;
  readonly settings: TransferSettings = { waitRetry: 100, matchRetry: 0, matchMask: 0 };
  readonly swo: DapSwo;
  private levels: number = PIN.SWCLK | PIN.SWDIO | PIN.NTRST;
  private readonly wire: TargetWire;
  private readonly kind: CmsisDapKind;
  private readonly serial: string;

  constructor(wire: TargetWire, kind: CmsisDapKind, serial: string) {
    this.wire = wire;
    this.kind = kind;
    this.swo = new DapSwo(wire);
    this.serial = serial;
    this.swd = new CmsisDapSwd(wire, CMSIS_DAP_IDENTITY.defaultHz);
  }

  /** Bytes of one answer at most. */
  get packetSize(): number {
    return this.kind.packetSize;
  }

  /** The value that DAP_Info answers for an id, empty for what this probe does not have. */
  info(id: number): Uint8Array {
    switch (id) {
      case 0x01:
        return text(CMSIS_DAP_IDENTITY.manufacturer);
      case 0x02:
        return text(CMSIS_DAP_IDENTITY.product);
      case 0x03:
        return text(this.serial);
      case 0x04:
        return text(this.kind.protocol);
      case 0x09:
        return text(CMSIS_DAP_IDENTITY.firmware);
      case 0xf0:
        return Uint8Array.of(CMSIS_DAP_IDENTITY.capabilities);
      case 0xfd:
        return new ByteWriter().u32le(SWO_BUFFER).finish();
      case 0xfe:
        return Uint8Array.of(this.kind.packetCount);
      case 0xff:
        return new ByteWriter().u16le(this.kind.packetSize).finish();
      default:
        return new Uint8Array(0);
    }
  }

  /** SWCLK in hertz, as fast as the probe goes; 0 is refused. */
  setClock(hz: number): boolean {
    if (hz > 0) this.swd.clockHz = Math.min(hz, CMSIS_DAP_IDENTITY.maxHz);
    return hz > 0;
  }

  /** Sets the selected pins; a rising SWCLK is a clock with SWDIO as it stands. */
  setPins(output: number, select: number): void {
    const before = this.levels;
    const own = select & OWN_PINS;
    this.levels = (before & ~own) | (output & own);
    if ((select & PIN.NRESET) !== 0) this.wire.setReset((output & PIN.NRESET) === 0 ? 0 : 1, this.swd.at);
    const rises = (before & PIN.SWCLK) === 0 && (this.levels & PIN.SWCLK) !== 0;
    if (rises) this.swd.drive(Uint8Array.of((this.levels & PIN.SWDIO) === 0 ? 0 : 1), 1);
  }

  /** The levels of all pins; TDO is left to its pull-up. */
  pins(): number {
    return this.levels | PIN.TDO | (this.wire.resetLevel(this.swd.at) === 0 ? 0 : PIN.NRESET);
  }
}
