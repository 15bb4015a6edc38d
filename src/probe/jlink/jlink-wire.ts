import type { Io } from "../../base/clock.ts";
import { ProbeError } from "../probe-error.ts";
import type { SwdBits } from "../swd/swd-bits.ts";
import type { SwdWire } from "../swd/swd-wire.ts";
import {
  AVAILABLE_INTERFACES,
  CLOCK_BITS,
  CLOCK_OVERHEAD,
  JLINK_INTERFACE,
  MAX_CLOCKS,
  SELECT_INTERFACE,
} from "./commands.ts";
import type { JLinkLink } from "./jlink-link.ts";

/** The wire behind HW_JTAG3: each exchange is one command, as long as the probe's free memory allows. */
export class JLinkWire implements SwdWire {
  readonly maxClocks: number;
  private readonly link: JLinkLink;
  /** Whether the probe was asked for its interfaces, and has SWD. */
  private isChecked = false;

  constructor(link: JLinkLink, freeMemory: number) {
    this.link = link;
    this.maxClocks = clocksWithin(freeMemory);
  }

  async exchange(bits: SwdBits, io: Io): Promise<Uint8Array> {
    const { sampled, status } = await this.link.transact(CLOCK_BITS, io, bits);
    if (status !== 0) throw clockError(status, bits.count);
    return sampled;
  }

  async checkProbe(): Promise<void> {
    if (this.isChecked) return;
    const available = await this.link.transact(SELECT_INTERFACE, {}, AVAILABLE_INTERFACES);
    if (((available >>> JLINK_INTERFACE.swd) & 1) === 0) throw cannotConnect("this J-Link has no SWD");
    this.isChecked = true;
  }
}

/** The error of a probe that lacks what a connection needs. */
export const cannotConnect = (why: string): ProbeError =>
  new ProbeError("probe-unsupported", `Cannot connect: ${why}`, { details: { why } });

/** Clocks for which the probe has room: a bit for the direction and one for the level. */
export const clocksWithin = (freeMemory: number): number =>
  Math.min(MAX_CLOCKS, Math.floor((freeMemory - CLOCK_OVERHEAD) / 2) * 8);

/** Status of HW_JTAG3 that says that the request was too long (RM08001, 5.5.13). */
const NO_MEMORY = 6;

function clockError(status: number, clocks: number): ProbeError {
  const code = status === NO_MEMORY ? "probe-memory" : "probe-protocol";
  const text = `The J-Link answered status ${status} to ${clocks} clocks`;
  return new ProbeError(code, text, { details: { status, clocks } });
}
