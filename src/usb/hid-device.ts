/**
 * A HID device whose reports have no number: the part of WebHID's `HIDDevice` that a probe needs, with the input reports
 * as a queue instead of events. npm `node-hid` and the twin satisfy it through one small wrapper each.
 */
export interface HidDevice {
  /** idVendor. */
  readonly vendorId: number;
  /** idProduct. */
  readonly productId: number;
  /** iProduct. */
  readonly productName?: string | undefined;
  /** iSerialNumber. */
  readonly serialNumber?: string | undefined;
  /** Whether it is open. */
  readonly opened: boolean;
  /** Bytes of one report in each direction, where the host knows it from the report descriptor. */
  readonly reportSize?: number | undefined;
  /** Opens the device. */
  open(): Promise<void>;
  /** Closes the device. */
  close(): Promise<void>;
  /** Sends one output report; report number 0 means that the device has no numbers. */
  sendReport(reportId: number, data: Uint8Array): Promise<void>;
  /** The next input report, in the order in which they came; rejects when the device is closed or gone. */
  receive(): Promise<Uint8Array>;
}

/** Where HID devices come from: npm `node-hid`, the browser, or a twin. */
export interface HidHost {
  devices(): Promise<readonly HidDevice[]>;
}
