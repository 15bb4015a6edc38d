import { createInterface, type Interface } from "node:readline";
import { WaitError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { completions, deviceCompletions } from "../../commander/language/completion.ts";
import type { Terminal } from "../output.ts";
import { filesFrom } from "./path-completion.ts";

/** From the line's start, erase to its end (ECMA-48, EL). */
const CLEAR_LINE = "\r\u001b[K";

/** The process's stdin, line by line, with history and completion on a terminal; opened at the first prompt. */
export class Prompt {
  private readonly terminal: Terminal;
  private lines: AsyncIterator<string> | undefined;
  private reader: Interface | undefined;
  private command = new AbortController();
  private text = "";
  /** A line is being typed. */
  private isWaiting = false;
  /** Ctrl-C came at an empty line, and nothing since. */
  private isLeaving = false;
  /** The input has ended: it doesn't begin again, whatever asks next. */
  private hasEnded = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** The next line behind a prompt; undefined at the end of the input. */
  async read(prompt: string): Promise<string | undefined> {
    if (this.hasEnded) return undefined;
    this.reader ??= this.open();
    this.lines ??= this.reader[Symbol.asyncIterator]();
    this.text = printable(prompt);
    this.reader.setPrompt(this.text);
    this.isWaiting = true;
    if (this.terminal.inIsTerminal) this.reader.prompt();
    const next = await this.lines.next();
    this.isWaiting = false;
    this.isLeaving = false;
    if (!next.done) return next.value;
    this.hasEnded = true;
    // Ctrl-D, and the second Ctrl-C, leave the cursor behind the prompt.
    if (this.terminal.inIsTerminal) this.terminal.out("\n");
    return undefined;
  }

  /** Prints something while a line may be being typed: that line is drawn again behind it. */
  beside(print: () => void): void {
    const isTyping = this.isWaiting && this.terminal.inIsTerminal;
    if (isTyping) process.stdout.write(CLEAR_LINE);
    print();
    if (isTyping) this.reader?.prompt(true);
  }

  /** The signal of the command that begins now; Ctrl-C sets it. */
  commandSignal(): AbortSignal {
    this.command = new AbortController();
    return this.command.signal;
  }

  /** Ctrl-C: stops the command that runs, or leaves the line that is being typed; twice at an empty line, the program. */
  interrupt(): void {
    this.command.abort(new WaitError("aborted", "Interrupted by Ctrl-C"));
    const { reader } = this;
    if (!reader || !this.isWaiting) return;
    const isEmpty = reader.line === "";
    if (isEmpty && this.isLeaving) {
      reader.close();
      return;
    }
    this.isLeaving = isEmpty;
    this.terminal.out("\n");
    if (isEmpty) this.terminal.err("flashproof: Ctrl-C again, Ctrl-D or q leaves\n");
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
    reader.prompt();
  }

  close(): void {
    this.reader?.close();
  }

  /** In a terminal Ctrl-C is a key like any other, which readline hands on. */
  private open(): Interface {
    if (!this.terminal.inIsTerminal) return createInterface({ input: process.stdin, terminal: false });
    const completer = (line: string) => this.complete(line);
    const reader = createInterface({ input: process.stdin, output: process.stdout, terminal: true, completer });
    reader.on("SIGINT", () => this.interrupt());
    return reader;
  }

  /** The only hit is a whole word, so a blank stands behind it; a folder's path continues. */
  private complete(line: string): [string[], string] {
    const isDevice = this.text.startsWith("Device>");
    const [hits, word] = isDevice ? deviceCompletions(line) : completions(line, filesFrom(this.terminal.folder));
    const [only, ...more] = hits;
    const isWhole = only !== undefined && more.length === 0 && !only.endsWith("/") && !isDevice;
    return [isWhole ? [`${only} `] : [...hits], word];
  }
}
