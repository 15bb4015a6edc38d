import type { CommanderHost } from "../host.ts";
import { lexLine, type ScriptLine } from "../language/lexer.ts";
import type { ConsoleForm } from "../texts/forms.ts";
import { echo } from "../texts/v7-86e/banner.ts";

/** Where commands come from: a script, or a prompt. Questions of `connect` read their answers from the same place. */
export class CommandInput {
  private readonly host: CommanderHost;
  private readonly form: Pick<ConsoleForm, "echo">;
  private script: readonly string[] | undefined;
  private insideComment = false;
  private count = 0;
  private commands = 0;

  /** Without a script lines come from the host's prompt. */
  constructor(host: CommanderHost, form: Pick<ConsoleForm, "echo">, script?: string) {
    this.host = host;
    this.form = form;
    this.script = script === undefined ? undefined : linesOf(script);
  }

  /** Whether lines come from a script still. */
  get isScript(): boolean {
    return this.script !== undefined;
  }

  /** How many lines with a command a script has left; undefined at a prompt. */
  get linesLeft(): number | undefined {
    let inside = this.insideComment;
    return this.script?.slice(this.count).filter((text) => {
      const { line, insideComment } = lexLine(text, inside);
      inside = insideComment;
      return line.name !== "";
    }).length;
  }

  /** The script is over; from here on lines come from the host's prompt. */
  leaveScript(): void {
    this.script = undefined;
    this.insideComment = false;
  }

  /** Whether a person is there to be asked. */
  get canAsk(): boolean {
    return !this.isScript && this.host.isInteractive;
  }

  /** The next command, cut into words; undefined at the end. */
  async nextCommand(): Promise<ScriptLine | undefined> {
    const prompt = echo("")[0];
    const text = await this.read(prompt);
    if (text === undefined) return undefined;
    const { line, insideComment } = lexLine(text, this.insideComment, ++this.count);
    this.insideComment = insideComment;
    if (this.form.echo) this.echo(prompt, text);
    else if (line.name !== "") this.separate();
    return line;
  }

  /** The next line as an answer to what the prompt asks; undefined at the end. */
  async answer(prompt: string): Promise<string | undefined> {
    const text = await this.read(prompt);
    this.count++;
    if (!this.isTyped) this.host.out(`${prompt}${text ?? ""}\n`);
    return text?.trim();
  }

  private async read(prompt: string): Promise<string | undefined> {
    if (this.script) return this.script[this.count];
    return this.host.readLine?.(this.host.isInteractive ? prompt : "");
  }

  /** What a person types stands on the screen already. */
  private get isTyped(): boolean {
    return !this.isScript && this.host.isInteractive;
  }

  /** All lines but blank ones are echoed behind their prompt. */
  private echo(prompt: string, text: string): void {
    if (!this.isTyped && text.trim() !== "") this.host.out(`${prompt}${text}\n`);
  }

  /** In a form without echo an empty line stands between a command's output and the next command's. */
  private separate(): void {
    if (!this.isTyped && this.commands++ > 0) this.host.out("\n");
  }
}

function linesOf(script: string): readonly string[] {
  const lines = script.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
