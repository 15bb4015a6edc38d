import type { HidDevice } from "../../../src/usb/hid-device.ts";
import { createTwin } from "../../../src/twin/usb.ts";
import { ControlProbe } from "../../support/control-probe.ts";
import { hidStub } from "./hid-stub.ts";
import { EVENTS, strict } from "./strict.ts";
import { GRANT, PLUG, type StubOptions } from "./stub-options.ts";
import { usbStub } from "./usb-stub.ts";

// What a test puts before the worker's script: its navigator.usb and navigator.hid, with a simulated board behind them.

declare const STUB: StubOptions;
declare const navigator: object;
declare const caches: { has(name: string): Promise<boolean> };

const API = ["getDevices", "requestDevice", ...EVENTS];

const options = STUB;
const twin = createTwin(options.board);
const device =
  options.api === "usb"
    ? usbStub(twin.device, options)
    : options.api === "hid"
      ? hidStub(twin.hid as HidDevice)
      : usbStub(new ControlProbe(twin.hid as HidDevice), options);

let isPlugged = true;

/** One of the APIs: it has the device once the page was granted it. */
function api(isIts: boolean): EventTarget {
  const shown = {
    getDevices: async () => (isIts && isPlugged && (await caches.has(GRANT)) ? [device] : []),
    requestDevice: async () => {
      throw new DOMException("Must be handling a user gesture to show a permission request.", "SecurityError");
    },
  };
  return strict(Object.assign(new EventTarget(), shown), API);
}

const apis = { usb: api(options.api !== "hid"), hid: api(options.api === "hid") };
for (const [name, value] of Object.entries(apis)) Object.defineProperty(navigator, name, { value, configurable: true });

new BroadcastChannel(PLUG).addEventListener("message", () => {
  isPlugged = false;
  (twin.device as unknown as { unplug(): void }).unplug();
  const gone = Object.assign(new Event("disconnect"), { device });
  apis[options.api === "hid" ? "hid" : "usb"].dispatchEvent(gone);
});
