import { type Clock, MILLISECOND, type Picoseconds } from "../../base/clock.ts";
import { isHidDevice, type ProbeDevice } from "../../probe/drivers.ts";

/** What went between host and probe. */
export interface Traffic {
  /** Packets in both directions. */
  readonly packets: number;
  /** How often the host waited for an answer with nothing else under way. */
  readonly roundTrips: number;
  /** Bytes to the probe. */
  readonly bytesOut: number;
  /** Bytes from the probe. */
  readonly bytesIn: number;
  /** From the first packet to the end of the last, in milliseconds. */
  readonly totalMs: number;
}

/** How a probe takes commands: one after the other, or the next ones before the answer, a packet for a packet. */
export type Pace = "one-by-one" | "ahead";

/** Counts the packets of one probe, on the clock of its board. */
export class TrafficCounter {
  private readonly clock: Clock;
  private readonly pace: Pace;
  private out = { packets: 0, bytes: 0 };
  private in = { packets: 0, bytes: 0 };
  private roundTrips = 0;
  /** Requests whose answers have not come. */
  private underWay = 0;
  private first: Picoseconds | undefined;
  private last: Picoseconds = 0;

  constructor(clock: Clock, pace: Pace) {
    this.clock = clock;
    this.pace = pace;
  }

  /** The same device, its packets counted. */
  count<Device extends ProbeDevice>(device: Device): Device {
    const methods: Record<string, unknown> = isHidDevice(device)
      ? {
          sendReport: (reportId: number, data: Uint8Array) =>
            this.sending(data.length, () => device.sendReport(reportId, data)),
          receive: () =>
            this.receiving(
              () => device.receive(),
              (data) => data.byteLength,
            ),
        }
      : {
          transferOut: (endpoint: number, data: Uint8Array) =>
            this.sending(data.length, () => device.transferOut(endpoint, data)),
          transferIn: (endpoint: number, length: number, withinMs?: number) =>
            this.receiving(
              () => device.transferIn(endpoint, length, withinMs),
              ({ data }) => data?.byteLength ?? 0,
            ),
        };
    return new Proxy(device, {
      get(target, key) {
        if (typeof key === "string" && key in methods) return methods[key];
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** Milliseconds since the first packet; 0 before it. */
  sinceFirst(): number {
    return this.first === undefined ? 0 : (this.clock.now() - this.first) / MILLISECOND;
  }

  /** What was counted so far. */
  traffic(): Traffic {
    return {
      packets: this.out.packets + this.in.packets,
      roundTrips: this.roundTrips,
      bytesOut: this.out.bytes,
      bytesIn: this.in.bytes,
      totalMs: (this.last - (this.first ?? this.last)) / MILLISECOND,
    };
  }

  private async sending<T>(bytes: number, send: () => Promise<T>): Promise<T> {
    this.first ??= this.clock.now();
    this.out = { packets: this.out.packets + 1, bytes: this.out.bytes + bytes };
    this.underWay++;
    const sent = await send();
    this.last = this.clock.now();
    return sent;
  }

  private async receiving<T>(receive: () => Promise<T>, size: (received: T) => number): Promise<T> {
    const received = await receive();
    this.in = { packets: this.in.packets + 1, bytes: this.in.bytes + size(received) };
    this.last = this.clock.now();
    this.answered();
    return received;
  }

  /** A long command or answer goes in several packets; only the first of an answer was waited for. */
  private answered(): void {
    if (this.underWay === 0) return;
    this.underWay = this.pace === "ahead" ? this.underWay - 1 : 0;
    if (this.underWay === 0) this.roundTrips++;
  }
}
