import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { npmUsbHost } from "../../src/node/usb/usb-host.ts";
import { FAULTY, GOOD, type ServedBoard } from "./boards.ts";
import { attach, detach, gone, run } from "./bus.ts";
import type { Check } from "./check.ts";
import { fp, fpAsUser, json } from "./program.ts";

const CHIP = "MK24FN1M0xxx12";
const SMALL = "examples/k24-bootloader/small.hex";
const FLASH = ["flash", SMALL, "--chip", CHIP] as const;
/** Cortex-M4's SW-DP (Arm, Cortex-M4 TRM; the K24's). */
const DPIDR = "0x2ba01477";

/** How a board's probe is named to the program. */
const named = ({ ids, serial }: ServedBoard) => ["--probe", `${ids}:${serial}`] as const;

function lsusb(): void {
  const jlink = run("lsusb", "-v", "-d", "1366:0101");
  for (const text of ["iSerial", "59304712", "Bulk", "0x0040  1x 64 bytes", "255 Vendor Specific Class"]) {
    assert.ok(jlink.includes(text), `${text} in ${jlink}`);
  }
  const dap = run("lsusb", "-v", "-d", "0d28:0204");
  for (const text of [
    "CMSIS-DAP v2",
    "0x0200  1x 512 bytes",
    "Device Qualifier",
    "HID Device Descriptor",
    "Interrupt",
  ]) {
    assert.ok(dap.includes(text), `${text} in ${dap}`);
  }
}

async function list(): Promise<void> {
  const { exit, printed, out } = await json("list");
  assert.equal(exit, 0, out);
  const seen = printed.result?.probes ?? [];
  assert.equal(seen.length, GOOD.length, out);
  for (const { ids, product, serial } of GOOD) {
    const probe = seen.find((one) => String(one["name"]).includes(serial));
    assert.ok(probe, `${serial} in ${out}`);
    assert.equal(probe["name"], `${ids} ${product} ${serial}`);
    assert.equal(probe["kind"], "ok");
    assert.match(String(probe["firmware"]), /V9 compiled|CMSIS-DAP|0257/);
  }
}

/** As after an answer that did not come in time: the probe must be there for the next one at once. */
async function closeWhileReading(): Promise<void> {
  const find = async () => {
    const device = (await npmUsbHost.devices()).find(({ vendorId }) => vendorId === 0x1366);
    assert.ok(device);
    await device.open();
    await device.claimInterface(0);
    return device;
  };
  const device = await find();
  const read = device.transferIn(1, 512).then(
    () => "something came",
    () => "ended",
  );
  await sleep(100);
  await device.close();
  assert.equal(await read, "ended");
  await (await find()).close();
}

function asUser(): void {
  const before = fpAsUser("list");
  assert.equal(before.out.match(/\(inaccessible\)/g)?.length, GOOD.length, before.out + before.err);
  assert.match(before.err, /udev/);
  const { out: rule } = fpAsUser("doctor", "--udev");
  const path = /Save as (\S+?),/.exec(rule)?.[1] ?? "";
  writeFileSync(path, rule);
  run("udevadm", "control", "--reload-rules");
  run("udevadm", "trigger");
  run("udevadm", "settle");
  const after = fpAsUser("list");
  assert.doesNotMatch(after.out, /inaccessible/, after.out + after.err);
  assert.equal(after.exit, 0, after.err);
}

async function ambiguous(): Promise<void> {
  const { exit, err } = await fp("info", "--chip", CHIP);
  assert.equal(exit, 3, err);
  for (const { ids, product, serial } of GOOD) assert.ok(err.includes(`${ids} ${product} ${serial}`), err);
}

async function flash(board: ServedBoard): Promise<void> {
  const flashed = await fp(...FLASH, "-vv", ...named(board));
  assert.equal(flashed.exit, 0, flashed.out + flashed.err);
  const verified = await fp("verify", SMALL, "--chip", CHIP, ...named(board));
  assert.equal(verified.exit, 0, verified.out + verified.err);
}

