import { createServer, type Server, type Socket } from "node:net";
import { isHidDevice, type ProbeDevice } from "../../../probe/drivers.ts";

/** A transfer's words of the stand-in library (`BUS_LIBRARY`): direction and length, then the answer's length. */
const OUT = 0;
const HEADER_BYTES = 8;
const TIMED_OUT = -1;

/** How often an answer comes: a packet for each packet, or one for commands that have any. */
export type Answers = "each" | "some";

/**
 * Serves one probe at a socket of this machine's file system to the stand-in library in another program. Time passes as the
 * probe's USB makes it pass, and none while the program thinks. A probe that answers each packet has nothing to read
 * once all are answered: that read ends at once, like one whose time is over.
 */
export class BusServer {
  private readonly device: ProbeDevice;
  private readonly answers: Answers;
  private readonly server: Server;
  /** Input reports that a system's HID driver asks for before the packet goes out. */
  private readonly asked: Promise<Uint8Array>[] = [];
  private due = 0;

  private constructor(device: ProbeDevice, answers: Answers) {
    this.device = device;
    this.answers = answers;
    this.server = createServer((socket) => void this.serve(socket).catch(() => socket.destroy()));
  }

  /** Opens the device and listens at the path; rejects where either can't be. */
  static async at(path: string, device: ProbeDevice, answers: Answers): Promise<BusServer> {
    const made = new BusServer(device, answers);
    await device.open();
    if (!isHidDevice(device)) {
      await device.selectConfiguration(1);
      await device.claimInterface(0);
    }
    await new Promise<void>((resolve, reject) => {
      made.server.once("error", reject).listen(path, resolve);
    });
    return made;
  }

  /** Stops listening, and closes the device. */
  async close(): Promise<void> {
    this.server.close();
    await this.device.close();
  }

  private async serve(socket: Socket): Promise<void> {
    let kept = Buffer.alloc(0);
    for await (const piece of socket as AsyncIterable<Buffer>) {
      kept = Buffer.concat([kept, piece]);
      for (let size = requestSize(kept); size !== undefined; size = requestSize(kept)) {
        const request = kept.subarray(0, size);
        kept = kept.subarray(size);
        socket.write(await this.answer(request));
      }
    }
  }

  private async answer(request: Buffer): Promise<Uint8Array> {
    if (request.readUInt32LE(0) === OUT) {
      const bytes = Uint8Array.from(request.subarray(HEADER_BYTES));
      await this.send(bytes);
      return answered(bytes.length);
    }
    if (this.answers === "each" && this.due === 0) return answered(TIMED_OUT);
    this.due--;
    const bytes = await this.receive(request.readUInt32LE(4));
    return Buffer.concat([answered(bytes.length), bytes]);
  }

  private async send(bytes: Uint8Array): Promise<void> {
    const { device } = this;
    this.due++;
    if (!isHidDevice(device)) return void (await device.transferOut(endpointOf(device, "out"), bytes));
    this.asked.push(device.receive());
    await device.sendReport(0, bytes);
  }

  private async receive(length: number): Promise<Uint8Array> {
    const { device } = this;
    if (isHidDevice(device)) return (await this.asked.shift()) ?? new Uint8Array();
    const { data } = await device.transferIn(endpointOf(device, "in"), length);
    return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
  }
}

/** Bytes of the first request; undefined until all of it is there. */
function requestSize(kept: Buffer): number | undefined {
  if (kept.length < HEADER_BYTES) return undefined;
  const size = HEADER_BYTES + (kept.readUInt32LE(0) === OUT ? kept.readUInt32LE(4) : 0);
  return kept.length < size ? undefined : size;
}

function answered(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(length);
  return bytes;
}

type Bulk = Exclude<ProbeDevice, { receive: unknown }>;

/** The probe's one endpoint of a direction. */
const endpointOf = ({ configuration }: Bulk, direction: "in" | "out"): number =>
  endpointsOf(configuration).find((each) => each.direction === direction)?.endpointNumber ?? 1;

/** The endpoints of the probe's interface, in their order, which says to some drivers what they are for. */
export const endpointsOf = (configuration: Bulk["configuration"]) =>
  configuration?.interfaces[0]?.alternates[0]?.endpoints ?? [];
