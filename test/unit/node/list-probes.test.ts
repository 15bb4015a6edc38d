import { describe, expect, it } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import { listProbes, type ProbeHost } from "../../../src/node/usb/list-probes.ts";
import { UDEV_RULE } from "../../../src/node/usb/udev-rules.ts";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import type { HidDevice } from "../../../src/usb/hid-device.ts";
import type { UsbDevice } from "../../../src/usb/usb-device.ts";

const twinOf = (probe: NonNullable<TwinOptions["probe"]>) => createTwin({ chip: "MK24FN1M0xxx12", probe });

function host(platform: string, clock: Clock, usb: readonly UsbDevice[], hid: readonly HidDevice[] = []): ProbeHost {
  return { platform, clock, usb: { devices: async () => usb }, hid: { devices: async () => hid } };
}

/** A device that cannot be opened, for the reason that the system gives. */
function refusing<T extends object>(device: T, step: "open" | "claimInterface", message: string): T {
  const refuse = () => Promise.reject(new Error(message));
  return new Proxy(device, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key === step) return refuse;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("the list of probes", () => {
  it("reads name and serial of every probe", async () => {
    const [jlink, v1] = [twinOf("jlink"), twinOf("cmsis-dap-v1")];
    const [first] = await listProbes(host("linux", jlink.clock, [jlink.device]));
    const [second] = await listProbes(host("linux", v1.clock, [], v1.hid ? [v1.hid] : []));
    expect([first, second]).toMatchSnapshot();
  });

  it("shows a probe that offers both once, on USB", async () => {
    const { device, clock } = twinOf("cmsis-dap");
    const { hid } = twinOf("cmsis-dap-v1");
    const listings = await listProbes(host("linux", clock, [device], hid ? [hid] : []));
    expect(listings.map(({ bus, kind }) => `${bus} ${kind}`)).toEqual(["USB ok"]);
  });

  it.each([
    ["linux", "open", "Permission denied (os error 13)"],
    ["darwin", "open", "Access denied"],
    ["linux", "claimInterface", "Device or resource busy (os error 16)"],
    ["win32", "open", "incompatible driver is installed for this device"],
    ["linux", "claimInterface", "an unknown error text"],
  ] as const)("on %s, when %s fails with %s, has the hint for it", async (platform, step, message) => {
    const { device, clock } = twinOf("jlink");
    expect(await listProbes(host(platform, clock, [refusing(device, step, message)]))).toMatchSnapshot();
  });

  it("knows firmware that is too old", async () => {
    const { device, clock } = twinOf("cmsis-dap");
    const old = aged(device);
    expect(await listProbes(host("linux", clock, [old]))).toMatchSnapshot();
  });
});

/** Answers DAP_Info 0x04 as firmware of version 1.0 did. */
function aged(device: UsbDevice): UsbDevice {
  // Commands may go out in a row, before their answers come.
  const asked: boolean[] = [];
  const transferOut = (endpoint: number, data: Uint8Array) => {
    asked.push(data[0] === 0x00 && data[1] === 0x04);
    return device.transferOut(endpoint, data);
  };
  const transferIn = async (endpoint: number, length: number) => {
    const result = await device.transferIn(endpoint, length);
    return asked.shift() ? { ...result, data: new DataView(Uint8Array.of(0, 4, 0x31, 0x2e, 0x30, 0).buffer) } : result;
  };
  const changed: Partial<UsbDevice> = { transferOut, transferIn };
  return new Proxy(device, {
    get(target, key) {
      if (key in changed) return Reflect.get(changed, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("the udev rule", () => {
  it("covers USB and hidraw, and opens devices to who sits there, not to everybody", () => {
    expect(UDEV_RULE).toMatchSnapshot();
    expect(UDEV_RULE).not.toContain("MODE=");
    expect(UDEV_RULE.split("\n").filter((line) => line.includes('TAG+="uaccess"')).length).toBe(6);
  });
});
