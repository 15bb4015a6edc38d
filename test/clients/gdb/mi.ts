import { type ChildProcess, spawn } from "node:child_process";

/** What GDB printed for one command. */
export interface MiAnswer {
  /** `done`, `running`, `connected`, `error`, `exit`. */
  readonly result: string;
  /** All its lines. */
  readonly text: string;
}

/** gdb-multiarch by its machine interface, as IDEs have it; lines of the console are taken, too. */
export class MiGdb {
  /** All that it has printed. */
  text = "";
  private readonly gdb: ChildProcess;
  private isOver = false;
  private woken = () => {};
  private token = 0;

  constructor() {
    this.gdb = spawn("gdb-multiarch", ["-nx", "-q", "--interpreter=mi2"]);
    const take = (data: Buffer) => {
      this.text += data.toString();
      this.woken();
    };
    this.gdb.stdout?.on("data", take);
    this.gdb.stderr?.on("data", take);
    this.gdb.on("close", () => {
      this.isOver = true;
      this.woken();
    });
  }

  /** Sends a command, and waits for its result and, where the core is to stop, for the stop. Throws after `ms`. */
  async send(
    command: string,
    { stops = false, ms = 60_000 }: { readonly stops?: boolean; readonly ms?: number } = {},
  ): Promise<MiAnswer> {
    const token = `${++this.token}`;
    const before = this.text.length;
    // The console's own lines have no token of their own.
    this.gdb.stdin?.write(
      command.startsWith("-")
        ? `${token}${command}\n`
        : `${token}-interpreter-exec console ${JSON.stringify(command)}\n`,
    );
    const result = new RegExp(`^${token}\\^(\\w+)`, "m");
    const late = setTimeout(() => {
      this.woken();
    }, ms);
    const begun = performance.now();
    try {
      for (;;) {
        const text = this.text.slice(before);
        const [, found] = result.exec(text) ?? [];
        if (found !== undefined && (!stops || found === "error" || /^\*stopped/m.test(text)))
          return { result: found, text };
        if (this.isOver) return { result: "exit", text };
        if (performance.now() - begun >= ms)
          throw new Error(`${command}: GDB has not answered within ${ms} ms: ${text}`);
        await new Promise<void>((resolve) => {
          this.woken = resolve;
        });
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** Ends it by force, where it is there yet. */
  kill(): void {
    this.gdb.kill("SIGKILL");
  }
}
