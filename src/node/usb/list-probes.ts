import type { Clock } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { findDriver, type ProbeDevice } from "../../probe/drivers.ts";
import type { ProbeInfo } from "../../probe/probe.ts";
import { busOf, type DeviceHosts, NPM_HOSTS, probeDevices } from "./probe-devices.ts";
import { wallClock } from "../../host/wall-clock.ts";

/** What can be the matter with a probe. */
export type ProbeTrouble = "inaccessible" | "in-use" | "wrong-driver" | "old-firmware" | "not-answering";

/** One probe as `list` shows it. */
export interface ProbeListing {
  readonly kind: "ok" | ProbeTrouble;
  /** `0d28:0204 DAPLink CMSIS-DAP 0123`, from the descriptors. */
  readonly name: string;
  readonly bus: "USB" | "HID";
  /** What the probe says of itself, where it could be asked. */
  readonly info?: ProbeInfo;
  /** The system's or the probe's own words. */
  readonly why?: string;
  /** What the user can do about it, step by step. */
  readonly wayOut: readonly string[];
}

/** The machine that is looked at: its devices, its clock, and which system it runs (`process.platform`). */
export interface ProbeHost extends DeviceHosts {
  readonly clock: Clock;
  readonly platform: string;
}

/** This machine. */
const THIS_HOST: ProbeHost = { ...NPM_HOSTS, clock: wallClock, platform: process.platform };

/** The oldest CMSIS-DAP that is known to do DAP_Transfer right in all its parts (unsure; OpenOCD warns below it too). */
const OLDEST_CMSIS_DAP = [1, 2] as const;

/** SEGGER's USB vendor id (usb.ids). */
const SEGGER = 0x1366;

/** Every probe that can be seen, each asked who it is and let go again; a probe in trouble is listed, not thrown. */
export async function listProbes(host: ProbeHost = THIS_HOST): Promise<readonly ProbeListing[]> {
  const listings: ProbeListing[] = [];
  for (const device of await probeDevices(host)) listings.push(await look(device, host));
  return listings;
}

async function look(device: ProbeDevice, host: ProbeHost): Promise<ProbeListing> {
  const seen = { name: deviceName(device), bus: busOf(device) };
  try {
    const probe = await findDriver(device)?.open(device, host.clock);
    await probe?.readDetails?.();
    await probe?.close();
    if (!probe) return { ...seen, kind: "not-answering", wayOut: WAYS_OUT["not-answering"](host.platform) };
    const kind = isOld(probe.info) ? "old-firmware" : "ok";
    return { ...seen, kind, info: probe.info, wayOut: kind === "ok" ? [] : WAYS_OUT[kind](host.platform) };
  } catch (error) {
    const kind = troubleOf(error, device, host.platform);
    return {
      ...seen,
      kind,
      why: error instanceof Error ? error.message : String(error),
      wayOut: WAYS_OUT[kind](host.platform),
    };
  }
}

/** `0d28:0204 DAPLink CMSIS-DAP 0123`, as far as the descriptors say. */
function deviceName({ vendorId, productId, productName, serialNumber }: ProbeDevice): string {
  const ids = `${hex4(vendorId)}:${hex4(productId)}`;
  return [ids, productName, serialNumber?.replace(/^0+(?=.)/, "")].filter((part) => part).join(" ");
}

/** On Windows SEGGER's own driver holds a J-Link so that no other program can open it. */
function troubleOf(error: unknown, { vendorId }: ProbeDevice, platform: string): ProbeTrouble {
  const code = codeOf(error);
  const isOpening = code === "usb-access" || code === "usb-failed" || code === "usb-no-interface";
  if (platform === "win32" && vendorId === SEGGER && isOpening) return "wrong-driver";
  if (code === "usb-access") return "inaccessible";
  return code === "usb-busy" ? "in-use" : "not-answering";
}

/** `CMSIS-DAP 1.10` is version 1.1.0 of before there were three numbers. */
function isOld({ driver, firmware }: ProbeInfo): boolean {
  const version = driver === "cmsis-dap" ? /^CMSIS-DAP (\d+)\.(\d)/.exec(firmware) : null;
  if (!version) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldMajor, oldMinor] = OLDEST_CMSIS_DAP;
  return major < oldMajor || (major === oldMajor && minor < oldMinor);
}

const hex4 = (value: number) => value.toString(16).padStart(4, "0");

const REPLUG = "Unplug the probe and plug it in again.";

/** What helps, by trouble and system. */
const WAYS_OUT: { readonly [trouble in ProbeTrouble]: (platform: string) => readonly string[] } = {
  inaccessible: (platform) =>
    platform === "linux"
      ? [
          "Install the udev rule: flashproof doctor --udev prints it, and where it goes.",
          "Then: sudo udevadm control --reload-rules && sudo udevadm trigger",
          REPLUG,
        ]
      : ["Close other programs that use the probe, or run this one with the rights to open it.", REPLUG],
  "in-use": () => ["Close the program that holds the probe: a debugger, an IDE, a GDB server.", REPLUG],
  "wrong-driver": () => [
    "Windows has given this J-Link to SEGGER's own driver, which no other program can use.",
    "In SEGGER's J-Link Configurator set the USB driver to WinUSB, or replace the driver with Zadig (WinUSB).",
    REPLUG,
  ],
  "old-firmware": () => [
    "Update the probe's firmware: daplink.io for DAPLink boards, the maker's page for others.",
    "Until then it may work, but it is not tested.",
  ],
  "not-answering": () => [REPLUG, "Try another cable, and a port without a hub in between."],
};
