// The parts of WebUSB, WebHID and Web Serial that the page uses, as the drafts of the W3C community groups have them; TypeScript's own libraries have
// none of it.

interface GrantedUsbDevice extends EventTarget {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturerName?: string | null;
  readonly productName?: string | null;
  readonly serialNumber?: string | null;
  readonly opened: boolean;
  readonly configuration: import("../../usb/usb-device.ts").UsbConfiguration | null;
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  transferIn(endpoint: number, length: number): Promise<import("../../usb/usb-device.ts").UsbInResult>;
  transferOut(endpoint: number, data: BufferSource): Promise<import("../../usb/usb-device.ts").UsbOutResult>;
  controlTransferIn(
    setup: import("../../usb/usb-device.ts").UsbControlRequest,
    length: number,
  ): Promise<import("../../usb/usb-device.ts").UsbInResult>;
  controlTransferOut(
    setup: import("../../usb/usb-device.ts").UsbControlRequest,
    data: BufferSource,
  ): Promise<import("../../usb/usb-device.ts").UsbOutResult>;
  clearHalt(direction: "in" | "out", endpoint: number): Promise<void>;
  forget(): Promise<void>;
}

interface HidReportInfo {
  readonly reportId?: number;
  readonly items?: readonly { readonly reportSize?: number; readonly reportCount?: number }[];
}

interface GrantedHidDevice extends EventTarget {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly opened: boolean;
  readonly collections: readonly { readonly outputReports?: readonly HidReportInfo[] }[];
  open(): Promise<void>;
  close(): Promise<void>;
  sendReport(reportId: number, data: BufferSource): Promise<void>;
  forget(): Promise<void>;
}

interface GrantedSerialPort extends EventTarget {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number }): Promise<void>;
  close(): Promise<void>;
}

interface DeviceApi<Device> extends EventTarget {
  getDevices(): Promise<readonly Device[]>;
}

interface Navigator {
  readonly usb?: DeviceApi<GrantedUsbDevice> & {
    requestDevice(options: { readonly filters: readonly object[] }): Promise<GrantedUsbDevice>;
  };
  readonly hid?: DeviceApi<GrantedHidDevice> & {
    requestDevice(options: { readonly filters: readonly object[] }): Promise<readonly GrantedHidDevice[]>;
  };
  readonly serial?: { requestPort(): Promise<GrantedSerialPort> };
}
