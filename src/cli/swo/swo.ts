import { StringDecoder } from "node:string_decoder";
import { outputTarget } from "../../node/files/output-target.ts";
import { writeWhole } from "../../node/files/output-file.ts";
import { concatBytes } from "../../base/bytes.ts";
import type { SwoPacket } from "../../swo/packet.ts";
import { packetFields, packetWords } from "../../swo/packet-words.ts";
import { SwoTally } from "../../swo/tally.ts";
import type { Answer } from "../output.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Capture, listenToSwo } from "./listen.ts";
import { withTarget } from "../target.ts";
import { type Invocation, note } from "../verb.ts";

type SwoInvocation = Invocation<OptionsOf<"swo">>;

/**
 * `swo`: what the firmware writes to a stimulus port of the ITM, on stdout as it comes, until Ctrl-C, `--for` or `--until`;
 * with `--packets` each packet in words. Throws `swo-unsupported`.
 */
export function swo(invocation: SwoInvocation): Promise<Answer> {
  const { options, signal } = invocation;
  return withTarget(
    invocation,
    async ({ session, open }) => {
      const log = new SwoLog(invocation);
      const captured = await listenToSwo(
        {
          session,
          open,
          signal,
          forMs: options.for,
          take: (bytes, packets) => log.take(bytes, packets),
          isOver: () => options.until !== undefined && log.text.includes(options.until),
        },
        {
          ports: portMask(options.ports),
          mostHz: options.baud,
          exceptions: options.exceptions,
          samples: options.samples,
          timestamps: options.timestamps,
          ...(options.clock !== undefined && { clockHz: options.clock }),
        },
      );
      log.store();
      if (captured.losses > 0)
        note(invocation, `the probe had no room for all of it, ${captured.losses} times: a lower --baud helps`);
      return { result: log.result(captured), text: [], exit: 0, clock: open.clockKind };
    },
    { connect: "attach" },
  );
}

/** A bit for each port; port 0 where none is named. */
const portMask = (ports: readonly number[]): number =>
  (ports.length === 0 ? [0] : ports).reduce((mask, port) => mask | (1 << port), 0) >>> 0;

/** What a run of `swo` prints and keeps. */
class SwoLog {
  private readonly invocation: SwoInvocation;
  private readonly tally = new SwoTally();
  private readonly decoders = new Map<number, StringDecoder>();
  private readonly texts = new Map<number, string>();
  private readonly kept: Uint8Array[] = [];
  private lastPort = -1;

  constructor(invocation: SwoInvocation) {
    this.invocation = invocation;
  }

  /** What the first of the ports has sent, as UTF-8. */
  get text(): string {
    return this.texts.get(this.invocation.options.ports[0] ?? 0) ?? "";
  }

  take(bytes: Uint8Array, packets: readonly SwoPacket[]): void {
    const { options, terminal } = this.invocation;
    if (options.output !== undefined) this.kept.push(bytes);
    for (const packet of packets) {
      this.tally.add(packet);
      if (options.events === "ndjson") terminal.err(`${JSON.stringify({ swo: packetFields(packet) })}\n`);
      if (packet.kind === "itm") this.takeText(packet.port, packet.bytes);
      if (options.packets && !options.json) terminal.out(`${packetWords(packet)}\n`);
    }
  }

  /** Writes the bytes as they came to `--output`. */
  store(): void {
    const { output } = this.invocation.options;
    if (output === undefined) return;
    outputTarget(output);
    writeWhole(output, concatBytes(this.kept));
  }

  result({ capture, bytes }: Capture): Answer["result"] {
    const { speed, traceHz } = capture;
    const byPort = [...this.tally.bytes].sort(([one], [other]) => one - other);
    return {
      baud: Math.round(speed.hz),
      traceHz: Math.round(traceHz),
      bytes,
      ports: byPort.map(([port, count]) => ({ port, bytes: count, text: this.texts.get(port) ?? "" })),
      packets: { ...this.tally.counts },
      exceptions: [...this.tally.exceptions].map(([name, entered]) => ({ name, entered })),
    };
  }

  /** Text of several ports is told apart by the port's number at the beginning of each change. */
  private takeText(port: number, bytes: Uint8Array): void {
    const { options, terminal } = this.invocation;
    const decoder = this.decoders.get(port) ?? new StringDecoder("utf8");
    this.decoders.set(port, decoder);
    const text = decoder.write(Buffer.from(bytes));
    this.texts.set(port, (this.texts.get(port) ?? "") + text);
    if (options.json || options.packets || text === "") return;
    if (options.ports.length > 1 && port !== this.lastPort) terminal.raw(`${this.lastPort < 0 ? "" : "\n"}${port}: `);
    this.lastPort = port;
    terminal.raw(text);
  }
}
