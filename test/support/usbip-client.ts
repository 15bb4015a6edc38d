import { connect, type Socket } from "node:net";
import type { UsbAlternate, UsbConfiguration, UsbDevice, UsbInResult, UsbOutResult } from "../../src/usb/usb-device.ts";

/** How one transfer ended: Linux's error number, negative, and what came. */
export interface UrbEnd {
  readonly status: number;
  readonly actual: number;
  readonly data: Buffer;
}

const STALL = -32;
const OVERFLOW = -75;

/** The header of a message about an imported device, written from the kernel's page on the protocol. */
export function urbHeader(code: number, sequence: number, inward: boolean, endpoint: number, fields: Buffer): Buffer {
  const header = Buffer.alloc(48);
  [code, sequence, 0x10001, inward ? 1 : 0, endpoint].forEach((value, i) => void header.writeUInt32BE(value, i * 4));
  fields.copy(header, 20);
  return header;
}

/** The part of a header that is for a transfer: how many bytes, and a control transfer's setup. */
export function submitFields(length: number, setup: Uint8Array = new Uint8Array(8)): Buffer {
  const fields = Buffer.alloc(28);
  fields.writeUInt32BE(length, 4);
  fields.set(setup, 20);
  return fields;
}

/** What a connection sends, in pieces of a wanted length. */
export class Wire {
  readonly socket: Socket;
  private kept = Buffer.alloc(0);
  private ended = false;
  private woken = () => {};

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.socket.on("data", (chunk: Buffer) => {
      this.kept = Buffer.concat([this.kept, chunk]);
      this.woken();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.ended = true;
      this.woken();
    });
  }

  /** Exactly so many bytes, or undefined when the connection has ended before. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.kept.length < count) {
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.woken = resolve;
      });
    }
    const taken = this.kept.subarray(0, count);
    this.kept = this.kept.subarray(count);
    return taken;
  }

  /** Everything until the other side ends the connection. */
  async rest(): Promise<Buffer> {
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.woken = resolve;
      });
    }
    return this.kept;
  }
}

/** The request to import a device. */
export function importRequest(busId: string): Buffer {
  const request = Buffer.alloc(40);
  request.writeUInt32BE(0x0111_8003);
  request.write(busId, 8);
  return request;
}

/** Asks for a device; answers the status of the reply, and the wire on which the device is from then on. */
export async function importDevice(port: number, busId: string): Promise<{ status: number; wire: Wire }> {
  const wire = new Wire(port);
  wire.socket.write(importRequest(busId));
  const status = (await wire.take(8))?.readUInt32BE(4) ?? -1;
  if (status === 0) await wire.take(312);
  return { status, wire };
}

/** An imported device as the kernel's driver sees it: transfers with numbers. */
export class ImportedDevice {
  readonly wire: Wire;
  private sequence = 0;
  private readonly waiting = new Map<number, { inward: boolean; resolve(end: UrbEnd | undefined): void }>();
  private readonly unlinks = new Map<number, (status: number) => void>();

  constructor(wire: Wire) {
    this.wire = wire;
    void this.receive();
  }

  /** Starts a transfer; `end` is undefined where the device has gone, and never comes after an unlink in time. */
  submit(endpoint: number, what: { readonly in: number } | { readonly out: Uint8Array }, setup?: Uint8Array) {
    const inward = "in" in what;
    const sequence = ++this.sequence;
    const end = new Promise<UrbEnd | undefined>((resolve) => this.waiting.set(sequence, { inward, resolve }));
    const fields = submitFields(inward ? what.in : what.out.length, setup);
    this.wire.socket.write(
      Buffer.concat([urbHeader(1, sequence, inward, endpoint, fields), inward ? Buffer.alloc(0) : what.out]),
    );
    return { sequence, end };
  }

  /** Calls a transfer off; answers -104 where it had not ended, 0 where it had. */
  unlink(sequence: number): Promise<number> {
    const own = ++this.sequence;
    const fields = Buffer.alloc(4);
    fields.writeUInt32BE(sequence);
    this.wire.socket.write(urbHeader(2, own, false, 0, fields));
    return new Promise((resolve) => this.unlinks.set(own, resolve));
  }

  /** A control transfer in. */
  async controlIn(type: number, request: number, value: number, index: number, length: number): Promise<UrbEnd> {
    return ended(await this.submit(0, { in: length }, setupOf(type, request, value, index, length)).end);
  }

  /** A control transfer out. */
  async controlOut(
    type: number,
    request: number,
    value: number,
    index: number,
    data = new Uint8Array(),
  ): Promise<UrbEnd> {
    return ended(await this.submit(0, { out: data }, setupOf(type, request, value, index, data.length)).end);
  }

  /** Pulls the plug. */
  detach(): void {
    this.wire.socket.destroy();
  }

  private async receive(): Promise<void> {
    for (let header = await this.wire.take(48); header !== undefined; header = await this.wire.take(48)) {
      const [code, sequence, status, actual] = [
        header.readUInt32BE(0),
        header.readUInt32BE(4),
        header.readInt32BE(20),
        header.readUInt32BE(24),
      ];
      if (code === 4) this.unlinks.get(sequence)?.(status);
      const one = this.waiting.get(sequence);
      if (code !== 3 || one === undefined) continue;
      this.waiting.delete(sequence);
      const data = one.inward && actual > 0 ? await this.wire.take(actual) : Buffer.alloc(0);
      one.resolve(data && { status, actual, data });
    }
    for (const { resolve } of this.waiting.values()) resolve(undefined);
  }
}

