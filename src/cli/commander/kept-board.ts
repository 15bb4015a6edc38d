import { HostError } from "../../base/errors.ts";
import { Trace, type TraceSink } from "../../base/trace.ts";
import type { HostProbe, SeenProbe } from "../../commander/host.ts";
import { pacedRest } from "../../node/boards/pacer.ts";
import { openProbe, openTwinProbe } from "../../node/probes.ts";
import { parseSelector } from "../../node/selector.ts";
import { plugInTwin } from "../../node/boards/twins.ts";
import type { Twin } from "../../twin/usb.ts";

/**
 * Opens probes by their selectors. A simulated board without a state file lives as long as the process: a second
 * connection finds it as the first one left it. Commands run in lock-step; only waits follow the wall clock.
 */
export class KeptBoard {
  private twin: Twin | undefined;
  private readonly sink: TraceSink | undefined;

  constructor(sink?: TraceSink) {
    this.sink = sink;
  }

  async open(selector: string | undefined): Promise<HostProbe> {
    if (this.twin) return reopen(this.twin, this.sink);
    const open = await openProbe(selector, this.sink);
    if (selector?.startsWith("twin:") && !/[,:]state=/.test(selector)) this.twin = open.twin;
    return open.twin ? { ...open, pace: () => pacedRest(open.clock) } : open;
  }
}

/** The probe of a simulated board, whoever uses the board's state file just now: a look at the probe touches no board. */
export async function lookAtTwin(selector: string): Promise<SeenProbe> {
  const board = parseSelector(selector);
  if (board.kind !== "twin") throw new HostError("probe-selector", `"${selector}" is no simulated board`);
  const { twin } = plugInTwin({ ...board, stateFile: undefined });
  const { probe, close } = await reopen(twin);
  await close();
  return { serial: probe.info.serial, product: probe.info.product };
}

async function reopen(twin: Twin, sink?: TraceSink): Promise<HostProbe> {
  const trace = sink && new Trace(twin.clock, sink);
  const { probe, clock } = await openTwinProbe(twin, trace);
  return { probe, clock, pace: () => pacedRest(clock), close: () => probe.close(), ...(trace && { trace }) };
}
