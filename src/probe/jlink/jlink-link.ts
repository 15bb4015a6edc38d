import { type Clock, type Io, within } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import { readExactly } from "../../pipe/exactly.ts";
import type { Pipe } from "../../pipe/pipe.ts";
import { interrupted } from "../interrupted.ts";
import { ProbeError } from "../probe-error.ts";
import type { JLinkCommand } from "./command.ts";

/** Time for one command and its answer, in milliseconds (RM08001 speaks of 5 s). */
const RESPONSE_MS = 5000;

/** Sends a J-Link one command at a time: one write, and exactly the answer that belongs to it. */
export class JLinkLink {
  private readonly pipe: Pipe;
  private readonly clock: Clock;
  /** How the probe is called in errors. */
  private readonly name: string;

  constructor(pipe: Pipe, clock: Clock, name: string) {
    this.pipe = pipe;
    this.clock = clock;
    this.name = name;
  }

  /**
   * One round trip. The caller's limits are checked before it begins and do not cut it: half an answer left in the probe
   * would cost the whole connection. A probe that says nothing for five seconds ends it as `WaitError`; one that says
   * too much as `probe-protocol`, and the pipe is not used again.
   */
  async transact<Args extends readonly unknown[], Answer>(
    command: JLinkCommand<Args, Answer>,
    io: Io,
    ...args: Args
  ): Promise<Answer> {
    checkIo(this.clock, io, `J-Link command ${command.name}`);
    try {
      return await this.roundTrip(command, args);
    } catch (error) {
      throw interrupted(error, this.name, command.name);
    }
  }

  close(): Promise<void> {
    return this.pipe.close();
  }

  private async roundTrip<Args extends readonly unknown[], Answer>(command: JLinkCommand<Args, Answer>, args: Args) {
    const limits = within(this.clock, RESPONSE_MS);
    await this.pipe.write(command.encode(...args), limits);
    const answer = await command.decode((count) => readExactly(this.pipe, count, limits), ...args);
    this.checkNothingLeft(command.name);
    return answer;
  }

  private checkNothingLeft(name: string): void {
    const surplus = this.pipe.unread;
    if (surplus === 0) return;
    const details = { command: name, surplus };
    const error = new ProbeError("probe-protocol", `The J-Link's answer to ${name} is ${surplus} bytes too long`, {
      details,
    });
    this.pipe.poison(error);
    throw error;
  }
}
