import { ByteWriter } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { SwoPiece, SwoReceiver } from "../probe.ts";
import { ProbeError } from "../probe-error.ts";
import { type DapCommand, statusCommand } from "./command.ts";
import type { DapLink } from "./dap-link.ts";

/** DAP_SWO_Transport: 1 is by DAP_SWO_Data. */
const TRANSPORT = statusCommand("DAP_SWO_Transport", 0x17, (request, transport: number) => request.u8(transport));

/** DAP_SWO_Mode: 0 off, 1 UART. */
const MODE = statusCommand("DAP_SWO_Mode", 0x18, (request, mode: number) => request.u8(mode));

/** DAP_SWO_Baudrate: answers the speed that is taken; 0 is none. */
const BAUDRATE: DapCommand<readonly [hz: number], number> = {
  name: "DAP_SWO_Baudrate",
  id: 0x19,
  encode: (hz) => new ByteWriter().u32le(hz).finish(),
  decode: (answer) => answer.u32le(),
};

/** DAP_SWO_Control: bit 0 starts with an empty buffer, 0 stops. */
const CONTROL = statusCommand("DAP_SWO_Control", 0x1a, (request, on: boolean) => request.u8(on ? 1 : 0));

/** DAP_SWO_Data: at most so many bytes, behind the trace status. */
const DATA: DapCommand<readonly [most: number], { readonly status: number; readonly bytes: Uint8Array }> = {
  name: "DAP_SWO_Data",
  id: 0x1c,
  encode: (most) => new ByteWriter().u16le(most).finish(),
  decode: (answer, most) => {
    const [status, count] = [answer.u8(), answer.u16le()];
    if (count > most) throw new RangeError(`${count} bytes of SWO, and ${most} were asked for`);
    return { status, bytes: answer.bytes(count).slice() };
  },
};

/** Trace status: bytes are missing. */
const OVERRUN = 0x80;
/** Bytes of DAP_SWO_Data's answer before the data: id, status, count. */
const HEAD = 4;
/** Packets that one read fetches at most, as long as each is full. */
const MOST_PACKETS = 16;

/** The SWO receiver of a CMSIS-DAP probe, by DAP_SWO_Data; the endpoint of version 2 for it is left alone. */
export class DapSwo implements SwoReceiver {
  private readonly link: DapLink;

  constructor(link: DapLink) {
    this.link = link;
  }

  async speedFor(hz: number, io: Io = {}): Promise<number> {
    await this.link.transact(CONTROL, io, false);
    await this.link.transact(TRANSPORT, io, 1);
    await this.link.transact(MODE, io, 1);
    return this.link.transact(BAUDRATE, io, Math.round(hz));
  }

  async start(hz: number, io: Io = {}): Promise<void> {
    if ((await this.speedFor(hz, io)) === 0)
      throw new ProbeError("probe-unsupported", `The probe refused SWO at ${Math.round(hz)} Hz`, { details: { hz } });
    await this.link.transact(CONTROL, io, true);
  }

  async read(io: Io = {}): Promise<SwoPiece> {
    const most = this.link.limits.size - HEAD;
    const pieces: number[] = [];
    let lost = false;
    for (let packets = 0; packets < MOST_PACKETS; packets++) {
      const { status, bytes } = await this.link.transact(DATA, io, most);
      pieces.push(...bytes);
      lost ||= (status & OVERRUN) !== 0;
      if (bytes.length < most) break;
    }
    return { bytes: Uint8Array.from(pieces), lost };
  }

  async stop(io: Io = {}): Promise<void> {
    await this.link.transact(CONTROL, io, false);
    await this.link.transact(MODE, io, 0);
  }
}
