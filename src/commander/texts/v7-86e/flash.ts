import { hex32, hex8 } from "../../../base/u32.ts";

/** One flash bank that a download touched. */
export interface BankReport {
  readonly index: number;
  /** The bank's first address, not the file's. */
  readonly base: number;
  readonly ranges: number;
  /** Rounded up to whole sectors. */
  readonly bytes: number;
}

/** One phase of a download, and its seconds; phases that didn't happen are left out. */
export interface PhaseReport {
  readonly name: "Prepare" | "Compare" | "Erase" | "Program" | "Verify" | "Program & Verify" | "Restore";
  readonly seconds: number;
}

/** A download or an erase in its report. */
export interface DownloadReport {
  readonly banks: readonly BankReport[];
  /** The phases don't sum exactly to it. */
  readonly totalSeconds: number;
  readonly phases: readonly PhaseReport[];
}

/** Before the first byte; the path as given [L V7.86e]. */
export const downloading = (path: string): readonly string[] => [`Downloading file [${path}]...`];

/** What a download that changed flash reports; the caller ends it with `ok` [L V7.86e]. */
export const downloadReport = (report: DownloadReport): readonly string[] => [
  ...report.banks.map(bankLine),
  `J-Link: Flash download: Total: ${seconds(report.totalSeconds)} (${phaseList(report.phases)})`,
  ...speedLine(report),
];

const bankLine = ({ index, base, ranges, bytes }: BankReport) =>
  `J-Link: Flash download: ${bank(index, base)}: ${ranges} ${ranges === 1 ? "range" : "ranges"} affected (${bytes} bytes)`;

/** A bank that already holds what the file says [L V6.5 on]. */
export const contentsMatch = (index: number, base: number): readonly string[] => [
  `J-Link: Flash download: ${bank(index, base)}: Skipped. Contents already match`,
];

const bank = (index: number, base: number) => `Bank ${index} @ 0x${hex32(base)}`;

const phaseList = (phases: readonly PhaseReport[]) =>
  phases.map(({ name, seconds: spent }) => `${name}: ${seconds(spent)}`).join(", ");

const seconds = (value: number) => `${value.toFixed(3)}s`;

/** KiB in a second, rounded down, of the phase that programmed; no line where it took no measurable time (unsure). */
function speedLine({ banks, phases }: DownloadReport): readonly string[] {
  const phase = phases.find(({ name }) => name.startsWith("Program"));
  if (!phase || phase.seconds === 0) return [];
  const bytes = banks.reduce((sum, each) => sum + each.bytes, 0);
  return [`J-Link: Flash download: ${phase.name} speed: ${Math.floor(bytes / 1024 / phase.seconds)} KB/s`];
}

/** The end of everything that went well [L V7.86e]. */
export const ok = (): readonly string[] => ["O.K."];

/** A file that can't be opened [L V7]. */
export const fileNotOpened = (): readonly string[] => ["Failed to open file."];

/** A download that failed, behind the error of the DLL [L V7]. */
export const downloadFailed = (): readonly string[] => ["Writing target memory failed."];

/** What the DLL says, for `dllError`, before a download failed without a byte written [L V7]. */
export const NOT_PREPARED = "Failed to prepare for programming.";

/** What the DLL says of a byte that the loader's own verify found different [L V7]. */
export const loaderVerifyError = (address: number): string => `Failed to verify @ address 0x${hex32(address)}`;

/** `erase` without a range [L V7]. */
export const eraseChipChosen = (): readonly string[] => ["No address range specified, 'Erase Chip' will be executed"];

/** The whole chip is being erased [L V7]. */
export const erasingDevice = (): readonly string[] => ["Erasing device..."];

/** A range is being erased (unsure). */
export const erasingRange = (): readonly string[] => ["Erasing selected range..."];

/** The phases that an erase's report always names, in its order. */
const ERASE_PHASES = ["Prepare", "Compare", "Erase", "Program", "Verify", "Restore"] as const;

/** Seconds by phase of an erase. */
export type EraseTimes = Readonly<Record<(typeof ERASE_PHASES)[number], number>>;

/** What an erase reports [L V7]. */
export const eraseReport = (totalSeconds: number, times: EraseTimes): readonly string[] => [
  `J-Link: Flash download: Total time needed: ${seconds(totalSeconds)} (${phaseList(ERASE_PHASES.map((name) => ({ name, seconds: times[name] })))})`,
  "Erasing done.",
];

/** An erase that failed: what the DLL says, and the command's own line (the second is (unsure)) [L V7]. */
export const eraseFailed = (code: number): readonly string[] => [
  "",
  "****** Error: Failed to erase sectors.",
  `ERROR: Erase returned with error code ${code}.`,
];

/** `verifybin` has read its file [L V7.86e]. */
export const verifyStart = (path: string, address: number, bytes: number): readonly string[] => [
  `Loading binary file ${path}`,
  `Reading ${bytes} bytes data from target memory @ 0x${hex32(address)}.`,
];

/** File and memory are equal [L V7.86e]. */
export const verifyEqual = (): readonly string[] => ["Verify successful."];

/** The first byte that differs; Commander shows no other [L V7.86e]. */
export const verifyDifferent = (address: number, expected: number, read: number): readonly string[] => [
  `Verify failed @ address 0x${hex32(address)}.`,
  `Expected ${hex8(expected)} read ${hex8(read)}`,
  "ERROR: Verify failed.",
];

/** `savebin` has opened its file [L V7]. */
export const saveStart = (path: string): readonly string[] => [`Opening binary file for writing... [${path}]`];

/** `savebin` is done, or couldn't read [L V7 for O.K.; the failure is (unsure)]. */
export const saveEnd = (address: number, bytes: number, done: boolean): readonly string[] => [
  `Reading ${bytes} bytes from addr 0x${hex32(address)} into file...${done ? "O.K." : "Could not read memory."}`,
];

/** The names that `unlock` lists [L V7]. */
export const UNLOCK_NAMES = ["LM3Sxxx", "Kinetis", "EFM32Gxxx", "LPC5460x"] as const;

/** What `unlock` without a name prints [L V7]. */
export const unlockSyntax = (): readonly string[] => [
  "Syntax: unlock <DeviceName>",
  "---Supported devices---",
  ...UNLOCK_NAMES.map((name) => (name === "LM3Sxxx" ? `  ${name} [<Auto>]` : `  ${name}`)),
];

/** `unlock kinetis` is done, or timed out, behind the line of the debug port found [L V7]. */
export const unlockEnd = (done: boolean): readonly string[] =>
  done ? ["Unlocking device...O.K."] : ["Unlocking device...", "Timeout while unlocking device."];

/** `ExpDevList` has opened its file [L V7]. */
export const deviceFileOpened = (path: string): readonly string[] => [`Opening text file for writing... [${path}]`];

/** Our own words: where a raw write to an access port erases everything, if no device is named. */
export const rawEraseWhere = (): string => "On a Kinetis (MDM-AP) and an nRF52 (CTRL-AP) ";

/** Our own words for a mass erase by hand that was not done when a reset came. */
export const rawEraseNotDone = (): string =>
  "warning: the mass erase that SWDWriteAP asked for isn't acknowledged: it didn't begin, or the chip was reset in the middle of it and is erased in part. Hold the chip in reset (r0) while it erases, or use unlock Kinetis";
