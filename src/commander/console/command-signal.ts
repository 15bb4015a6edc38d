import type { Io } from "../../base/clock.ts";
import { WaitError } from "../../base/errors.ts";
import type { CommanderHost } from "../host.ts";

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
    const signals = [this.host.commandSignal?.(), this.run].filter((signal) => signal !== undefined);
    this.current = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  }

  /** What is waited for, unless the whole run is called off before; throws `WaitError` `aborted` then. */
  unlessEnded<T>(waiting: Promise<T>): Promise<T> {
    const { run } = this;
    if (!run) return waiting;
    return new Promise((resolve, reject) => {
      const end = () => reject(new WaitError("aborted", "Called off while waiting for input", { cause: run.reason }));
      if (run.aborted) return end();
      run.addEventListener("abort", end, { once: true });
      waiting.then(resolve, reject).finally(() => run.removeEventListener("abort", end));
    });
  }

  /** Whether the whole run was called off. */
  get isRunStopped(): boolean {
    return this.run?.aborted === true;
  }

  /** Whether a command was stopped and the run wasn't. */
  get isOnlyCommandStopped(): boolean {
    return this.current !== this.run && this.current?.aborted === true && this.run?.aborted !== true;
  }
}
