import { StringDecoder } from "node:string_decoder";
import { concatBytes } from "../base/bytes.ts";
import type { RttLine } from "../rtt/pump.ts";
import type { OptionsOf } from "./options/sets.ts";
import type { Invocation } from "./verb.ts";

/** RTT on the terminal: what the target says on stdout as it comes, what comes by stdin down to it. */
export class TerminalLine implements RttLine {
  readonly channels: ReadonlySet<number>;
  private readonly show: (text: string) => void;
  private readonly decoder = new StringDecoder("utf8");
  private readonly onData = (bytes: Uint8Array): void => {
    this.input = concatBytes([this.input, bytes]);
  };
  private input: Uint8Array = new Uint8Array(0);
  private received = "";
  private count = 0;

  /** A person is listened to; a pipe only where `--input` says so, because other programs' stdin isn't meant. */
  constructor(channel: number, { terminal, options }: Invocation<OptionsOf<"rtt">>) {
    this.channels = new Set([channel]);
    this.show = options.json ? () => {} : (text) => terminal.raw(text);
    if (terminal.inIsTerminal || options.input) process.stdin.on("data", this.onData);
  }

  /** All that was received. */
  get text(): string {
    return this.received;
  }

  /** The number of bytes that it was. */
  get bytes(): number {
    return this.count;
  }

  take(_: number, bytes: Uint8Array): void {
    const text = this.decoder.write(Buffer.from(bytes));
    this.received += text;
    this.count += bytes.length;
    this.show(text);
  }

  waiting(): Uint8Array {
    return this.input;
  }

  sent(_: number, count: number): void {
    this.input = this.input.subarray(count);
  }

  /** Listens no longer. */
  close(): void {
    if (process.stdin.listeners("data").includes(this.onData)) process.stdin.off("data", this.onData).pause();
  }
}
