import type { UsbDevice, UsbInResult, UsbInterface, UsbOutResult } from "../../usb/usb-device.ts";
import type { TwinClock } from "../clock.ts";
import type { FaultPlan } from "../fault-plan.ts";
import type { Fault, FaultKind } from "../faults.ts";
import { BulkTransfers } from "./bulk-transfers.ts";
import type { ProbeDescriptor, ProbeModel } from "./probe-model.ts";
import { TwinUsbError } from "./twin-usb-error.ts";
import type { UsbTiming } from "./usb-timing.ts";

/** A probe, ready to be plugged in. */
export interface PluggedProbe {
  readonly model: ProbeModel;
  readonly descriptor: ProbeDescriptor;
  readonly timing: UsbTiming;
}

/** Where the device is plugged in: its time, what goes wrong there, and the seed of the garbage. */
export interface UsbPort {
  readonly clock: TwinClock;
  readonly faults: FaultPlan;
  readonly seed: number;
  /** Called for each transfer, after it was counted. */
  readonly onTransfer: () => void;
}

type Direction = "in" | "out";

/** What strikes an OUT transfer, what an IN transfer. */
const FAULTS: { readonly [direction in Direction]: readonly FaultKind[] } = {
  out: ["unplug", "stall", "drop", "double", "flip"],
  in: ["unplug", "stall", "late", "short", "long", "garbage", "drop", "double", "flip"],
};

/**
 * A probe model as a WebUSB device: transfers take the time that the timing says, faults strike as planned.
 *
 * Rejects as a browser does, with errors named InvalidStateError, NotFoundError, NetworkError (unplugged) and
 * AbortError (closed under a transfer). An IN transfer that nothing will answer drives lock-step time to the next
 * alarm, or stays pending where there is none.
 */
export class TwinUsbDevice implements UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturerName: string;
  readonly productName: string;
  readonly serialNumber: string;
  readonly configuration: NonNullable<UsbDevice["configuration"]>;
  opened = false;
  private readonly port: UsbPort;
  private transfers: BulkTransfers;
  private readonly claimed = new Set<number>();
  private readonly halted = new Set<Direction>();
  private unplugged = false;

  constructor({ model, descriptor, timing }: PluggedProbe, port: UsbPort) {
    this.vendorId = descriptor.vendorId;
    this.productId = descriptor.productId;
    this.manufacturerName = descriptor.manufacturerName;
    this.productName = descriptor.productName;
    this.serialNumber = descriptor.serialNumber;
    this.configuration = descriptor.configuration;
    this.port = port;
    this.transfers = new BulkTransfers(model, timing, port.clock, port.seed);
  }

  async open(): Promise<void> {
    this.mustBePlugged();
    this.opened = true;
  }

  async close(): Promise<void> {
    this.opened = false;
    this.claimed.clear();
    this.transfers.abandon(new TwinUsbError("AbortError", "The device was closed"));
  }

  async selectConfiguration(value: number): Promise<void> {
    this.mustBeOpen();
    if (value !== this.configuration.configurationValue) throw notFound(`There is no configuration ${value}`);
  }

  async claimInterface(number: number): Promise<void> {
    this.mustBeOpen();
    const known = this.configuration.interfaces.some((one) => one.interfaceNumber === number);
    if (!known) throw notFound(`There is no interface ${number}`);
    this.claimed.add(number);
  }

  async releaseInterface(number: number): Promise<void> {
    this.mustBeOpen();
    this.claimed.delete(number);
  }

  async clearHalt(direction: Direction, endpoint: number): Promise<void> {
    this.mustHaveEndpoint(direction, endpoint);
    this.halted.delete(direction);
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    this.mustHaveEndpoint("out", endpoint);
    const fault = this.strike("out");
    return this.halted.has("out") ? { status: "stall", bytesWritten: 0 } : this.transfers.out(data.slice(), fault);
  }

  async transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    this.mustHaveEndpoint("in", endpoint);
    const fault = this.strike("in");
    return this.halted.has("in") ? { status: "stall" } : this.transfers.in(length, fault);
  }

  /** Pulls the plug: whatever is under way fails, and nothing works any more. */
  unplug(): void {
    this.unplugged = true;
    this.opened = false;
    this.transfers.abandon(new TwinUsbError("NetworkError", "The device was unplugged"));
  }

  /** Pulls the plug and puts it in again: the probe, the same one, starts afresh; whatever was under way fails. */
  replug({ model, timing }: PluggedProbe): void {
    this.unplug();
    this.claimed.clear();
    this.halted.clear();
    this.transfers = new BulkTransfers(model, timing, this.port.clock, this.port.seed);
    this.unplugged = false;
  }

  /** Counts a transfer; the fault that strikes it has happened already or is the answer's to suffer. */
  private strike(direction: Direction): Fault | undefined {
    this.port.faults.reach("usb", this.port.clock.now());
    this.port.onTransfer();
    const fault = this.port.faults.take(FAULTS[direction]);
    if (fault?.kind === "stall") this.halted.add(direction);
    if (fault?.kind !== "unplug") return fault;
    this.unplug();
    throw new TwinUsbError("NetworkError", "The device was unplugged");
  }

  private mustBePlugged(): void {
    if (this.unplugged) throw notFound("The device is not plugged in any more");
  }

  private mustBeOpen(): void {
    this.mustBePlugged();
    if (!this.opened) throw new TwinUsbError("InvalidStateError", "The device must be opened first");
  }

  private mustHaveEndpoint(direction: Direction, number: number): void {
    this.mustBeOpen();
    const interfaces = this.configuration.interfaces;
    const has = (one: UsbInterface) => this.claimed.has(one.interfaceNumber) && hasEndpoint(one, direction, number);
    if (!interfaces.some(has)) throw notFound(`No claimed interface has endpoint ${number} ${direction}`);
  }
}

const hasEndpoint = ({ alternates }: UsbInterface, direction: Direction, number: number): boolean =>
  alternates.some(({ endpoints }) =>
    endpoints.some((one) => one.direction === direction && one.endpointNumber === number),
  );

const notFound = (message: string) => new TwinUsbError("NotFoundError", message);
