import { codeOf } from "../../base/errors.ts";
import { isProbeLost } from "../../commander/run/failure.ts";
import type { SwoControl, SwoRequest } from "../../gdb/host.ts";
import type { Connection } from "../../node/servers/connection.ts";
import { listen } from "../../node/servers/tcp-server.ts";
import type { Session } from "../../session/session.ts";
import { SwoCapture } from "../../session/swo/capture.ts";
import { onceEach } from "./once-each.ts";
import type { Rest } from "./target-rest.ts";

/** How often the probe is asked while it listens, and how often the start is tried while the core stands, in microseconds. */
const POLL_US = { capturing: 5_000, waiting: 100_000 } as const;

/** The fastest speed where the client leaves it open, in hertz. */
const USUAL_HZ = 2_000_000;

/** What SWO beside a debugger works with. */
export interface SwoBeside {
  readonly session: Session;
  readonly rest: Rest;
  /** A TCP port of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Listening begins with the first client, all 32 ports of the ITM on; else when a debugger asks for it. */
  readonly startsByItself: boolean;
  note(line: string): void;
}

/** SWO that is served until it is closed. */
export interface ServedSwo {
  readonly port: number;
  readonly control: SwoControl;
  close(): Promise<void>;
}

/**
 * Serves the bytes of the SWO pin as they come to TCP clients, beside a debugger on the same session. Listening begins
 * once the core runs, where its clock is not given. Throws what `listen` throws.
 */
export async function serveSwoBeside(beside: SwoBeside): Promise<ServedSwo> {
  const stream = new SwoStream(beside);
  const server = await listen({ host: "127.0.0.1", port: beside.port }, (client) => stream.join(client));
  const stop = new AbortController();
  const running = stream.run(stop.signal);
  const close = async () => {
    stop.abort();
    await server.close();
    await running;
  };
  return { port: server.port, control: stream, close };
}

class SwoStream implements SwoControl {
  private readonly beside: SwoBeside;
  private readonly clients = new Set<Connection>();
  private readonly print: (line: string) => void;
  private wanted: SwoRequest | undefined;
  /** What is listened to, and the request that it follows. */
  private running: { readonly capture: SwoCapture; readonly request: SwoRequest } | undefined;
  /** Why nothing is listened to any more. */
  private ended: string | undefined;

  constructor(beside: SwoBeside) {
    this.beside = beside;
    this.print = onceEach((line) => beside.note(line));
  }

  async join(client: Connection): Promise<void> {
    this.clients.add(client);
    if (this.beside.startsByItself) this.wanted ??= { ports: 0xffffffff };
    try {
      for await (const _ of client.pieces());
    } finally {
      this.clients.delete(client);
    }
  }

  enable(request: SwoRequest): string {
    this.wanted = request;
    return this.ended ?? "SWO is on; it begins once the core's clock is known";
  }

  disable(): string {
    this.wanted = undefined;
    return "SWO is off";
  }

  speed(): string {
    const { running, ended } = this;
    if (!running || running.request !== this.wanted) return ended ?? "SWO has not begun";
    return `SWO at ${Math.round(running.capture.speed.hz)} Hz`;
  }

  /** Follows what is wanted until the signal; a lost probe ends it, and everything else is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { rest } = this.beside;
    while (!signal.aborted && this.ended === undefined) {
      await this.step(signal).catch((error: unknown) => this.failed(error));
      await rest(this.running ? POLL_US.capturing : POLL_US.waiting, signal).catch(() => {});
    }
    await this.end();
  }

  private async step(signal: AbortSignal): Promise<void> {
    if (this.running?.request !== this.wanted) await this.end();
    if (!this.wanted) return;
    this.running ??= await this.begin(this.wanted, signal);
    const { bytes, lost } = await this.running.capture.read({ signal });
    if (lost) this.print("SWO: the probe had no room for all of it");
    if (bytes.length > 0) for (const client of this.clients) client.offer(bytes);
  }

  private async begin(request: SwoRequest, signal: AbortSignal) {
    const { ports, cpuHz, swoHz } = request;
    const wanted = { ports, mostHz: swoHz ?? USUAL_HZ, ...(cpuHz !== undefined && { clockHz: cpuHz }) };
    const capture = await SwoCapture.start(this.beside.session, wanted, { signal });
    this.print(`SWO: ${Math.round(capture.speed.hz)} Hz of a trace clock of ${Math.round(capture.traceHz)} Hz`);
    return { capture, request };
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.capture.stop().catch(() => {});
  }

  /** A core that stands can't be measured: one line is printed of that, and the start is tried again. */
  private failed(error: unknown): void {
    if (codeOf(error) === "aborted") return;
    const { message } = error as Error;
    if (isProbeLost(error)) this.ended = `SWO has ended: ${message}`;
    this.print(this.ended ?? `SWO: ${message}`);
  }
}
