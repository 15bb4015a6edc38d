import { HostError } from "../../base/errors.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { nameOf } from "../../host/open-device.ts";
import { type OpenProbe, openProbe } from "../../node/probes.ts";
import { probeDevices } from "../../node/usb/probe-devices.ts";
import { UsbError } from "../../usb/usb-error.ts";
import type { ProbeRow } from "../protocol.ts";
import { Traffic } from "../work/timeline.ts";
import type { BoardHost, HostProbe, OpenRequest, ServeBoard } from "../work/board/board-host.ts";

/** How long another page has for giving a probe up, in microseconds, and how often it is looked. */
const GIVE_UP_US = 3_000_000;
const LOOK_US = 50_000;

/** A probe as this machine offers it: the selector is this program's own, never a page's. */
interface Offered extends ProbeRow {
  readonly selector: string;
}

/** Makes what serves an open probe's target to other programs. */
export type ServeProbe = (open: OpenProbe) => ServeBoard;

/** This machine's probes for any number of pages, one page at a time for each; and the one that was named, a twin perhaps. */
export class MachineHost implements BoardHost {
  private readonly named: string | undefined;
  private readonly serving: ServeProbe | undefined;
  private readonly held = new Map<string, OpenRequest>();

  /** `serving` has what serves an open probe's target to other programs. */
  constructor(named: string | undefined, serving?: ServeProbe) {
    this.named = named;
    this.serving = serving;
  }

  async probes(): Promise<readonly ProbeRow[]> {
    return (await this.offered()).map(({ id, name }) => ({ id, name }));
  }

  async open(id: string, request: OpenRequest): Promise<HostProbe> {
    const offered = (await this.offered()).find((probe) => probe.id === id);
    if (!offered) throw new HostError("probe-not-found", "The probe is not plugged in");
    await this.take(id, request);
    try {
      const traffic = new Traffic();
      const open = await openProbe(offered.selector, traffic);
      const { probe, clock, clockKind, close } = open;
      const release = () => this.release(id, request);
      const serve = this.serving && { serve: this.serving(open) };
      const isVirtual = clockKind === "virtual";
      return { probe, clock, isVirtual, traffic, ...serve, close: () => close().finally(release) };
    } catch (error) {
      this.release(id, request);
      throw error;
    }
  }

  private async take(id: string, request: OpenRequest): Promise<void> {
    const holder = this.held.get(id);
    if (holder && !(request.takeOver && holder.onAsked())) throw heldByPage(request.takeOver);
    const latest = wallClock.now() + GIVE_UP_US * 1e6;
    while (this.held.has(id) && wallClock.now() < latest) await wallClock.sleep(LOOK_US);
    if (this.held.has(id)) throw heldByPage(true);
    this.held.set(id, request);
  }

  private release(id: string, request: OpenRequest): void {
    if (this.held.get(id) === request) this.held.delete(id);
  }

  private async offered(): Promise<readonly Offered[]> {
    if (this.named !== undefined) return [{ id: "named", name: this.named, selector: this.named }];
    const devices = await probeDevices();
    return devices.map((device) => {
      const selector = `${hex4(device.vendorId)}:${hex4(device.productId)}${device.serialNumber ? `:${device.serialNumber}` : ""}`;
      return { id: selector, name: nameOf(device), selector };
    });
  }
}

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");

function heldByPage(wasAsked: boolean): UsbError {
  const text = wasAsked
    ? "Another page has the probe and keeps it: a job is under way there"
    : "Another page has the probe";
  return new UsbError("usb-busy", text, { details: { heldBy: "page" } });
}
