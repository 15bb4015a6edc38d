import type { LogReading } from "../reading/log-reading.ts";
import { ANY_LOCK, FAMILY_LOCKS, type FamilyLock } from "./locks.ts";
import { isOurs } from "./named-device.ts";

/** Flashproof's own way to open a chip; for Kinetis only. */
const OURS = "Flashproof: flashproof unlock --allow-mass-erase.";

/** What is known of the lock of the log's device. */
export const lockOf = ({ device }: Pick<LogReading, "device">): FamilyLock =>
  (device?.family && FAMILY_LOCKS[device.family]) ?? ANY_LOCK;

/** How to open a locked chip: in the words of the tool in use, in ours where Flashproof can, and what it costs. */
export function unlockWords(reading: Pick<LogReading, "device" | "tool" | "wrapper">): readonly string[] {
  const { open, cost } = lockOf(reading);
  const { tool, wrapper } = reading;
  const asked = tool?.id === "jflash" || tool?.id === "jlink-gdb" ? "jlink" : tool?.id;
  const words = (wrapper && open[wrapper]) ?? (asked && open[asked]) ?? open.any;
  return [...(words ? [words] : []), ...(isOurs(reading.device) ? [OURS] : []), cost];
}

/** What the tool in use calls connecting while the reset line is held, and ours. */
export function underReset({ tool }: Pick<LogReading, "tool">): string {
  const words = tool && UNDER_RESET[tool.id];
  return `Connect under reset${words ? ` (${words})` : ""}, with the reset line wired: firmware that sleeps, resets or takes the debug pins doesn't run then.`;
}

const UNDER_RESET: { readonly [tool: string]: string } = {
  jlink: "J-Link: the device's connect under reset strategy, RSetType 2",
  openocd: "OpenOCD: reset_config srst_only srst_nogate connect_assert_srst",
  pyocd: "pyOCD: -M under-reset",
  "probe-rs": "probe-rs: --connect-under-reset",
  cubeprogrammer: "STM32_Programmer_CLI -c port=SWD mode=UR",
  "stlink-cli": "ST-LINK_CLI -c SWD UR",
  "st-flash": "st-flash --connect-under-reset",
  keil: "uVision: Debug settings, Connect: under Reset",
  blackmagic: "Black Magic: monitor connect_rst enable",
};

/** How the tool in use is given a lower speed. */
export function lowerSpeed({ tool }: Pick<LogReading, "tool">): string {
  const words = tool && SPEED[tool.id];
  return `Lower the speed${words ? `: ${words}` : " to 400 kHz or less"}.`;
}

const SPEED: { readonly [tool: string]: string } = {
  jlink: "speed 400",
  openocd: "adapter speed 400",
  pyocd: "-f 400k",
  "probe-rs": "--speed 400",
  cubeprogrammer: "freq=400",
  "st-flash": "--freq=400k",
  nrfjprog: "--clockspeed 400",
  blackmagic: "monitor frequency 400k",
  edbg: "-c 400",
};
