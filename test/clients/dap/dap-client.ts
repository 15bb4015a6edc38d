import { type ChildProcess, spawn } from "node:child_process";

/** A message of the Debug Adapter Protocol, as far as this client looks at it. */
interface Message {
  readonly type: "response" | "event" | "request";
  readonly seq: number;
  readonly request_seq?: number;
  readonly event?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The answer to a request, or what an event carries. */
export type Body = Readonly<Record<string, unknown>>;

/** How long an answer or an event may take, in milliseconds. */
const PATIENCE_MS = 30_000;

/** A client of a debug adapter on its standard streams (microsoft.github.io/debug-adapter-protocol). */
export class DapClient {
  /** All that the adapter had shown on the debug console. */
  output = "";
  private readonly child: ChildProcess;
  private readonly seen: Message[] = [];
  private buffer = Buffer.alloc(0);
  private sequence = 0;
  private wake = () => {};

  constructor(command: string) {
    this.child = spawn(command, { stdio: ["pipe", "pipe", "ignore"] });
    this.child.stdout?.on("data", (data: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, data]);
      for (let message = this.cut(); message; message = this.cut()) this.take(message);
      this.wake();
    });
  }

  /** Sends a request and answers its response's body; throws where the adapter refuses it. */
  async request(command: string, args: object = {}): Promise<Body> {
    const seq = this.post(command, args);
    const { success, message, body } = await this.wait(
      (one) => one.type === "response" && one.request_seq === seq,
      command,
    );
    if (success !== true) throw new Error(`${command}: ${message}\n${this.output}`);
    return body ?? {};
  }

  /** Sends a request whose response is not waited for yet. */
  post(command: string, args: object = {}): number {
    const seq = ++this.sequence;
    const text = JSON.stringify({ seq, type: "request", command, arguments: args });
    this.child.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return seq;
  }

  /** Waits for the response to a request that was posted. */
  async response(seq: number): Promise<Body> {
    const { success, message, body } = await this.wait((one) => one.request_seq === seq, `request ${seq}`);
    if (success !== true) throw new Error(`${message}\n${this.output}`);
    return body ?? {};
  }

  /** The next event of a kind, and no earlier one a second time. */
  async event(name: string): Promise<Body> {
    return (await this.wait((one) => one.type === "event" && one.event === name, `event ${name}`)).body ?? {};
  }

  /** Ends the adapter. */
  close(): void {
    this.child.kill();
  }

  private async wait(fits: (message: Message) => boolean, what: string): Promise<Message> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const at = this.seen.findIndex(fits);
      if (at >= 0) return this.seen.splice(at, 1)[0];
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`the adapter sends no ${what}\n${this.output}`);
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }

  private take(message: Message): void {
    if (message.event === "output") this.output += outputOf(message);
    else this.seen.push(message);
  }

  /** The next whole message of what has come. */
  private cut(): Message | undefined {
    const head = this.buffer.indexOf("\r\n\r\n");
    if (head < 0) return undefined;
    const [, length] = /Content-Length: (\d+)/i.exec(this.buffer.toString("latin1", 0, head)) ?? [];
    const end = head + 4 + Number(length);
    if (this.buffer.length < end) return undefined;
    const text = this.buffer.toString("utf8", head + 4, end);
    this.buffer = this.buffer.subarray(end);
    return JSON.parse(text) as Message;
  }
}

const outputOf = ({ body }: Message): string => {
  const output = body?.["output"];
  return typeof output === "string" ? output : "";
};
