import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the served boards are, seen from the guest: QEMU's name for the host's 127.0.0.1. */
const HOST = "10.0.2.2";

const DEVICES = "/sys/bus/usb/devices";

/** Runs a command and answers what it printed; throws with both streams where it fails. */
export function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Plugs a board in and waits until the system has it, device nodes included. */
export async function attach(busId: string, serial: string): Promise<void> {
  run("usbip", "--tcp-port", process.env["PORT"] ?? "", "attach", "-r", HOST, "-b", busId);
  await until(`${serial} on the bus`, () => isThere(serial));
  run("udevadm", "settle");
}

/** Pulls a board's plug. */
export async function detach(busId: string, serial: string): Promise<void> {
  const port = portOf(busId);
  if (port !== undefined) run("usbip", "detach", "-p", port);
  await gone(serial);
}

/** Waits until the system has noticed that a board has gone. */
export const gone = (serial: string): Promise<void> => until(`${serial} to go`, () => !isThere(serial));

/** The device's own interface is there, and for a HID one its hidraw node. */
function isThere(serial: string): boolean {
  const device = readdirSync(DEVICES).find((name) => serialOf(name).endsWith(serial));
  if (device === undefined) return false;
  const folder = join(DEVICES, device, `${device}:1.0`);
  if (!existsSync(folder)) return false;
  const isHid = readFileSync(join(folder, "bInterfaceClass"), "utf8").trim() === "03";
  return !isHid || readdirSync(folder).some((name) => existsSync(join(folder, name, "hidraw")));
}

function serialOf(device: string): string {
  try {
    return readFileSync(join(DEVICES, device, "serial"), "utf8").trim();
  } catch {
    return "";
  }
}

/** The kernel's port that a bus id hangs from. */
function portOf(busId: string): string | undefined {
  const ports = run("usbip", "port").split(/^Port /m);
  return ports.find((port) => port.includes(`/${busId}\n`))?.match(/^(\d+)/)?.[1];
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (holds()) return;
    await sleep(50);
  }
  throw new Error(`waited 10 s for ${what}`);
}
