import type { UsbDevice } from "../../../src/usb/usb-device.ts";

/** A process that has a device open, and can be ended by SIGKILL. */
export interface HostProcess {
  /** The device as this process has it: no access of a process that was killed reaches the wire. */
  readonly device: UsbDevice;
  kill(): void;
  /** What the system does for a process that has ended: it closes the device. */
  end(): Promise<void>;
}

/** Stands for a process between a test's board and the product. */
export function hostProcess(device: UsbDevice): HostProcess {
  let isKilled = false;
  const own = new Proxy(device, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown =>
        isKilled ? Promise.reject(new Error("this process was killed")) : Reflect.apply(value, target, args);
    },
  });
  return {
    device: own,
    kill: () => {
      isKilled = true;
    },
    end: async () => {
      if (isKilled) await device.close();
    },
  };
}