/** In a network of its own, because OpenOCD's J-Link driver also looks for probes by a broadcast. */
function openocd({ probe, serial, hid }: ServedBoard): void {
  const adapter =
    probe === "jlink"
      ? "adapter driver jlink"
      : `adapter driver cmsis-dap; cmsis_dap_backend ${hid ? "hid" : "usb_bulk"}`;
  const script = [
    `${adapter}; adapter serial ${serial}; transport select swd; adapter speed 4000`,
    `swd newdap k24 cpu -expected-id ${DPIDR}; dap create k24.dap -chain-position k24.cpu; init; echo [k24.dap dpreg 0]; shutdown`,
  ];
  const call = `openocd ${script.map((line) => `-c '${line}'`).join(" ")} 2>&1`;
  const lo = "ip link set lo up; ip route add 255.255.255.255/32 dev lo";
  const output = run("unshare", "-n", "sh", "-c", `${lo}; ${call} || true`);
  assert.ok(output.includes(DPIDR), output);
}

async function replug(board: ServedBoard): Promise<void> {
  await detach(board.busId, board.serial);
  const without = await fp("info", "--chip", CHIP, ...named(board));
  assert.equal(without.exit, 3, without.out + without.err);
  await attach(board.busId, board.serial);
  const back = await fp("verify", SMALL, "--chip", CHIP, ...named(board));
  assert.equal(back.exit, 0, back.out + back.err);
}

/** A stall loses a job and no more; an unplugged probe is named, and works when it is back. */
const faults = (board: (typeof FAULTY)[number]): readonly Check[] => [
  {
    title: `${board.probe} stalls in the middle of a job: the error names probe and phase, the next job gets further`,
    run: async () => {
      await attach(board.busId, board.serial);
      const details = await failing(board, "usb-stall");
      if (board.stalls) assert.equal(details["direction"], board.stalls, JSON.stringify(details));
      // The halt of an endpoint that Linux's HID driver owns cannot be cleared: that takes a replug.
      if (board.hid) await detach(board.busId, board.serial);
      if (board.hid) await attach(board.busId, board.serial);
    },
  },
  {
    title: `${board.probe} is unplugged in the middle of a job: the error names probe and phase, and it works when it is back`,
    run: async () => {
      await failing(board, "usb-unplugged");
      await gone(board.serial);
      await attach(board.busId, board.serial);
      const back = await fp(...FLASH, "--allow-mass-erase", ...named(board));
      assert.equal(back.exit, 0, back.out + back.err);
    },
  },
];

async function failing(board: ServedBoard, code: string): Promise<Record<string, unknown>> {
  const { printed, out, err } = await json(...FLASH, "--allow-mass-erase", ...named(board));
  assert.equal(printed.error?.code, code, out + err);
  const details = printed.error?.details ?? {};
  assert.match(String(details["probe"]), new RegExp(board.serial));
  assert.ok(details["phase"], out);
  return details;
}

/** Everything that is tried in the guest, in this order: later ones need what earlier ones plugged in. */
export const checks: readonly Check[] = [
  {
    title: "boards are plugged in one after the other",
    run: async () => {
      for (const { busId, serial } of GOOD) await attach(busId, serial);
    },
  },
  { title: "lsusb reads the descriptors of the probes", run: lsusb },
  { title: "list shows every probe with ids, product, serial and firmware", run: list },
  {
    title: "an ordinary user gets an error that the probes are inaccessible, and the udev rule changes that",
    run: asUser,
  },
  { title: "a device is closed while a read is pending, and opened again", run: closeWhileReading },
  { title: "several probes and none named are listed, exit 3", run: ambiguous },
  ...GOOD.map((board) => ({ title: `${board.probe} flashes, and another call verifies`, run: () => flash(board) })),
  ...GOOD.map((board) => ({
    title: `OpenOCD's driver finds the chip through ${board.probe}`,
    run: () => openocd(board),
  })),
  ...GOOD.map((board) => ({ title: `${board.probe} is pulled and plugged in again`, run: () => replug(board) })),
  ...FAULTY.flatMap((board) => faults(board)),
];
