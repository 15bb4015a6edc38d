import { HostError } from "../base/errors.ts";
import type { HostProbe } from "../commander/host.ts";
import { findDriver } from "../probe/drivers.ts";
import { openProbe } from "../node/probes.ts";
import type { Twin } from "../twin/usb.ts";

/**
 * Opens probes by their selectors. A simulated board without a state file lives as long as the process: a second
 * connection finds it as the first one left it.
 */
export class KeptBoard {
  private twin: Twin | undefined;

  async open(selector: string | undefined): Promise<HostProbe> {
    if (this.twin) return reopen(this.twin);
    const open = await openProbe(selector);
    if (selector?.startsWith("twin:") && !/[,:]state=/.test(selector)) this.twin = open.twin;
    return open;
  }
}

async function reopen(twin: Twin): Promise<HostProbe> {
  const device = twin.hid ?? twin.device;
  const probe = await findDriver(device)?.open(device, twin.clock);
  if (!probe) throw new HostError("probe-not-found", "No driver for the simulated probe");
  return { probe, clock: twin.clock, close: () => probe.close() };
}
