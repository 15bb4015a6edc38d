import { StringDecoder } from "node:string_decoder";
import type { Terminal } from "../output.ts";

/** So many characters of output go into an answer. */
const MOST_KEPT = 1 << 24;

/** What a firmware prints by semihosting: on stdout and stderr as it comes; what is for an answer is kept in place of stdout. */
export class FirmwareOutput {
  /** What was kept. */
  text = "";
  private isCut = false;
  private readonly terminal: Pick<Terminal, "raw" | "err">;
  private readonly note: ((line: string) => void) | undefined;
  private readonly decoders = { out: new StringDecoder("utf8"), err: new StringDecoder("utf8") };

  /** With `note` the output is kept, and a line is noted where it is too much for that. */
  constructor(terminal: Pick<Terminal, "raw" | "err">, note?: (line: string) => void) {
    this.terminal = terminal;
    this.note = note;
  }

  /** Takes what the firmware prints. */
  async write(bytes: Uint8Array, stream: "out" | "err"): Promise<void> {
    const text = this.decoders[stream].write(Buffer.from(bytes));
    if (stream === "err") this.terminal.err(text);
    else if (this.note) this.keep(text, this.note);
    else this.terminal.raw(text);
  }

  private keep(text: string, note: (line: string) => void): void {
    if (this.isCut) return;
    const room = MOST_KEPT - this.text.length;
    this.text += text.slice(0, room);
    this.isCut = text.length > room;
    if (this.isCut) note(`the answer has the first ${MOST_KEPT} characters of the firmware's output, and not the rest`);
  }
}
