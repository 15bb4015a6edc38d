import { type Clock, type Io, within } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import { codeOf } from "../../base/errors.ts";
import type { Pipe } from "../../pipe/pipe.ts";
import { drainUsb, openUsbPipe } from "../../pipe/usb-pipe.ts";
import { isVendorInterface } from "../../usb/bulk-interface.ts";
import type { UsbDevice } from "../../usb/usb-device.ts";
import type { DapPort, PinLevels, PinName, Probe, ProbeInfo, Wire } from "../probe.ts";
import { ProbeError } from "../probe-error.ts";
import { swdPort } from "../swd/swd-link.ts";
import type { Capabilities } from "./capabilities.ts";
import {
  FREE_MEMORY,
  JLINK_INTERFACE,
  type JLinkSpeeds,
  type JLinkState,
  PIN_COMMANDS,
  SELECT_INTERFACE,
  SET_SPEED,
  STATE,
} from "./commands.ts";
import {
  identityOf,
  type NamedDevice,
  readCapabilities,
  readDetails,
  readFirmware,
  readSpeeds,
  serialFrom,
} from "./identity.ts";
import { JLinkLink } from "./jlink-link.ts";
import { cannotConnect, JLinkWire } from "./jlink-wire.ts";
import { JLinkSwo } from "./swo.ts";
import { REGISTER, UNREGISTER } from "./registration.ts";

/** Free memory of a probe that does not say; OpenOCD's buffer for one direction is 2048 bytes then. */
const DEFAULT_FREE_MEMORY = 4096 + 16;

/** What a probe without GET_SPEEDS is taken to manage (as OpenOCD does): 12 MHz. */
const DEFAULT_SPEEDS: JLinkSpeeds = { baseHz: 12_000_000, minDivider: 1 };

/** The largest number that SET_SPEED can say; 0xFFFF means adaptive clocking. */
const MAX_KHZ = 0xfffe;

/** What is read once, when the probe is opened. */
interface Facts {
  readonly can: Capabilities;
  readonly info: ProbeInfo;
  readonly speeds: JLinkSpeeds;
  readonly freeMemory: number;
  readonly handle: number | undefined;
}

/**
 * Time for a probe to answer the first questions before it counts as one that holds a stale response, in milliseconds: the
 * wait for the rest of a response whose length was read from another one. The second time has the deadlines of the commands.
 */
const FIRST_ASK_MS = 2000;

/** A J-Link on USB; throws `UsbError`, `PipeError`, `ProbeError` and `WaitError`. */
export class JLinkProbe implements Probe {
  private readonly link: JLinkLink;
  private readonly clock: Clock;
  private readonly facts: Facts;
  private details: Pick<ProbeInfo, "hardware" | "licenses"> | undefined;
  readonly swo?: JLinkSwo;

  private constructor(link: JLinkLink, clock: Clock, facts: Facts) {
    this.link = link;
    this.clock = clock;
    this.facts = facts;
    if (facts.can.has("SWO")) this.swo = new JLinkSwo(link, facts.freeMemory);
  }

  /**
   * Claims the probe, asks what it is and can, and registers with it where it wants that. A probe that answers beside
   * the point may still hold a stale response of an earlier session; it is drained and asked once more.
   */
  static async open(device: UsbDevice, clock: Clock, io: Io = {}): Promise<JLinkProbe> {
    // Of an interface that can't be claimed in time nothing can be drained.
    const pipe = await openUsbPipe(device, clock, isVendorInterface, io);
    try {
      return await JLinkProbe.overPipe(pipe, device, clock, within(clock, FIRST_ASK_MS, io));
    } catch (error) {
      if (!["timeout", "probe-protocol"].includes(codeOf(error) ?? "")) throw error;
      checkIo(clock, io, "the J-Link to open");
      await drainUsb(device, clock);
      return JLinkProbe.openOnce(device, clock, io);
    }
  }

  private static async openOnce(device: UsbDevice, clock: Clock, io: Io): Promise<JLinkProbe> {
    return JLinkProbe.overPipe(await openUsbPipe(device, clock, isVendorInterface, io), device, clock, io);
  }

