import { hex32, hex8 } from "../../../base/u32.ts";

/** Before a command that needs the target, on demand [L V7.86e]; an explicit `connect` prints no such line. */
export const targetNotConnectedYet = (): readonly string[] => [
  "Target connection not established yet but required for command.",
];

/** The device, in upper case whatever the user typed, and two empty lines [L V7.86e]. */
export const deviceSelected = (device: string): readonly string[] => [...deviceNamed(device), "", ""];

/** The answer to `exec device = NAME` and to `device NAME` on a live target [L V7]. */
export const deviceNamed = (device: string): readonly string[] => [`Device "${device.toUpperCase()}" selected.`];

/** The first line of a connection [L V7.86e]. */
export const connecting = (wire: string): readonly string[] => [`Connecting to target via ${wire}`];

/** A chip's own connect step [L V7.86e; other logs of V7.8 print `InitTarget() start` and `InitTarget() end - Took 4.35ms`]. */
export const initTarget = (): readonly string[] => ["InitTarget()"];

/** A Kinetis connect step switches the wire by itself [L V7.86e]. */
export const wireSwitched = (): readonly string[] => ["SWD selected. Executing JTAG -> SWD switching sequence."];

/** The text for a Kinetis whose flash configuration field, `from` to `to`, locks it [L V7.86e; `Note: ` (unsure)]. */
export const protectionFound = (from: number, to: number): readonly string[] => [
  `Protection bytes in flash at addr. ${shortHex(from)} - ${shortHex(to)} indicate that readout protection is set.`,
  "For debugger connection the device needs to be unsecured.",
  "Note: Unsecuring will trigger a mass erase of the internal flash.",
];

/** The answer came from what the user stored earlier [L V7.86e]. */
export const storedAnswer = (): readonly string[] => ["Executing default behavior previously saved in the registry."];

/** The answer was yes: the mass erase follows [L V7.86e]. */
export const unsecuring = (): readonly string[] => ["Device will be unsecured now."];

/** The answer was no [L, STM32 logs]. */
export const unsecureSkipped = (): readonly string[] => ["Skipping unsecure"];

/** `0x400`: as few digits as the dialogue's text gives an address. */
const shortHex = (value: number) => `0x${value.toString(16).toUpperCase()}`;

/** The debug port answered [L V7.86e; the last line marks an ADIv5 debug port]. */
export const debugPortFound = (dpidr: number): readonly string[] => [
  ...swdFound(dpidr),
  `DPIDR: 0x${hex32(dpidr)}`,
  "CoreSight SoC-400 or earlier",
];

/** The line that also `SWDSelect` and `unlock` print [L V7.86e]. */
export const swdFound = (dpidr: number): readonly string[] => [`Found SW-DP with ID 0x${hex32(dpidr)}`];

/** The search for access ports begins [L V7.86e]. */
export const apScanStart = (): readonly string[] => ["Scanning AP map to find all available APs"];

/** The search ended at the first index without one; printed before the list of those found [L V7.86e]. */
export const apScanEnd = (index: number): readonly string[] => [
  `AP[${index}]: Stopped AP scan as end of AP map has been reached`,
];

/** One access port found [L V7.86e]. */
export const apFound = (index: number, idr: number): readonly string[] => [
  `AP[${index}]: ${apName(idr)} (IDR: 0x${hex32(idr)})`,
];

/** Names by IDR.TYPE of the MEM-AP class (ADIv5.2, C2.6.1); the last is AHB5. */
const MEM_AP_NAMES: Readonly<Record<number, string>> = { 1: "AHB-AP", 2: "APB-AP", 4: "AXI-AP", 5: "AHB-AP" };

/** What J-Link calls an access port: by type in the MEM-AP class (8), "JTAG-AP" for class 0, as a Kinetis MDM-AP is [L V7.86e]. */
export function apName(idr: number): string {
  const kind = (idr >>> 13) & 0xf;
  if (kind === 0) return "JTAG-AP";
  return (kind === 8 ? MEM_AP_NAMES[idr & 0xf] : undefined) ?? "Unknown";
}

