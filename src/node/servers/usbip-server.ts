import type { Twin } from "../../twin/usb.ts";
import { ExportedDevice, offerDevice } from "../../usbip/exported-device.ts";
import {
  BUS_ID_BYTES,
  importRefusal,
  importReply,
  listReply,
  OPERATION_BYTES,
  readBusId,
  readOperation,
} from "../../usbip/operations.ts";
import { payloadBytes, readUrb, URB_HEADER_BYTES } from "../../usbip/urbs.ts";
import type { Connection } from "./connection.ts";
import { type Listening, listen, type TcpServer } from "./tcp-server.ts";

/** TCP port of USB/IP (IANA, service names and port numbers). */
export const USBIP_PORT = 3240;

/** What is put on the bus: a device, the plug that an import puts in, and the device's time. */
export type OnBus = Pick<Twin, "device" | "replug" | "clock">;

/** Time that passes with each answer of a board in lock-step, in microseconds: a frame of the bus. */
const FRAME_US = 1000;

/** How boards are served. */
export interface UsbipServing {
  /**
   * The boards' time passes only while they are used. Each answer then costs a frame, or an importer that waits for the
   * target by asking again and again would wait in vain: its own pauses mean nothing to the board.
   */
  readonly lockstep: boolean;
}

/** How long an importer may take to be gone before the next one is refused, in milliseconds. */
const LEAVING_MS = 500;

/**
 * Serves boards as USB devices by USB/IP, all on one port, with the bus ids 1-1, 1-2 and so on; each to one importer at
 * a time. Importing a board is plugging it in, the end of the connection is unplugging it. Throws what `listen` throws.
 */
export function serveUsbip(boards: readonly OnBus[], where: Listening, { lockstep }: UsbipServing): Promise<TcpServer> {
  const ports = boards.map((board, index) => new BusPort(board, index, lockstep ? FRAME_US : 0));
  return listen(where, (connection) => answer(connection, new ByteSource(connection.pieces()), ports));
}

async function answer(connection: Connection, source: ByteSource, ports: readonly BusPort[]): Promise<void> {
  const operation = readOperation(await source.take(OPERATION_BYTES));
  if (operation === "list") connection.post(listReply(ports.map(({ offer }) => offer)));
  if (operation !== "import") return;
  const busId = readBusId(await source.take(BUS_ID_BYTES));
  const port = ports.find(({ offer }) => offer.busId === busId);
  if (port) await port.serve(connection, source);
  else connection.post(importRefusal("unknown"));
}

/** One place on the bus: a board, and who has imported it. */
class BusPort {
  readonly offer: ReturnType<typeof offerDevice>;
  private readonly board: OnBus;
  private readonly frameUs: number;
  private importer: Promise<void> | undefined;

  constructor(board: OnBus, index: number, frameUs: number) {
    this.board = board;
    this.frameUs = frameUs;
    this.offer = offerDevice(board.device, index);
  }

  /** Serves the first client, until it or the device goes; a client that is leaving is waited for. */
  async serve(connection: Connection, source: ByteSource): Promise<void> {
    if (this.importer) await Promise.race([this.importer, later(LEAVING_MS)]);
    if (this.importer) return connection.post(importRefusal("busy"));
    const serving = this.converse(connection, source).catch(() => {});
    this.importer = serving;
    await serving;
    this.importer = undefined;
  }

  private async converse(connection: Connection, source: ByteSource): Promise<void> {
    this.board.replug();
    const device = await ExportedDevice.open(this.board.device, {
      reply: (message) => {
        // In lock-step, all of it happens within the call.
        if (this.frameUs > 0) void this.board.clock.sleep(this.frameUs);
        connection.post(message);
      },
      unplugged: () => connection.drop(),
    });
    connection.post(importReply(this.offer));
    try {
      for (;;) {
        const urb = readUrb(await source.take(URB_HEADER_BYTES));
        if (!urb) return;
        device.take(urb, await source.take(payloadBytes(urb)));
        await connection.drained();
      }
    } finally {
      await device.close();
    }
  }
}

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The bytes of a connection, in pieces of the length that is asked for. */
class ByteSource {
  private readonly pieces: AsyncIterator<Buffer>;
  private kept: Buffer[] = [];
  private length = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; rejects when the connection ends before. One caller at a time. */
  async take(count: number): Promise<Uint8Array> {
    while (this.length < count) {
      const { done, value } = await this.pieces.next();
      if (done) throw new Error("The connection ended");
      this.kept.push(value);
      this.length += value.length;
    }
    const all = this.kept.length === 1 ? this.kept[0] : Buffer.concat(this.kept);
    this.kept = [all.subarray(count)];
    this.length -= count;
    return new Uint8Array(all.buffer, all.byteOffset, count);
  }
}
