/** The facts of a probe in the probe block. */
export interface ProbeBlock {
  /** The probe's own line: `J-Link V9 compiled May  7 2021 16:26:12`. */
  readonly firmware: string;
  /** `V9.30`. */
  readonly hardware: string;
  /** Milliseconds since its boot; undefined where the model can't say. */
  readonly uptimeMs?: number;
  readonly serial: string;
  /** As stored in the probe; the line is missing when there are none. */
  readonly licenses: readonly string[];
  /** Newer probes only; a V9 doesn't say [L V7.86e]. */
  readonly usbSpeed?: "Full speed (12 MBit/s)" | "High speed (480 MBit/s)";
  readonly vtrefMv: number;
}

/** Before a command that needs the probe, on demand [L V7.86e]; an explicit `connect` prints none of it. */
export const probeNotConnectedYet = (): readonly string[] => [
  "J-Link connection not established yet but required for command.",
];

/** A probe found and opened [L V7.86e]; "IP" in place of "USB" is (unsure). */
export const probeConnected = (host: "USB" | "IP"): readonly string[] => [`Connecting to J-Link via ${host}...O.K.`];

/** No probe found, or none that answers [L V8.10g]. */
export const probeNotFound = (host: "USB" | "IP"): readonly string[] => [
  `Connecting to J-Link via ${host}...FAILED: Cannot connect to J-Link.`,
];

/** What is printed of a probe after it was opened [L V7.86e; uptime and USB speed: logs of newer probes]. */
export const probeBlock = (
  probe: ProbeBlock,
  texts: { readonly uptimeLine: typeof uptimeLine; readonly vtref: typeof vtref } = { uptimeLine, vtref },
): readonly string[] => [
  `Firmware: ${probe.firmware}`,
  `Hardware version: ${probe.hardware}`,
  ...texts.uptimeLine(probe.uptimeMs),
  `S/N: ${probe.serial}`,
  ...(probe.licenses.length === 0 ? [] : [`License(s): ${probe.licenses.join(", ")}`]),
  ...(probe.usbSpeed === undefined ? [] : [`USB speed mode: ${probe.usbSpeed}`]),
  texts.vtref(probe.vtrefMv),
];

/** `0d 00h 14m 40s`. */
function uptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 86_400)}d ${two(Math.floor(seconds / 3600) % 24)}h ${two(Math.floor(seconds / 60) % 60)}m ${two(seconds % 60)}s`;
}

/** The reference voltage, in volts with three digits [L V6.88a on]. */
export const vtref = (millivolts: number): string => `VTref=${(millivolts / 1000).toFixed(3)}V`;

/** The answer to `f`: firmware and hardware [L V7]. */
export const firmwareInfo = (firmware: string, hardware: string): readonly string[] => [
  `Firmware: ${firmware}`,
  `Hardware: ${hardware}`,
];

/** Levels of the probe's pins, as `st` names them. */
export interface PinStates {
  readonly tck: 0 | 1;
  readonly tdi: 0 | 1;
  readonly tdo: 0 | 1;
  readonly tms: 0 | 1;
  readonly tres: 0 | 1;
  readonly trst: 0 | 1;
}

/** The answer to `st`: voltage as `vtref` prints it, current, pins [L V6.88a on; the list of speeds behind it depends on the probe]. */
export const hardwareStatus = (voltage: string, itargetMa: number, pins: PinStates): readonly string[] => [
  voltage,
  `ITarget=${itargetMa}mA`,
  `TCK=${pins.tck} TDI=${pins.tdi} TDO=${pins.tdo} TMS=${pins.tms} TRES=${pins.tres} TRST=${pins.trst}`,
];

/** One line of `ShowEmuList` (unsure; tools look for `J-Link[N]:`). */
export const probeListEntry = (index: number, serial: string, product: string): readonly string[] => [
  `J-Link[${index}]: Connection: USB, Serial number: ${serial}, ProductName: ${product}`,
];

/** The answer to `speed` [L V7]. */
export const speedSelected = (khz: number): readonly string[] => [`Selecting ${khz} kHz as target interface speed`];

/** The answer to `si` and `if` [L V7]. */
export const wireSelected = (wire: string): readonly string[] => [`Selecting ${wire} as current target interface.`];

/** The answer to `sleep` [L V7]. */
export const slept = (ms: number): readonly string[] => [`Sleep(${ms})`];

/** The probe is let go of, before a new device is connected [L V7]. */
export const disconnected = (): readonly string[] => ["Disconnecting from J-Link...O.K."];

/** The answer to `uptime`: the probe block's line [L V7.86e there, (unsure) as an answer]. */
export const uptimeLine = (ms?: number): readonly string[] => [
  `J-Link uptime (since boot): ${ms === undefined ? "N/A (Not supported by this model)" : uptime(ms)}`,
];

/** The answer to `license show` (unsure: the form of the probe block's line). */
export const licenseLine = (licenses: readonly string[]): readonly string[] => [
  `License(s): ${licenses.length === 0 ? "none" : licenses.join(", ")}`,
];
