import { ByteWriter, concatBytes } from "../base/bytes.ts";
import type { UsbAlternate, UsbDevice, UsbEndpoint } from "../usb/usb-device.ts";

/** Descriptor types (USB 2.0, table 9-5; HID 1.11, 7.1). */
export const DESCRIPTOR = {
  device: 1,
  configuration: 2,
  string: 3,
  interface: 4,
  endpoint: 5,
  deviceQualifier: 6,
  hid: 0x21,
  hidReport: 0x22,
} as const;

/** What the descriptors are made of: the part of a device that it shows before it is opened. */
export type ShownDevice = Pick<
  UsbDevice,
  "vendorId" | "productId" | "manufacturerName" | "productName" | "serialNumber" | "configuration"
>;

/** Everything that a device answers when it is asked to describe itself. */
export interface Descriptors {
  readonly highSpeed: boolean;
  readonly device: Uint8Array;
  readonly configuration: Uint8Array;
  /** Of a device that knows high speed; full-speed ones stall the request (USB 2.0, 9.6.2). */
  readonly qualifier: Uint8Array | undefined;
  /** By index; index 0 is the list of languages. */
  readonly strings: readonly Uint8Array[];
  /** By interface, for those of class HID. */
  readonly hid: ReadonlyMap<number, { readonly descriptor: Uint8Array; readonly report: Uint8Array }>;
}

/** Version of the device in the descriptors, as binary coded decimals: 1.00. */
export const DEVICE_VERSION = 0x0100;

/** USB 2.0, as binary coded decimals. */
const USB_2 = 0x0200;
const ENGLISH = 0x0409;
const CONTROL_PACKET = 64;
/** Class codes (USB-IF, "Defined Class Codes"). */
const HID_CLASS = 3;
/** Powered by the bus, 100 mA in units of 2 mA (USB 2.0, table 9-10). */
const ATTRIBUTES = 0x80;
const POWER = 50;
/** Largest packet of a bulk endpoint on full speed (USB 2.0, 5.8.3); what has larger ones is a high-speed device. */
const FULL_SPEED_BULK = 64;
const TRANSFER_TYPE = { isochronous: 1, bulk: 2, interrupt: 3 } as const;

/** The descriptors of a device, from what it shows; a device without a configuration has no interfaces. */
export function describeDevice(shown: ShownDevice): Descriptors {
  const texts = new StringTable();
  const [maker, product, serial] = [shown.manufacturerName, shown.productName, shown.serialNumber].map(texts.index);
  const highSpeed = isHighSpeed(shown);
  const general = new ByteWriter().u16le(USB_2).bytes([0, 0, 0, CONTROL_PACKET]).finish();
  const device = new ByteWriter()
    .bytes(general)
    .u16le(shown.vendorId)
    .u16le(shown.productId)
    .u16le(DEVICE_VERSION)
    .bytes([maker, product, serial, 1]);
  return {
    highSpeed,
    device: descriptor(DESCRIPTOR.device, device.finish()),
    configuration: configuration(shown, texts, highSpeed),
    qualifier: highSpeed ? descriptor(DESCRIPTOR.deviceQualifier, Uint8Array.of(...general, 1, 0)) : undefined,
    strings: texts.descriptors(),
    hid: hidOf(shown),
  };
}

/** Whether packets of this size can go over a full-speed bus. */
const isHighSpeed = (shown: ShownDevice): boolean =>
  alternatesOf(shown).some(({ alternate }) => alternate.endpoints.some((one) => one.packetSize > FULL_SPEED_BULK));

function configuration(shown: ShownDevice, texts: StringTable, highSpeed: boolean): Uint8Array {
  const { configurationValue = 1, interfaces = [] } = shown.configuration ?? {};
  const body = concatBytes(
    alternatesOf(shown).map(({ number, alternate }) =>
      concatBytes([interfaceHead(number, alternate, texts), ...hidPart(alternate), ...endpoints(alternate, highSpeed)]),
    ),
  );
  const head = new ByteWriter().u16le(9 + body.length).bytes([interfaces.length, configurationValue, 0]);
  return concatBytes([descriptor(DESCRIPTOR.configuration, head.bytes([ATTRIBUTES, POWER]).finish()), body]);
}

