import { HostError } from "../../base/errors.ts";
import { Trace } from "../../base/trace.ts";
import { nameOf, openDevice } from "../../host/open-device.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { findDriver, type ProbeDevice } from "../../probe/drivers.ts";
import type { BoardHost, OpenRequest } from "../work/board/board-host.ts";
import { Traffic } from "../work/timeline.ts";
import { takeProbe } from "./probe-lock.ts";
import { WebHidDevice } from "./web-hid.ts";
import { WebUsbDevice } from "./web-usb.ts";

/** A granted device, as the browser has it and as drivers see it. */
interface Granted {
  readonly id: string;
  readonly device: ProbeDevice;
  readonly granted: GrantedUsbDevice | GrantedHidDevice;
}

/** The probes that this browser was allowed to use, by WebUSB and WebHID. */
export const browserHost: BoardHost = {
  async probes() {
    return (await grantedProbes()).map(({ id, device }) => ({ id, name: nameOf(device) }));
  },
  async open(id, request) {
    const found = (await grantedProbes()).find((probe) => probe.id === id);
    if (!found) throw new HostError("probe-not-found", "The probe is not plugged in, or this page may not use it");
    const release = await takeProbe(id, request);
    try {
      return await opened(found, request, release);
    } catch (error) {
      release();
      throw error;
    }
  },
};

async function opened({ device, granted }: Granted, request: OpenRequest, release: () => void) {
  const traffic = new Traffic();
  const probe = await openDevice(device, wallClock, new Trace(wallClock, traffic));
  const api = device instanceof WebHidDevice ? navigator.hid : navigator.usb;
  const gone = (event: Event) => {
    if ((event as Event & { readonly device?: unknown }).device !== granted) return;
    if (device instanceof WebHidDevice) device.unplugged();
    request.onGone();
  };
  api?.addEventListener("disconnect", gone);
  const close = async () => {
    api?.removeEventListener("disconnect", gone);
    await probe.close().finally(release);
  };
  return { probe, clock: wallClock, isVirtual: false, traffic, close };
}

/** Granted devices that a driver knows, each with an id that lasts as long as it is plugged in. */
async function grantedProbes(): Promise<readonly Granted[]> {
  const usb = (await navigator.usb?.getDevices()) ?? [];
  const hid = (await navigator.hid?.getDevices()) ?? [];
  const all = [
    ...usb.map((granted) => ({ granted, device: new WebUsbDevice(granted), bus: "usb" })),
    ...hid.map((granted) => ({ granted, device: new WebHidDevice(granted), bus: "hid" })),
  ].filter(({ device }) => findDriver(device) !== undefined);
  return all.map(({ granted, device, bus }, i) => {
    const id = idOf(device, bus);
    const before = all.slice(0, i).filter((other) => idOf(other.device, other.bus) === id).length;
    return { granted, device, id: before === 0 ? id : `${id} ${before + 1}` };
  });
}

const idOf = ({ vendorId, productId, serialNumber = "" }: ProbeDevice, bus: string): string =>
  `${bus} ${vendorId.toString(16)}:${productId.toString(16)} ${serialNumber}`;
