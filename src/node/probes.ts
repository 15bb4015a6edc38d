import type { Clock } from "../base/clock.ts";
import { HostError } from "../base/errors.ts";
import { Trace, type TraceSink } from "../base/trace.ts";
import { findDriver, type ProbeDevice } from "../probe/drivers.ts";
import type { Probe } from "../probe/probe.ts";
import type { Twin } from "../twin/usb.ts";
import { breathing, type Simulated } from "./boards/breathing.ts";
import { nameOf, openDevice } from "../host/open-device.ts";
import { parseSelector, type Selector } from "./selector.ts";
import { openTcpJlink } from "./tcp-jlink.ts";
import { plugInTwin, type UartSink } from "./boards/twins.ts";
import { probeDevices } from "./usb/probe-devices.ts";
import { wallClock } from "../host/wall-clock.ts";

/** A probe that is open, with the clock its answers are timed by. */
export interface OpenProbe {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly clockKind: "virtual" | "wall";
  /** Present where the user asked for a trace: what the layers above write their records to. */
  readonly trace?: Trace;
  /** The board is forgotten when the process ends: nothing that is done to it outlives that. */
  readonly isForgotten?: boolean;
  /** The board behind a twin, for tests. */
  readonly twin?: Twin;
  /** Receives what a twin's chip sends on its UART; absent on real boards. */
  onUart?(sink: UartSink): void;
  /** Closes the probe; a twin with a state file keeps its state there. */
  close(): Promise<void>;
}

/**
 * Opens the probe that a selector names. Throws `probe-not-found`, `probe-ambiguous` (with the candidates in its
 * details), `probe-selector`, and what files and USB throw. With a sink each layer writes trace records to it.
 */
export async function openProbe(text: string | undefined, sink?: TraceSink): Promise<OpenProbe> {
  const selector: Selector = text === undefined ? { kind: "any" } : parseSelector(text);
  switch (selector.kind) {
    case "twin":
      return openTwin(selector, sink);
    case "ip":
      return openIp(selector, sink);
    default:
      return openUsb(selector, text, sink);
  }
}

async function openTwin(selector: Selector & { kind: "twin" }, sink?: TraceSink): Promise<OpenProbe> {
  const { twin, onUart, keep, unplug } = plugInTwin(selector);
  try {
    const trace = traceOn(twin.clock, sink);
    const { probe, clock } = await openTwinProbe(twin, trace.trace);
    const close = () => probe.close().then(keep, keep).finally(unplug);
    const isForgotten = selector.stateFile === undefined;
    return { probe, clock, clockKind: "virtual", twin, isForgotten, onUart, close, ...trace };
  } catch (error) {
    unplug();
    throw error;
  }
}

/** Opens the probe of a simulated board that stays this caller's. */
export async function openTwinProbe(twin: Twin, trace?: Trace): Promise<Simulated> {
  const probe = await openDevice(twin.hid ?? twin.device, twin.clock, trace);
  return breathing({ probe, clock: twin.clock });
}

/** Who answers at a port may be silicon or a served twin; its time is the wall's either way. */
async function openIp({ host, port }: Selector & { kind: "ip" }, sink?: TraceSink): Promise<OpenProbe> {
  const trace = traceOn(wallClock, sink);
  const probe = await openTcpJlink(host, port, wallClock, trace.trace);
  return { probe, clock: wallClock, clockKind: "wall", close: () => probe.close(), ...trace };
}

const traceOn = (clock: Clock, sink: TraceSink | undefined): { readonly trace?: Trace } =>
  sink ? { trace: new Trace(clock, sink) } : {};

async function openUsb(
  selector: Selector & { kind: "usb" | "any" },
  text: string | undefined,
  sink?: TraceSink,
): Promise<OpenProbe> {
  const found = await findOnUsb(selector);
  const names = found.map(nameOf);
  if (found.length === 0)
    throw new HostError("probe-not-found", text === undefined ? "No probe was found" : `No probe matches "${text}"`);
  if (found.length > 1) {
    throw new HostError("probe-ambiguous", `${found.length} probes match; name one with --probe: ${names.join(", ")}`, {
      details: { probes: names },
    });
  }
  const trace = traceOn(wallClock, sink);
  const probe = await openDevice(found[0], wallClock, trace.trace);
  return { probe, clock: wallClock, clockKind: "wall", close: () => probe.close(), ...trace };
}

/** How long after a look that found nothing the next one is, in milliseconds: a probe may just have been plugged in. */
const SECOND_LOOK_MS = 300;

/** Every probe that matches; looked for twice before there is none. */
async function findOnUsb(selector: Selector & { kind: "usb" | "any" }): Promise<readonly ProbeDevice[]> {
  const look = async () =>
    (await probeDevices()).filter((device) => findDriver(device) !== undefined && matches(device, selector));
  const found = await look();
  if (found.length > 0) return found;
  await wallClock.sleep(SECOND_LOOK_MS * 1000);
  return look();
}

function matches(device: ProbeDevice, selector: Selector & { kind: "usb" | "any" }): boolean {
  if (selector.kind === "any") return true;
  const { vendorId, productId, serial, driver } = selector;
  return (
    (vendorId === undefined || device.vendorId === vendorId) &&
    (productId === undefined || device.productId === productId) &&
    (driver === undefined || findDriver(device)?.name === driver) &&
    (serial === undefined || (device.serialNumber ?? "").includes(serial))
  );
}

/** The probes on USB by name; where USB can't be looked at, why. */
export async function listUsb(): Promise<{ readonly devices: readonly string[]; readonly why?: string }> {
  try {
    return { devices: (await probeDevices()).map(nameOf) };
  } catch (error) {
    if (error instanceof HostError) return { devices: [], why: error.message };
    throw error;
  }
}
