/**
 * The structural subset of WebUSB's `USBDevice` that Flashproof uses: browsers, npm `usb` and the twin all satisfy it.
 * Source: WebUSB API, W3C community group, sections 4 and 5. A device is seen by the rest of the project only so.
 */
export interface UsbDevice {
  /** idVendor. */
  readonly vendorId: number;
  /** idProduct. */
  readonly productId: number;
  /** iManufacturer. */
  readonly manufacturerName?: string | undefined;
  /** iProduct. */
  readonly productName?: string | undefined;
  /** iSerialNumber. */
  readonly serialNumber?: string | undefined;
  /** Whether it is open. */
  readonly opened: boolean;
  /** The selected configuration; undefined where none is selected. */
  readonly configuration?: UsbConfiguration | undefined;
  /** Opens the device. */
  open(): Promise<void>;
  /** Closes the device, and releases its interfaces. */
  close(): Promise<void>;
  /** Selects a configuration by its bConfigurationValue. */
  selectConfiguration(value: number): Promise<void>;
  /** Claims an interface by its bInterfaceNumber. */
  claimInterface(number: number): Promise<void>;
  /** Releases a claimed interface. */
  releaseInterface(number: number): Promise<void>;
  /**
   * Reads at most `length` bytes from an IN endpoint, by its number. A host that cannot close a device with a read pending
   * ends this one with no data after `withinMs`; every other one waits, as WebUSB does.
   */
  transferIn(endpoint: number, length: number, withinMs?: number): Promise<UsbInResult>;
  /** Writes bytes to an OUT endpoint, by its number. */
  transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult>;
  /** Sends a control request with data; absent where a host has none. */
  controlTransferOut?(request: UsbControlRequest, data: Uint8Array): Promise<UsbOutResult>;
  /** Sends a control request that at most `length` bytes answer. */
  controlTransferIn?(request: UsbControlRequest, length: number): Promise<UsbInResult>;
  /** Ends the halt of an endpoint that has stalled. */
  clearHalt(direction: "in" | "out", endpoint: number): Promise<void>;
}

/** One configuration of a device. */
export interface UsbConfiguration {
  readonly configurationValue: number;
  readonly interfaces: readonly UsbInterface[];
}

/** One interface with its alternate settings. */
export interface UsbInterface {
  readonly interfaceNumber: number;
  readonly alternates: readonly UsbAlternate[];
}

/** One alternate setting: class codes and endpoints. */
export interface UsbAlternate {
  readonly alternateSetting: number;
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly interfaceName?: string | undefined;
  readonly endpoints: readonly UsbEndpoint[];
}

/** One endpoint. */
export interface UsbEndpoint {
  readonly endpointNumber: number;
  readonly direction: "in" | "out";
  readonly type: "bulk" | "interrupt" | "isochronous";
  readonly packetSize: number;
}

/** The setup of a control request, in WebUSB's words (USB 2.0, 9.3). */
export interface UsbControlRequest {
  readonly requestType: "standard" | "class" | "vendor";
  readonly recipient: "device" | "interface" | "endpoint" | "other";
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** What came in, and how. */
export interface UsbInResult {
  readonly status?: "ok" | "stall" | "babble" | undefined;
  readonly data?: DataView | undefined;
}

/** What went out, and how. */
export interface UsbOutResult {
  readonly status?: "ok" | "stall" | undefined;
  readonly bytesWritten: number;
}

/** Where devices come from: npm `usb`, the browser, or a twin. */
export interface UsbHost {
  devices(): Promise<readonly UsbDevice[]>;
}
