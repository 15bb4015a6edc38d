import { createInterface, type Interface } from "node:readline";
import { printable } from "../../base/printable.ts";
import { completions } from "../../commander/language/completion.ts";
import type { Terminal } from "../output.ts";

/** The process's stdin, line by line, with history and completion on a terminal; opened at the first prompt. */
export class Prompt {
  private readonly terminal: Terminal;
  private lines: AsyncIterator<string> | undefined;
  private reader: Interface | undefined;
  private command = new AbortController();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** The next line behind a prompt; undefined at the end of the input. */
  async read(prompt: string): Promise<string | undefined> {
    this.reader ??= this.open();
    this.lines ??= this.reader[Symbol.asyncIterator]();
    this.reader.setPrompt(printable(prompt));
    if (this.terminal.inIsTerminal) this.reader.prompt();
    const next = await this.lines.next();
    return next.done ? undefined : next.value;
  }

  /** The signal of the command that begins now; Ctrl-C sets it. */
  commandSignal(): AbortSignal {
    this.command = new AbortController();
    return this.command.signal;
  }

  /** Ctrl-C: stops the command that runs, or leaves the line that is being typed. */
  interrupt(): void {
    this.command.abort("interrupted");
    if (!this.reader) return;
    this.terminal.out("\n");
    this.reader.write(null, { ctrl: true, name: "u" });
  }

  close(): void {
    this.reader?.close();
  }

  /** In a terminal Ctrl-C is a key like any other, which readline hands on. */
  private open(): Interface {
    if (!this.terminal.inIsTerminal) return createInterface({ input: process.stdin, terminal: false });
    const completer = (line: string): [string[], string] => {
      const [hits, word] = completions(line);
      return [[...hits], word];
    };
    const reader = createInterface({ input: process.stdin, output: process.stdout, terminal: true, completer });
    reader.on("SIGINT", () => this.interrupt());
    return reader;
  }
}