/** The AP behind which the core sits, and its ROM table [L V7.86e]. */
export const coreApFound = (index: number, romBase: number): readonly string[] => [
  "Iterating through AP map to find AHB-AP to use",
  `AP[${index}]: Core found`,
  `AP[${index}]: AHB-AP ROM base: 0x${hex32(romBase)}`,
];

/** What CPUID and FP_CTRL say of a core. */
export interface CoreFound {
  readonly cpuid: number;
  /** `Cortex-M4`. */
  readonly name: string;
  readonly revision: number;
  readonly patch: number;
  readonly codeBreakpoints: number;
  readonly literalBreakpoints: number;
}

/** The core by its CPUID, and its breakpoint unit, which J-Link calls FPUnit [L V7.86e; little-endian cores of Arm only]. */
export const coreFound = (core: CoreFound): readonly string[] => [
  `CPUID register: 0x${hex32(core.cpuid)}. Implementer code: 0x${hex8(core.cpuid >>> 24)} (ARM)`,
  `Found ${core.name} r${core.revision}p${core.patch}, Little endian.`,
  `FPUnit: ${core.codeBreakpoints} code (BP) slots and ${core.literalBreakpoints} literal slots`,
];

/** One component of a ROM table. `cid` and `pid` are the low words that J-Link prints. */
export interface ComponentFound {
  /** Which ROM table, and which entry in it, from 0. */
  readonly table: number;
  readonly entry: number;
  readonly address: number;
  readonly cid: number;
  readonly pid: number;
}

/** Above the components of a chip [L V7.86e]. */
export const componentsStart = (): readonly string[] => ["CoreSight components:"];

/** Above the components of one ROM table [L V7.86e]. */
export const romTable = (table: number, base: number): readonly string[] => [`ROMTbl[${table}] @ ${hex32(base)}`];

/** One component [L V7.86e]. */
export const componentFound = ({ table, entry, address, cid, pid }: ComponentFound): readonly string[] => [
  `[${table}][${entry}]: ${hex32(address)} CID ${hex32(cid)} PID ${hex32(pid)} ${componentName(cid, pid)}`,
];

/** Names by designer and part, the low 20 bits of the PID [L V7.86e: a Cortex-M4's SCS is called SCS-M7]. */
const COMPONENT_NAMES: Readonly<Record<number, string>> = {
  0xbb00c: "SCS-M7",
  0xbb000: "SCS",
  0xbb008: "SCS",
  0xbb001: "ITM",
  0xbb002: "DWT",
  0xbb003: "FPB",
  0xbb9a1: "TPIU",
  0xbb925: "ETM",
  0xbb907: "ETB",
  0xbb908: "CSTF",
};

/** What J-Link calls a component; `ROM Table` by its CID class, `???` where it knows none [L V7.58 on]. */
export function componentName(cid: number, pid: number): string {
  return ((cid >>> 12) & 0xf) === 1 ? "ROM Table" : (COMPONENT_NAMES[pid & 0xfffff] ?? "???");
}

/** The end of a connection: zones of memory and the core's name [L V7.86e; leading blanks from fuller logs]. */
export const targetIdentified = (coreName: string): readonly string[] => [
  "Memory zones:",
  '  Zone: "Default" Description: Default access mode',
  `${coreName} identified.`,
];

/** No voltage on VTref [L V7.9 to V9]. */
export const voltageTooLow = (): readonly string[] => [
  "Target voltage too low. Please check https://kb.segger.com/J-Link_cannot_connect_to_the_CPU#Target_connection.",
];

/** The end of a connection that failed; printed again for every later command that needs the target [L V7.9 to V9]. */
export const targetNotConnected = (): readonly string[] => [
  "Error occurred: Could not connect to the target device.",
  "For troubleshooting steps visit: https://kb.segger.com/J-Link_Troubleshooting",
];

/** A memory zone that the target doesn't have (unsure). */
export const unknownZone = (zone: string): readonly string[] => [`Unknown memory zone: "${zone}"`];

/** A device that J-Link has no entry for [L, from public reports; what follows it in Commander is (unsure)]. */
export const deviceUnknown = (device: string): readonly string[] => [
  `The selected device "${device}" is unknown to this version of the J-Link software.`,
];
