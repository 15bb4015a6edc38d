import type { Clock, Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { openControlPipe } from "../../pipe/control-pipe.ts";
import { openHidPipe } from "../../pipe/hid-pipe.ts";
import type { Pipe } from "../../pipe/pipe.ts";
import { openUsbPipe } from "../../pipe/usb-pipe.ts";
import type { HidDevice } from "../../usb/hid-device.ts";
import type { UsbDevice } from "../../usb/usb-device.ts";
import type { DapPort, PinLevels, PinName, Probe, ProbeInfo, Wire } from "../probe.ts";
import { ProbeError } from "../probe-error.ts";
import { cmsisDapPort } from "./cmsis-dap-link.ts";
import {
  CONNECT,
  DAP_PORT,
  DISCONNECT,
  HOST_STATUS,
  SWD_CONFIGURE,
  SWJ_CLOCK,
  SWJ_PINS,
  TRANSFER_CONFIGURE,
} from "./commands.ts";
import { dapInterface, isDapByControl } from "./dap-device.ts";
import { DapSwo } from "./swo.ts";
import { DapLink, type PacketShape } from "./dap-link.ts";
import { readFacts, readLimits, type DapFacts, type DeviceNames } from "./identity.ts";

/** How long a reset line may take to rise, in microseconds: some boards have a capacitor on it. */
const RISE_US = 100_000;

/** Lamps of DAP_HostStatus. */
const LAMP = { connected: 0 } as const;

/** Largest number of DAP_SWJ_Clock. */
const MAX_HZ = 0xffff_ffff;

/** A CMSIS-DAP probe, version 2 on USB bulk or version 1 on HID; throws `UsbError`, `PipeError`, `ProbeError`, `WaitError`. */
export class CmsisDapProbe implements Probe {
  private readonly link: DapLink;
  private readonly clock: Clock;
  private readonly facts: DapFacts;
  readonly swo?: DapSwo;

  private constructor(link: DapLink, clock: Clock, facts: DapFacts) {
    this.link = link;
    this.clock = clock;
    this.facts = facts;
    if (facts.hasSwo) this.swo = new DapSwo(link);
  }

  /** Claims the bulk interface of version 2, or that of older DAPLink, and asks what the probe is and can. */
  static async openUsb(device: UsbDevice, clock: Clock, io: Io = {}): Promise<CmsisDapProbe> {
    if (isDapByControl(device))
      return CmsisDapProbe.over(await openControlPipe(device, clock, io), "padded", device, clock, io);
    const pipe = await openUsbPipe(device, clock, dapInterface(device), io);
    return CmsisDapProbe.over(pipe, "exact", device, clock, io);
  }

  /** Opens the HID device of version 1 and asks what the probe is and can. */
  static async openHid(device: HidDevice, clock: Clock, io: Io = {}): Promise<CmsisDapProbe> {
    return CmsisDapProbe.over(await openHidPipe(device, clock, io), "padded", device, clock, io);
  }

  private static async over(pipe: Pipe, shape: PacketShape, device: DeviceNames, clock: Clock, io: Io) {
    const link = new DapLink(pipe, clock, shape, nameOf(device));
    try {
      link.limits = await readLimits(link, io);
      const facts = await readFacts(link, device, io);
      link.limits = { ...link.limits, isAtomic: facts.isAtomic };
      return new CmsisDapProbe(link, clock, facts);
    } catch (error) {
      await link.close().catch(() => {});
      throw error;
    }
  }

  get info(): ProbeInfo {
    return this.facts.info;
  }

  async connect(wire: Wire, hz: number, io: Io = {}): Promise<DapPort> {
    if (wire !== "swd") throw unsupported("JTAG is not supported yet");
    if (!this.facts.canSwd) throw unsupported("this probe has no SWD");
    const { link } = this;
    const clock = clockFor(hz);
    const settled = await link.inARow<unknown>([
      () => link.request(CONNECT, io, DAP_PORT.swd),
      () => link.request(SWJ_CLOCK, io, clock),
      // No retries in the probe, and data phases always: the port's overrun detection wants both.
      () => link.request(TRANSFER_CONFIGURE, io, 0, 0, 0),
      () => link.request(SWD_CONFIGURE, io, 1, true),
      () => link.request(HOST_STATUS, io, LAMP.connected, true),
    ]);
    const [port, ...rest] = settled;
    if (port.status === "fulfilled" && port.value !== DAP_PORT.swd)
      throw unsupported("the probe did not switch to SWD");
    const lamp = rest.pop();
    for (const each of [port, ...rest, ...(lamp && !isUnsupported(lamp) ? [lamp] : [])])
      if (each.status === "rejected") throw each.reason;
    return cmsisDapPort(this.link, this.clock);
  }

  /** The probe does not say what it really clocks; it is never faster than asked. */
  async setSpeed(hz: number, io: Io = {}): Promise<number> {
    const asked = clockFor(hz);
    await this.link.transact(SWJ_CLOCK, io, asked);
    return asked;
  }

  async setPins(pins: Partial<Record<PinName, 0 | 1>>, io: Io = {}): Promise<PinLevels> {
    return this.link.transact(SWJ_PINS, io, pins, pins.nreset === 1 ? RISE_US : 0);
  }

  /** Releases the target, as far as the probe still answers, and closes the device. */
  async close(): Promise<void> {
    try {
      await this.link.transact(HOST_STATUS, {}, LAMP.connected, false).catch(unlessUnsupported);
      await this.link.transact(DISCONNECT, {});
    } catch {
      // A probe that failed before cannot be reached any more; closing is all that is left.
    }
    await this.link.close();
  }
}

/** Lamps are optional: a probe without them may refuse. */
function unlessUnsupported(error: unknown): void {
  if (codeOf(error) !== "probe-unsupported") throw error;
}

const isUnsupported = (settled: PromiseSettledResult<unknown>): boolean =>
  settled.status === "rejected" && codeOf(settled.reason) === "probe-unsupported";

/** What DAP_SWJ_Clock is asked for; throws `probe-speed`. */
function clockFor(hz: number): number {
  if (!(hz >= 1)) throw new ProbeError("probe-speed", `A probe cannot clock at ${hz} Hz`, { details: { hz } });
  return Math.min(Math.floor(hz), MAX_HZ);
}

const nameOf = ({ productName, serialNumber }: DeviceNames): string =>
  [productName ?? "CMSIS-DAP", serialNumber].filter((part) => part).join(" ");

const unsupported = (why: string) =>
  new ProbeError("probe-unsupported", `Cannot connect: ${why}`, { details: { why } });
