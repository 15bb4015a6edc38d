import type { CommanderOptions } from "./command-line.ts";
import { type DeviceName, parseDeviceName } from "./device-name.ts";
import type { AddressRange } from "../../rtt/control-block.ts";
import { parseDecimal } from "./numbers.ts";
import { RESET_TYPES, type ResetType } from "../texts/v7-86e/reset.ts";

/** What options, commands and `exec` strings set, from one command to the next. */
export interface CommanderSettings {
  device: DeviceName | undefined;
  /** `SWD`, `JTAG`, ... in upper case; undefined where none is given. */
  wire: string | undefined;
  /** kHz; undefined where none is given. */
  khz: number | undefined;
  exitOnError: boolean;
  resetType: ResetType;
  /** A download of fewer bytes keeps the rest of its sectors (UM08001 V6.22 5.13, SetFlashDLNoRMWThreshold). */
  noRmwThreshold: number;
  /** Tokens of `exec AllowIrreversible`, each for one act on one image and chip. */
  readonly tokens: string[];
  /** Whether the core runs on when the connection ends (UM08001 V6.22 5.13, SetRestartOnClose). */
  restartOnClose: boolean;
  /** Whether downloads program flash (UM08001 V6.22 5.13, DisableFlashDL). */
  flashDownload: boolean;
  /** Whether a download is compared with the flash afterwards (UM08001 V6.22 5.13, SetVerifyDownload). */
  verifyDownload: boolean;
  /** Whether J-Link script files are passed over (`--ignore-jlinkscript`). */
  readonly ignoresScriptFiles: boolean;
  /** Replaced as a whole, so that its readers see that it has changed. */
  rtt: RttSettings;
}

/** Where RTT's control block is, as far as it is given (UM08001 V6.22 5.13, SetRTTAddr, SetRTTSearchRanges). */
export interface RttSettings {
  readonly address?: number;
  readonly ranges?: readonly AddressRange[];
}

/** What the prompt proposes, and what counts without a prompt [L V6 on]. */
export const DEFAULT_KHZ = 4_000;

/** J-Link's default (UM08001 V6.22 5.13). */
const DEFAULT_NO_RMW_THRESHOLD = 0x400;

/** The settings with which a run begins; `device` is what was found by the name that the options have. */
export const initialSettings = (options: CommanderOptions, device?: DeviceName): CommanderSettings => ({
  device: device ?? (options.device === undefined ? undefined : parseDeviceName(options.device)),
  wire: options.wire,
  khz: options.speed === undefined ? undefined : parseSpeed(options.speed),
  exitOnError: options.exitOnError ?? false,
  resetType: RESET_TYPES[0],
  noRmwThreshold: DEFAULT_NO_RMW_THRESHOLD,
  tokens: [],
  restartOnClose: true,
  flashDownload: true,
  verifyDownload: true,
  ignoresScriptFiles: options.ignoreScriptFile ?? false,
  rtt: {},
});

/** kHz of `4000`, `auto` or `adaptive` (whole or begun); undefined for anything else. The last two mean the default. */
export function parseSpeed(text: string): number | undefined {
  const word = text.toLowerCase();
  if (word !== "" && ("auto".startsWith(word) || "adaptive".startsWith(word))) return DEFAULT_KHZ;
  const khz = parseDecimal(text);
  return khz !== undefined && khz > 0 ? khz : undefined;
}

/** The wire that `0`, `1`, `J`, `SWD`... name, in upper case; undefined for one that J-Link doesn't have. */
export function parseWire(text: string): string | undefined {
  return WIRES.find((names) => names.some((name) => name === text.toUpperCase()))?.[0];
}

/** Names, numbers and letters of the wires (UM08001 V6.22 3.2.1, SelectInterface). */
const WIRES = [
  ["JTAG", "0", "J"],
  ["SWD", "1", "S"],
  ["FINE", "3"],
  ["ICSP", "4"],
  ["SPI", "5"],
  ["CJTAG", "7", "T"],
] as const;