  /** The same over a pipe that is open already, as over TCP; the pipe is closed when it leads to no J-Link. */
  static async overPipe(pipe: Pipe, device: NamedDevice, clock: Clock, io: Io = {}): Promise<JLinkProbe> {
    const name = [device.productName ?? "J-Link", serialFrom(device.serialNumber ?? "")].join(" ").trim();
    const link = new JLinkLink(pipe, clock, name);
    try {
      // The firmware's line first: another device fails here at once.
      const firmware = await readFirmware(link, io);
      const can = await readCapabilities(link, io);
      return new JLinkProbe(link, clock, {
        can,
        info: identityOf(device, firmware),
        speeds: can.has("SPEED_INFO") ? await readSpeeds(link, io) : DEFAULT_SPEEDS,
        freeMemory: can.has("GET_MAX_BLOCK_SIZE") ? await link.transact(FREE_MEMORY, io) : DEFAULT_FREE_MEMORY,
        handle: can.has("REGISTER") ? await link.transact(REGISTER, io, 0) : undefined,
      });
    } catch (error) {
      await link.close().catch(() => {});
      throw error;
    }
  }

  get info(): ProbeInfo {
    return { ...this.facts.info, ...this.details };
  }

  /** Hardware version and licences. */
  async readDetails(io: Io = {}): Promise<void> {
    this.details ??= await readDetails(this.link, this.facts.can, io);
  }

  /** Speeds that the probe can make: base frequency and smallest divider. */
  get speeds(): JLinkSpeeds {
    return this.facts.speeds;
  }

  async connect(wire: Wire, hz: number, io: Io = {}): Promise<DapPort> {
    if (wire !== "swd") throw cannotConnect("JTAG is not supported yet");
    if (!this.facts.can.has("SELECT_IF")) throw cannotConnect("this J-Link knows JTAG only");
    // Which interfaces there are is asked where nothing answers: a probe without SWD is taken to leave the wire silent
    // (unsure). SELECT_IF may reset the speed, so it comes first.
    await this.link.transact(SELECT_INTERFACE, io, JLINK_INTERFACE.swd);
    await this.setSpeed(hz, io);
    return swdPort(new JLinkWire(this.link, this.facts.freeMemory), this.clock);
  }

  async setSpeed(hz: number, io: Io = {}): Promise<number> {
    const real = realSpeed(this.facts.speeds, hz);
    await this.link.transact(SET_SPEED, io, real.kHz);
    return real.hz;
  }

  async setPins(pins: Partial<Record<PinName, 0 | 1>>, io: Io = {}): Promise<PinLevels> {
    for (const [name, level] of Object.entries(pins) as [PinName, 0 | 1][]) {
      await this.link.transact(PIN_COMMANDS[name][level], io);
    }
    return (await this.state(io)).pins;
  }

  async targetVoltage(io: Io = {}): Promise<number> {
    return (await this.state(io)).targetMv;
  }

  /** Supply and pins in one command. */
  state(io: Io = {}): Promise<JLinkState> {
    return this.link.transact(STATE, io);
  }

  /** Gives the registration back, as far as the probe still answers, and closes the device. */
  async close(): Promise<void> {
    try {
      if (this.facts.handle !== undefined) await this.link.transact(UNREGISTER, {}, this.facts.handle);
    } catch {
      // A probe that failed before cannot take its registration back; closing is all that is left.
    }
    await this.link.close();
  }
}

/**
 * The clock that a probe really uses for a requested one: the base frequency over a whole divider, never faster.
 * Throws `probe-speed` below 1 kHz, which the protocol cannot say.
 */
export function realSpeed(speeds: JLinkSpeeds, hz: number): { readonly kHz: number; readonly hz: number } {
  if (!(hz >= 1000))
    throw new ProbeError("probe-speed", `A J-Link cannot clock at ${hz} Hz, 1000 is the least`, { details: { hz } });
  const divider = Math.max(speeds.minDivider, Math.ceil(speeds.baseHz / hz));
  const real = Math.floor(speeds.baseHz / divider);
  return { kHz: Math.min(MAX_KHZ, Math.floor(Math.min(hz, speeds.baseHz / speeds.minDivider) / 1000)), hz: real };
}
