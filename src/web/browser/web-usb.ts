import type { UsbControlRequest, UsbDevice, UsbInResult, UsbOutResult } from "../../usb/usb-device.ts";

/** A device of WebUSB as drivers see one: what a browser calls null, such as names that it hides, is undefined. */
export class WebUsbDevice implements UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  private readonly device: GrantedUsbDevice;

  constructor(device: GrantedUsbDevice) {
    this.device = device;
    this.vendorId = device.vendorId;
    this.productId = device.productId;
  }

  get manufacturerName(): string | undefined {
    return this.device.manufacturerName ?? undefined;
  }

  get productName(): string | undefined {
    return this.device.productName ?? undefined;
  }

  get serialNumber(): string | undefined {
    return this.device.serialNumber ?? undefined;
  }

  get opened(): boolean {
    return this.device.opened;
  }

  get configuration(): UsbDevice["configuration"] {
    return this.device.configuration ?? undefined;
  }

  open(): Promise<void> {
    return this.device.open();
  }

  close(): Promise<void> {
    return this.device.close();
  }

  selectConfiguration(value: number): Promise<void> {
    return this.device.selectConfiguration(value);
  }

  claimInterface(number: number): Promise<void> {
    return this.device.claimInterface(number);
  }

  releaseInterface(number: number): Promise<void> {
    return this.device.releaseInterface(number);
  }

  transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    return this.device.transferIn(endpoint, length);
  }

  transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    return this.device.transferOut(endpoint, ownBuffer(data));
  }

  controlTransferIn(setup: UsbControlRequest, length: number): Promise<UsbInResult> {
    return this.device.controlTransferIn(setup, length);
  }

  controlTransferOut(setup: UsbControlRequest, data: Uint8Array): Promise<UsbOutResult> {
    return this.device.controlTransferOut(setup, ownBuffer(data));
  }

  clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    return this.device.clearHalt(direction, endpoint);
  }
}

/** Bytes in a buffer that is no shared one. */
export const ownBuffer = (data: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(data);
