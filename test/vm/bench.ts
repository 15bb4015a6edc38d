import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { EvenUsbDevice, type NpmUsbDevice } from "../../src/node/usb/usb-host.ts";
import type { UsbDevice } from "../../src/usb/usb-device.ts";
import { attach } from "./bus.ts";
import { ECHO_IDS, UNPLUG } from "./echo-ids.ts";

/** Measures npm `usb` on our own workload; one process a package and round, so that none helps the other. */

interface UsbModule {
  readonly WebUSB: new (options: { allowAllDevices: boolean }) => { getDevices(): Promise<readonly NpmUsbDevice[]> };
}

const [, , entry, round] = process.argv;

if (entry === undefined) await manage();
else await measure(entry);

async function manage(): Promise<void> {
  await attach("1-1", "1");
  const entries = (process.env["ENTRIES"] ?? "").split(",");
  for (let i = 1; i <= 3; i++) {
    for (const one of entries) {
      const output = execFileSync(process.execPath, [process.argv[1], one, String(i)], { encoding: "utf8" });
      process.stdout.write(output);
      await attach("1-1", "1");
    }
  }
}

async function measure(packageFolder: string): Promise<void> {
  const { version, main } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  const start = performance.now();
  const cpu = process.cpuUsage();
  const module = (await import(pathToFileURL(join(packageFolder, main)).href)) as UsbModule & { default?: UsbModule };
  const WebUSB = module.WebUSB ?? module.default?.WebUSB;
  if (!WebUSB) throw new Error("no WebUSB");
  const found = (await new WebUSB({ allowAllDevices: true }).getDevices()).find(
    (one) => one.vendorId === ECHO_IDS.vendorId,
  );
  if (!found) throw new Error("no echo device");
  const listMs = performance.now() - start;
  const listCpu = cpuMs(cpu);
  const device = new EvenUsbDevice(found);
  await device.open();
  if (!device.configuration) await device.selectConfiguration(1);
  await device.claimInterface(0);
  const figures = {
    usb: version,
    round: Number(round),
    list: { ms: Math.round(listMs), cpuMs: Math.round(listCpu) },
    depth1: await rate(200, () => roundTrip(device, 64, 64)),
    depth4: await rate(100, () => Promise.all([1, 2, 3, 4].map(() => roundTrip(device, 512, 512))), 4),
    out64K: await rate(20, () => device.transferOut(1, request(65536, 0))),
    in64K: await rate(20, () => roundTrip(device, 64, 65536)),
    unplugMs: await unplug(device),
  };
  console.log(JSON.stringify(figures));
  process.exit(0);
}

/** A request and its response, both under way at once. */
async function roundTrip(device: UsbDevice, out: number, into: number): Promise<void> {
  await Promise.all([device.transferOut(1, request(out, into)), device.transferIn(1, into)]);
}

function request(length: number, answer: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, answer, true);
  return bytes;
}

async function rate(count: number, act: () => Promise<unknown>, each = 1) {
  for (let i = 0; i < 5; i++) await act();
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (let i = 0; i < count; i++) await act();
  const ms = performance.now() - start;
  return {
    perSecond: Math.round((count * each * 1000) / ms),
    cpuMsEach: Number((cpuMs(cpu) / (count * each)).toFixed(2)),
  };
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** From the plug's pull to the end of the read that was waiting. */
async function unplug(device: UsbDevice): Promise<number> {
  const waiting = device.transferIn(1, 512).then(
    () => "data",
    (error: unknown) => String(error),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const start = performance.now();
  device.transferOut(1, request(4, UNPLUG)).catch(() => {});
  console.error(await waiting);
  return Math.round(performance.now() - start);
}
