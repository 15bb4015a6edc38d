/**
 * Operations before a device is imported: the device list and the import request. All numbers are big-endian.
 * Source: Linux kernel documentation, "USB/IP protocol" (usbip_protocol.rst), for this file and `urbs.ts`.
 */

/** Version 1.1.1 of the protocol; the kernel's tools accept no other. */
const USBIP_VERSION = 0x0111;

/** Bytes of a request to list devices, and the beginning of one to import. */
export const OPERATION_BYTES = 8;

/** Bytes of the bus id that follows a request to import. */
export const BUS_ID_BYTES = 32;

/** Operation codes. */
const CODE = { listRequest: 0x8005, listReply: 0x0005, importRequest: 0x8003, importReply: 0x0003 } as const;

/** Bytes of a device's description in both replies. */
const DEVICE_BYTES = 312;
const PATH_BYTES = 256;

/** Speeds as the kernel counts them (enum usb_device_speed). */
export const USB_SPEED = { full: 2, high: 3 } as const;

/** What an importer may ask for first. */
export type Operation = "list" | "import";

/** One device as it is offered. */
export interface OfferedDevice {
  /** `1-1`: what `usbip attach -b` names. */
  readonly busId: string;
  readonly busNumber: number;
  readonly deviceNumber: number;
  readonly speed: (typeof USB_SPEED)[keyof typeof USB_SPEED];
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersion: number;
  readonly configurationValue: number;
  /** Class, subclass and protocol of each interface. */
  readonly interfaces: readonly (readonly [number, number, number])[];
}

/** What the first `OPERATION_BYTES` ask for; undefined for another version or an unknown operation. */
export function readOperation(bytes: Uint8Array): Operation | undefined {
  const view = viewOf(bytes);
  if (view.getUint16(0) !== USBIP_VERSION) return undefined;
  const code = view.getUint16(2);
  if (code === CODE.listRequest) return "list";
  return code === CODE.importRequest ? "import" : undefined;
}

/** The bus id behind a request to import: text up to a zero. */
export function readBusId(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
}

/** Answers "who is there". */
export function listReply(devices: readonly OfferedDevice[]): Uint8Array {
  const interfaces = devices.reduce((sum, device) => sum + device.interfaces.length, 0);
  const bytes = new Uint8Array(OPERATION_BYTES + 4 + devices.length * DEVICE_BYTES + interfaces * 4);
  begin(bytes, CODE.listReply, 0);
  viewOf(bytes).setUint32(OPERATION_BYTES, devices.length);
  let at = OPERATION_BYTES + 4;
  for (const device of devices) {
    describe(bytes.subarray(at, at + DEVICE_BYTES), device);
    at += DEVICE_BYTES;
    for (const codes of device.interfaces) {
      bytes.set(codes, at);
      at += 4;
    }
  }
  return bytes;
}

/** Why a device can't be imported (tools/usb/usbip, usbip_common.h: ST_DEV_BUSY, ST_DEV_ERR, ST_NODEV). */
export const IMPORT_REFUSAL = { busy: 2, broken: 3, unknown: 4 } as const;

/** Answers a request to import with the device. */
export function importReply(device: OfferedDevice): Uint8Array {
  const bytes = new Uint8Array(OPERATION_BYTES + DEVICE_BYTES);
  begin(bytes, CODE.importReply, 0);
  describe(bytes.subarray(OPERATION_BYTES), device);
  return bytes;
}

/** Answers a request to import with a no. */
export function importRefusal(why: keyof typeof IMPORT_REFUSAL): Uint8Array {
  const bytes = new Uint8Array(OPERATION_BYTES);
  begin(bytes, CODE.importReply, IMPORT_REFUSAL[why]);
  return bytes;
}

function begin(bytes: Uint8Array, code: number, status: number): void {
  const view = viewOf(bytes);
  view.setUint16(0, USBIP_VERSION);
  view.setUint16(2, code);
  view.setUint32(4, status);
}

function describe(bytes: Uint8Array, device: OfferedDevice): void {
  const text = new TextEncoder();
  bytes.set(text.encode(`/flashproof/${device.busId}`));
  bytes.set(text.encode(device.busId), PATH_BYTES);
  const view = viewOf(bytes);
  const numbers = PATH_BYTES + BUS_ID_BYTES;
  view.setUint32(numbers, device.busNumber);
  view.setUint32(numbers + 4, device.deviceNumber);
  view.setUint32(numbers + 8, device.speed);
  view.setUint16(numbers + 12, device.vendorId);
  view.setUint16(numbers + 14, device.productId);
  view.setUint16(numbers + 16, device.deviceVersion);
  // Class, subclass and protocol are the interfaces'; then the configuration, of which there is one.
  bytes.set([0, 0, 0, device.configurationValue, 1, device.interfaces.length], numbers + 18);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
