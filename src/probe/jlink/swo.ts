import { ByteReader, ByteWriter } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import { ProbeError } from "../probe-error.ts";
import type { SwoPiece, SwoReceiver } from "../probe.ts";
import type { JLinkCommand } from "./command.ts";
import type { JLinkLink } from "./jlink-link.ts";

/** SWO (0xEB): a subcommand, parameters of length, id and value, and a zero (public drivers; not in RM08001). */
const ID = 0xeb;
const SUB = { start: 0x64, stop: 0x65, read: 0x66, speeds: 0x6e } as const;
const PARAMETER = { mode: 1, hz: 2, read: 3, buffer: 4 } as const;
const UART = 0;

/** Most bytes that are asked for at once, and what the probe keeps of its memory for its other commands. */
const MOST_READ = 4096;
const KEPT_MEMORY = 1024;

/** Bit 31 of a status or length is an error; bit 0 of a read's status means that bytes are missing. */
const FAILED = 0x80000000;
const OVERRUN = 1;

function request(sub: number, ...parameters: readonly (readonly [id: number, value: number])[]): Uint8Array {
  const writer = new ByteWriter().u8(ID).u8(sub);
  for (const [id, value] of parameters) writer.u8(4).u8(id).u32le(value);
  return writer.u8(0).finish();
}

const word = async (take: (count: number) => Promise<Uint8Array>): Promise<number> =>
  new ByteReader(await take(4)).u32le();

/** Starts with an empty buffer of so many bytes; the status is 0, or an error. */
const START: JLinkCommand<readonly [hz: number, buffer: number], number> = {
  name: "SWO start",
  id: ID,
  encode: (hz, buffer) => request(SUB.start, [PARAMETER.mode, UART], [PARAMETER.hz, hz], [PARAMETER.buffer, buffer]),
  decode: (take) => word(take),
};

const STOP: JLinkCommand<readonly [], number> = {
  name: "SWO stop",
  id: ID,
  encode: () => request(SUB.stop),
  decode: (take) => word(take),
};

/** At most so many bytes, with the status before them. */
const READ: JLinkCommand<readonly [most: number], { readonly status: number; readonly bytes: Uint8Array }> = {
  name: "SWO read",
  id: ID,
  encode: (most) => request(SUB.read, [PARAMETER.read, most]),
  decode: async (take, most) => {
    const head = new ByteReader(await take(8));
    const [status, length] = [head.u32le(), head.u32le()];
    if (length > most)
      throw new ProbeError("probe-protocol", `The J-Link has ${length} bytes of SWO, and was asked for ${most}`);
    return { status, bytes: length === 0 ? new Uint8Array(0) : (await take(length)).slice() };
  },
};

/** The receiver's clock and the dividers that it takes; undefined where the probe refuses to say. */
const SPEEDS: JLinkCommand<
  readonly [],
  { readonly baseHz: number; readonly least: number; readonly most: number } | undefined
> = {
  name: "SWO speeds",
  id: ID,
  encode: () => request(SUB.speeds, [PARAMETER.mode, UART]),
  decode: async (take) => {
    const length = await word(take);
    if (length & FAILED || length < 28) return undefined;
    const answer = new ByteReader(await take(length - 4));
    answer.skip(4);
    const [baseHz, least, most] = [answer.u32le(), answer.u32le(), answer.u32le()];
    return { baseHz, least: Math.max(1, least), most };
  },
};

/** The SWO receiver of a J-Link. */
export class JLinkSwo implements SwoReceiver {
  private readonly link: JLinkLink;
  private readonly buffer: number;

  constructor(link: JLinkLink, freeMemory: number) {
    this.link = link;
    this.buffer = Math.max(512, freeMemory - KEPT_MEMORY);
  }

  async speedFor(hz: number, io: Io = {}): Promise<number> {
    const speeds = await this.link.transact(SPEEDS, io);
    if (!speeds) return 0;
    const divider = Math.round(speeds.baseHz / hz);
    return Math.floor(speeds.baseHz / Math.min(speeds.most, Math.max(speeds.least, divider)));
  }

  async start(hz: number, io: Io = {}): Promise<void> {
    const status = await this.link.transact(START, io, Math.round(hz), this.buffer);
    if (status !== 0) throw refused("start", status);
  }

  /** Throws `probe-unsupported` where the probe reports something else than lost bytes. */
  async read(io: Io = {}): Promise<SwoPiece> {
    const { status, bytes } = await this.link.transact(READ, io, MOST_READ);
    if (status & FAILED) throw refused("read", status);
    return { bytes, lost: (status & OVERRUN) !== 0 };
  }

  async stop(io: Io = {}): Promise<void> {
    await this.link.transact(STOP, io);
  }
}

const refused = (what: string, status: number) =>
  new ProbeError(
    "probe-unsupported",
    `The J-Link refused to ${what} SWO with status 0x${(status >>> 0).toString(16)}`,
    {
      details: { command: `SWO ${what}`, status },
    },
  );
