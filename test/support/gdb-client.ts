import type { GdbHost, GdbOptions } from "../../src/gdb/host.ts";
import { frame, hexOfText, RspReader } from "../../src/gdb/rsp.ts";
import { GdbTarget } from "../../src/gdb/server.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { board, onTarget } from "./board.ts";

/** A client that sends packets one by one and takes every answer. */
export class GdbClient {
  readonly answers: string[] = [];
  /** Notifications of non-stop mode. */
  readonly notifications: string[] = [];
  private readonly reader = new RspReader();
  private readonly sent: Uint8Array[] = [];
  private wake = () => {};
  private isOver = false;

  async *pieces(): AsyncGenerator<Uint8Array> {
    while (!this.isOver || this.sent.length > 0) {
      const next = this.sent.shift();
      if (next) yield next;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
  }

  async send(bytes: Uint8Array): Promise<void> {
    const text = Buffer.from(bytes).toString("latin1");
    if (text.startsWith("%")) this.notifications.push(text.slice(1, -3));
    for (const event of this.reader.feed(bytes))
      this.answers.push(event.kind === "packet" ? Buffer.from(event.bytes).toString("latin1") : event.kind);
  }

  /** Sends bytes and answers all that comes until a packet does. */
  async ask(packet: string | Uint8Array): Promise<string> {
    const before = this.answers.length;
    this.put(typeof packet === "string" ? frame(packet) : packet);
    const isNew = () => this.answers.slice(before).find((answer) => answer !== "ack" && answer !== "nack");
    while (isNew() === undefined) await new Promise((resolve) => setImmediate(resolve));
    return isNew() ?? "";
  }

  put(bytes: Uint8Array): void {
    this.sent.push(bytes);
    this.wake();
  }

  end(): void {
    this.isOver = true;
    this.wake();
  }
}

/** How it serves where a test says nothing else. */
export const OPTIONS: GdbOptions = { policy: "refuse", permits: [], onClose: "halt" };

/** Serves a fresh board to a client that has halted it; answers the lines of the console. */
export async function talk(
  work: (client: GdbClient, session: Session, target: GdbTarget) => Promise<void>,
  options = OPTIONS,
  twin: Twin = board({ flash: "zero" }),
  own: Partial<GdbHost> = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  await onTarget(twin, async (session) => {
    const host = {
      print: (line: string) => void lines.push(line),
      explain: (error: unknown) => [(error as Error).message],
      rest: async (us: number) => {
        await session.clock.sleep(us);
        await new Promise((resolve) => setImmediate(resolve));
      },
      ...own,
    };
    const client = new GdbClient();
    const target = new GdbTarget(session, host, options);
    const serving = target.debug(client);
    try {
      await client.ask("?");
      await work(client, session, target);
    } finally {
      client.end();
      await serving;
    }
  });
  return lines;
}

/** Counts in RAM from 0 on, with the K24's watchdog off; it stands at 0x20000000, counts at 0x20001000, and runs in a loop. */
export const COUNTING = {
  /** ldr r0, =0x40052000; unlock, STCTRLH = 0x01D2; ldr r1, =0x20001000; movs r0, #0; adds r0, #1; str r0, [r1]; b */
  code: "07484cf22051c1814df62811c1814ff4e97101800349002001300860fce700000020054000100020",
  address: 0x20000000,
  counter: 0x20001000,
  loop: { start: 0x20000018, end: 0x2000001e },
} as const;

/** Loads the counting program and sets PC at its begin. */
export async function loadCounting(client: GdbClient): Promise<void> {
  const { code, address } = COUNTING;
  await client.ask(`M${address.toString(16)},${(code.length / 2).toString(16)}:${code}`);
  await client.ask("Pf=00000020");
}

/** What GDB shows of a `monitor` line. */
export async function monitor(client: Pick<GdbClient, "ask" | "answers">, line: string): Promise<string> {
  const before = client.answers.length;
  await client.ask(`qRcmd,${hexOfText(line)}`);
  const isOver = () => client.answers.slice(before).some((answer) => answer === "OK" || answer === "E01");
  while (!isOver()) await new Promise((resolve) => setImmediate(resolve));
  return client.answers
    .slice(before)
    .filter((answer) => /^O[0-9a-f]/.test(answer))
    .map((answer) => Buffer.from(answer.slice(1), "hex").toString())
    .join("");
}
