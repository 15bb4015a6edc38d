import { describe, expect, it } from "vitest";
import { openHidPipe } from "../../../src/pipe/hid-pipe.ts";
import { createTwin } from "../../../src/twin/usb.ts";
import type { HidDevice } from "../../../src/usb/hid-device.ts";

/** A HID device that notes what is asked of it, in order, and answers each report with its first byte. */
function notingDevice(asked: string[], send: () => Promise<void> = async () => {}): HidDevice {
  const answers: ((report: Uint8Array) => void)[] = [];
  return {
    vendorId: 0xd28,
    productId: 0x204,
    opened: true,
    open: async () => {},
    close: async () => {},
    sendReport: async (_id, report) => {
      asked.push(`out ${report[0]}`);
      await send();
      answers.shift()?.(Uint8Array.of(report[0]));
    },
    receive: () => {
      asked.push("in");
      return new Promise((resolve, reject) => {
        answers.push(resolve);
        void send().catch(reject);
      });
    },
  };
}

const clockOf = () => createTwin({ chip: "MK24FN1M0xxx12" }).clock;

describe("a pipe over HID reports", () => {
  it("asks for each answer before its report goes out, and hands the answers out in order", async () => {
    const asked: string[] = [];
    const pipe = await openHidPipe(notingDevice(asked), clockOf());
    await pipe.write(Uint8Array.of(1));
    await pipe.write(Uint8Array.of(2));
    expect(asked).toEqual(["in", "out 1", "in", "out 2"]);
    expect([await pipe.read(64), await pipe.read(64)]).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(asked).toHaveLength(4);
  });

  it("asks once more where a report has a second answer", async () => {
    const asked: string[] = [];
    const device = notingDevice(asked);
    const pipe = await openHidPipe(device, clockOf());
    await pipe.write(Uint8Array.of(1));
    await pipe.read(64);
    void pipe.read(64).catch(() => {});
    await Promise.resolve();
    expect(asked).toEqual(["in", "out 1", "in"]);
  });

  it("reports the failure of a report that can't be sent and no unhandled one of its answer", async () => {
    const asked: string[] = [];
    const lost = async () => Promise.reject(new Error("gone"));
    const pipe = await openHidPipe(notingDevice(asked, lost), clockOf());
    await expect(pipe.write(Uint8Array.of(1))).rejects.toThrow(/HID write/);
    await expect(pipe.read(64)).rejects.toMatchObject({ code: "pipe-poisoned" });
  });
});
