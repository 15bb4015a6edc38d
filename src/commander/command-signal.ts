import type { Io } from "../base/clock.ts";
import type { CommanderHost } from "./host.ts";

/** What calls off the command that runs now: at a prompt a signal of its own, in a script the run's. */
export class CommandSignal {
  /** Always with the signal of the command that runs now. */
  readonly io: Io;
  private readonly host: CommanderHost;
  private readonly run: AbortSignal | undefined;
  private current: AbortSignal | undefined;

  constructor(host: CommanderHost, run: AbortSignal | undefined) {
    this.host = host;
    this.run = run;
    this.current = run;
    const now = () => this.current;
    this.io = {
      get signal() {
        return now();
      },
    } as Io;
  }

  /** The next command begins. */
  renew(): void {
    this.current = this.host.commandSignal?.() ?? this.run;
  }

  /** Whether a command was stopped and the run wasn't. */
  get isOnlyCommandStopped(): boolean {
    return this.current !== this.run && this.current?.aborted === true && this.run?.aborted !== true;
  }
}