const setupOf = (type: number, request: number, value: number, index: number, length: number): Uint8Array =>
  Uint8Array.of(type, request, value, value >> 8, index, index >> 8, length, length >> 8);

function ended(end: UrbEnd | undefined): UrbEnd {
  if (end === undefined) throw Object.assign(new Error("The device was disconnected"), { name: "NetworkError" });
  return end;
}

/** Imports a device and makes a WebUSB device of it, from nothing but what it answers. */
export async function attach(port: number, busId: string): Promise<UsbDevice & { readonly raw: ImportedDevice }> {
  const { status, wire } = await importDevice(port, busId);
  if (status !== 0) throw new Error(`The import was refused with ${status}`);
  const raw = new ImportedDevice(wire);
  const device = (await raw.controlIn(0x80, 6, 0x0100, 0, 18)).data;
  const total = (await raw.controlIn(0x80, 6, 0x0200, 0, 9)).data.readUInt16LE(2);
  const text = async (index: number) =>
    index === 0 ? undefined : textOf((await raw.controlIn(0x80, 6, 0x0300 | index, 0x409, 255)).data);
  const configuration = await parseConfiguration((await raw.controlIn(0x80, 6, 0x0200, 0, total)).data, text);
  await raw.controlOut(0, 9, configuration.configurationValue, 0);
  const names = {
    manufacturerName: await text(device[14]),
    productName: await text(device[15]),
    serialNumber: await text(device[16]),
  };
  const ids = { vendorId: device.readUInt16LE(8), productId: device.readUInt16LE(10) };
  return Object.assign(new AttachedDevice(raw, configuration), ids, names) as AttachedDevice &
    typeof ids &
    typeof names;
}

/** UTF-16 behind two bytes. */
const textOf = (descriptor: Buffer) => descriptor.toString("utf16le", 2);

async function parseConfiguration(
  bytes: Buffer,
  text: (index: number) => Promise<string | undefined>,
): Promise<UsbConfiguration> {
  const alternates: { number: number; alternate: UsbAlternate }[] = [];
  for (let at = 0; at < bytes.length; at += bytes[at]) {
    const one = bytes.subarray(at, at + bytes[at]);
    if (one[1] === 4) alternates.push({ number: one[2], alternate: await interfaceOf(one, text) });
    if (one[1] === 5) (alternates[alternates.length - 1].alternate.endpoints as object[]).push(endpointOf(one));
  }
  const interfaces = alternates.map(({ number, alternate }) => ({ interfaceNumber: number, alternates: [alternate] }));
  return { configurationValue: bytes[5], interfaces };
}

const interfaceOf = async (
  one: Buffer,
  text: (index: number) => Promise<string | undefined>,
): Promise<UsbAlternate> => ({
  alternateSetting: one[3],
  interfaceClass: one[5],
  interfaceSubclass: one[6],
  interfaceProtocol: one[7],
  interfaceName: await text(one[8]),
  endpoints: [],
});

const endpointOf = (one: Buffer) => ({
  endpointNumber: one[2] & 15,
  direction: one[2] & 0x80 ? "in" : "out",
  type: one[3] === 3 ? "interrupt" : "bulk",
  packetSize: one.readUInt16LE(4),
});

class AttachedDevice {
  readonly raw: ImportedDevice;
  readonly configuration: UsbConfiguration;
  opened = false;
  private readonly under = new Set<number>();

  constructor(raw: ImportedDevice, configuration: UsbConfiguration) {
    this.raw = raw;
    this.configuration = configuration;
  }

  async open(): Promise<void> {
    this.opened = true;
  }

  /** As the kernel does it: whatever is under way is called off. */
  async close(): Promise<void> {
    this.opened = false;
    await Promise.all([...this.under].map((sequence) => this.raw.unlink(sequence)));
  }

  async selectConfiguration(): Promise<void> {}
  async claimInterface(): Promise<void> {}
  async releaseInterface(): Promise<void> {}

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    await this.raw.controlOut(2, 1, 0, endpoint | (direction === "in" ? 0x80 : 0));
  }

  async transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    const { status, data } = await this.transfer(endpoint, { in: length });
    if (status === STALL) return { status: "stall" };
    return {
      status: status === OVERFLOW ? "babble" : "ok",
      data: new DataView(data.buffer, data.byteOffset, data.length),
    };
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
    const { status, actual } = await this.transfer(endpoint, { out: data });
    return { status: status === STALL ? "stall" : "ok", bytesWritten: actual };
  }

  private async transfer(
    endpoint: number,
    what: { readonly in: number } | { readonly out: Uint8Array },
  ): Promise<UrbEnd> {
    const { sequence, end } = this.raw.submit(endpoint, what);
    this.under.add(sequence);
    const result = await end;
    this.under.delete(sequence);
    return ended(result);
  }
}