const alternatesOf = ({ configuration }: ShownDevice) =>
  (configuration?.interfaces ?? []).flatMap(({ interfaceNumber, alternates }) =>
    alternates.map((alternate) => ({ number: interfaceNumber, alternate })),
  );

const interfaceHead = (number: number, alternate: UsbAlternate, texts: StringTable): Uint8Array =>
  descriptor(
    DESCRIPTOR.interface,
    Uint8Array.of(
      number,
      alternate.alternateSetting,
      alternate.endpoints.length,
      alternate.interfaceClass,
      alternate.interfaceSubclass,
      alternate.interfaceProtocol,
      texts.index(alternate.interfaceName),
    ),
  );

const endpoints = ({ endpoints }: UsbAlternate, highSpeed: boolean): readonly Uint8Array[] =>
  endpoints.map((one) =>
    descriptor(
      DESCRIPTOR.endpoint,
      new ByteWriter()
        .bytes([addressOf(one), TRANSFER_TYPE[one.type]])
        .u16le(one.packetSize)
        .u8(intervalOf(one, highSpeed))
        .finish(),
    ),
  );

/** An endpoint's address: its number, and bit 7 for in (USB 2.0, table 9-13). */
const addressOf = ({ endpointNumber, direction }: UsbEndpoint): number =>
  endpointNumber | (direction === "in" ? 0x80 : 0);

/** Interrupt endpoints are asked every millisecond: 1 frame, or 2^(4-1) microframes. */
function intervalOf({ type }: UsbEndpoint, highSpeed: boolean): number {
  if (type !== "interrupt") return 0;
  return highSpeed ? 4 : 1;
}

function hidOf(shown: ShownDevice): Descriptors["hid"] {
  const hid = alternatesOf(shown).filter(({ alternate }) => alternate.interfaceClass === HID_CLASS);
  return new Map(
    hid.map(({ number, alternate }) => {
      const report = reportDescriptor(reportSize(alternate));
      return [number, { descriptor: hidDescriptor(report), report }];
    }),
  );
}

const hidPart = (alternate: UsbAlternate): readonly Uint8Array[] =>
  alternate.interfaceClass === HID_CLASS ? [hidDescriptor(reportDescriptor(reportSize(alternate)))] : [];

const reportSize = ({ endpoints }: UsbAlternate): number => Math.max(...endpoints.map((one) => one.packetSize));

/** HID 1.11, no country, one report descriptor (HID 1.11, 6.2.1). */
const hidDescriptor = (report: Uint8Array): Uint8Array =>
  descriptor(
    DESCRIPTOR.hid,
    new ByteWriter().u16le(0x0111).bytes([0, 1, DESCRIPTOR.hidReport]).u16le(report.length).finish(),
  );

/** One vendor-defined report of so many bytes in each direction, without a number (HID 1.11, 6.2.2). */
function reportDescriptor(size: number): Uint8Array {
  const count = [0x96, size & 0xff, size >>> 8];
  return Uint8Array.of(
    ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01], // usage page 0xFF00, usage 1, application collection
    ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08], // values 0 to 255, of 8 bits
    ...[...count, 0x09, 0x01, 0x81, 0x02], // input: data, variable, absolute
    ...[...count, 0x09, 0x01, 0x91, 0x02], // output: the same
    0xc0,
  );
}

/** The device's texts, each with the index by which other descriptors name it. */
class StringTable {
  private readonly texts: string[] = [];

  /** 0 for no text. */
  readonly index = (text: string | undefined): number => {
    if (!text) return 0;
    if (!this.texts.includes(text)) this.texts.push(text);
    return this.texts.indexOf(text) + 1;
  };

  descriptors(): readonly Uint8Array[] {
    const languages = new ByteWriter().u16le(ENGLISH).finish();
    return [languages, ...this.texts.map(utf16)].map((bytes) => descriptor(DESCRIPTOR.string, bytes));
  }
}

/** UTF-16, cut to what a descriptor's one length byte can say. */
function utf16(text: string): Uint8Array {
  const units = new ByteWriter();
  for (let i = 0; i < Math.min(text.length, 126); i++) units.u16le(text.charCodeAt(i));
  return units.finish();
}

const descriptor = (type: number, body: Uint8Array): Uint8Array => Uint8Array.of(body.length + 2, type, ...body);
