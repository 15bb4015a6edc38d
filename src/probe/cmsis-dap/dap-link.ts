import { ByteReader } from "../../base/bytes.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import { hex8 } from "../../base/u32.ts";
import type { Pipe } from "../../pipe/pipe.ts";
import { interrupted } from "../interrupted.ts";
import { ProbeError } from "../probe-error.ts";
import type { DapCommand } from "./command.ts";
import { wrongResponse } from "./wrong-answer.ts";
import type { PacketLimits } from "./packets.ts";

/** Time for one command and its answer, in milliseconds: DAP_SWJ_Pins alone may wait three seconds. */
const RESPONSE_MS = 5000;

/** While the probe's packets are unknown: a full packet of high-speed bulk, more than any answer; one at a time. */
const UNKNOWN: PacketLimits = { size: 512, count: 1 };

/** Packets as HID has them: always whole, so answers end with zeros that mean nothing. */
export type PacketShape = "exact" | "padded";

/** A pending command: its response can be read once, in the order of the commands. */
export interface PendingCommand<Answer> {
  readonly name: string;
  readonly id: number;
  decode(answer: ByteReader): Answer;
}

/** Commands to a CMSIS-DAP probe: one packet per command, one per response, several pending where the probe allows it. */
export class DapLink {
  /** How the probe is called in errors. */
  readonly probe: string;
  limits: PacketLimits = UNKNOWN;
  private readonly pipe: Pipe;
  private readonly clock: Clock;
  private readonly shape: PacketShape;

  constructor(pipe: Pipe, clock: Clock, shape: PacketShape, probe: string) {
    this.pipe = pipe;
    this.clock = clock;
    this.shape = shape;
    this.probe = probe;
  }

  /**
   * One command and its answer. The caller's limits are checked before it begins and do not cut it: an answer left in
   * the probe would be taken for the next one's. Throws `WaitError`, `UsbError`, `PipeError` and `ProbeError`.
   */
  async transact<Args extends readonly unknown[], Answer>(
    command: DapCommand<Args, Answer>,
    io: Io,
    ...args: Args
  ): Promise<Answer> {
    return this.receive(await this.request(command, io, ...args));
  }

  /** Sends a command, unless the caller's limits forbid it. */
  async request<Args extends readonly unknown[], Answer>(
    command: DapCommand<Args, Answer>,
    io: Io,
    ...args: Args
  ): Promise<PendingCommand<Answer>> {
    checkIo(this.clock, io, `CMSIS-DAP command ${command.name}`);
    return this.send(command, ...args);
  }

  /** Sends a command without waiting for its answer; at most `limits.count` may be under way. */
  async send<Args extends readonly unknown[], Answer>(
    command: DapCommand<Args, Answer>,
    ...args: Args
  ): Promise<PendingCommand<Answer>> {
    const { name, id } = command;
    const limits = within(this.clock, RESPONSE_MS);
    await this.guard(name, () => this.pipe.write(Uint8Array.of(id, ...command.encode(...args)), limits));
    return { name, id, decode: (answer) => command.decode(answer, ...args) };
  }

  /**
   * Commands whose answers need not be waited for one by one; as many are under way as the probe takes. Answers what became
   * of each. A command that is called off, or can't be sent, ends them: that is thrown once no answer is left in the probe.
   */
  async inARow<Answer>(
    requests: readonly (() => Promise<PendingCommand<Answer>>)[],
  ): Promise<readonly PromiseSettledResult<Answer>[]> {
    const flying: PendingCommand<Answer>[] = [];
    const settled: PromiseSettledResult<Answer>[] = [];
    const land = async () => {
      const [pending] = flying.splice(0, 1);
      if (pending) settled.push(...(await Promise.allSettled([this.receive(pending)])));
    };
    try {
      for (const request of requests) {
        if (flying.length >= this.limits.count) await land();
        flying.push(await request());
      }
    } finally {
      while (flying.length > 0) await land();
    }
    return settled;
  }

  /** The response to the oldest pending command. What does not belong to it poisons the pipe, as `probe-protocol`. */
  async receive<Answer>(pending: PendingCommand<Answer>): Promise<Answer> {
    const { name, id } = pending;
    const packet = await this.packet(pending);
    if (packet[0] !== id) {
      // An unknown command is answered by one byte 0xFF (CMSIS-DAP, "Response").
      const isUnknown = packet[0] === 0xff && (this.shape === "padded" || packet.length === 1);
      if (!isUnknown) throw this.broken(name, `it answers command 0x${hex8(packet[0])}`);
      const text = `${this.probe} does not know ${name}`;
      throw new ProbeError("probe-unsupported", text, { details: { command: name } });
    }
    try {
      const response = new ByteReader(packet.subarray(1));
      const value = pending.decode(response);
      if (this.shape === "exact" && response.left > 0) throw new RangeError(`${response.left} bytes too many`);
      return value;
    } catch (error) {
      throw error instanceof RangeError ? this.broken(name, error.message, error) : error;
    }
  }

  /** One response as it came, whichever command it answers. */
  async packet({ name }: PendingCommand<unknown>): Promise<Uint8Array> {
    const { size } = this.limits;
    const isPadded = this.shape === "padded";
    // A report comes whole, however long; of bulk exactly a packet is requested, which may come without an empty one.
    const most = isPadded ? this.pipe.maxRead : size;
    const packet = await this.guard(name, () => this.pipe.read(most, within(this.clock, RESPONSE_MS)));
    if (this.pipe.unread > 0) throw this.broken(name, `${this.pipe.unread} bytes more than a packet holds`);
    const isWhole = isPadded ? packet.length === size : packet.length <= size;
    if (this.limits === UNKNOWN ? packet.length === 0 : !isWhole)
      throw this.broken(name, `${packet.length} bytes are no whole packet`);
    return packet;
  }

  close(): Promise<void> {
    return this.pipe.close();
  }

  private async guard<T>(name: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw interrupted(error, this.probe, name);
    }
  }

  private broken(name: string, why: string, cause?: unknown): ProbeError {
    const error = wrongResponse(this.probe, name, why, cause);
    this.pipe.poison(error);
    return error;
  }
}
