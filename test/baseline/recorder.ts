import { createHash } from "node:crypto";
import { isHidDevice, type ProbeDevice } from "../../src/probe/drivers.ts";

/** Packets that share one check, so that a difference is found to within so many of them. */
export const PACKETS_A_CHECK = 8;

/** Hex digits of a check. */
export const CHECK_DIGITS = 4;

/** What went between host and probe during one job. */
export interface Transfers {
  /** Packets in both directions. */
  readonly packets: number;
  /** SHA-256 over direction, length and bytes of every packet, in order. */
  readonly sha256: string;
  /** The start of that hash after every 8th packet and after the last one, 4 hex digits each. */
  readonly checks: string;
}

/** A packet as a failure message shows it, with what the job was at. */
interface Packet {
  readonly way: "out" | "in";
  readonly bytes: Uint8Array;
  readonly at: string;
}

/** Counts and hashes every packet of a probe, and keeps them for the message of a failure. */
export class Recorder {
  private readonly hash = createHash("sha256");
  private readonly packets: Packet[] = [];
  private checks = "";
  /** What the job is at, in words: every packet from here on is shown with it. */
  at = "open";

  /** How often an answer was waited for: packets of the probe that follow one of the host. */
  get roundTrips(): number {
    return this.packets.filter(({ way }, i) => way === "in" && this.packets[i - 1]?.way === "out").length;
  }

  /** The same device, with its packets recorded. */
  record<Device extends ProbeDevice>(device: Device): Device {
    const methods: Record<string, unknown> = isHidDevice(device)
      ? {
          sendReport: (reportId: number, data: Uint8Array) => {
            this.add("out", data);
            return device.sendReport(reportId, data);
          },
          receive: async () => {
            const data = await device.receive();
            this.add("in", data);
            return data;
          },
        }
      : {
          transferOut: (endpoint: number, data: Uint8Array) => {
            this.add("out", data);
            return device.transferOut(endpoint, data);
          },
          transferIn: async (endpoint: number, length: number) => {
            const result = await device.transferIn(endpoint, length);
            const { data } = result;
            this.add("in", data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array());
            return result;
          },
        };
    return new Proxy(device, {
      get(target, key) {
        if (typeof key === "string" && key in methods) return methods[key];
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** What was recorded; nothing is recorded after that. */
  finish(): Transfers {
    if (this.packets.length % PACKETS_A_CHECK !== 0) this.check();
    return { packets: this.packets.length, sha256: this.hash.digest("hex"), checks: this.checks };
  }

  /** The packets that one check stands for, a line each, at most as many as fit a message. */
  around(check: number, most = 6): string {
    const first = check * PACKETS_A_CHECK;
    const shown = this.packets.slice(first, first + most);
    const lines = shown.map(({ way, bytes, at }, i) => `  ${first + i + 1} (${at}) ${way}: ${hexText(bytes)}`);
    return lines.length > 0 ? lines.join("\n") : "  (the job has no packets there)";
  }

  /** Every packet, a line each, for a comparison of two checkouts by `diff`. */
  lines(): string {
    return this.packets.map(({ way, bytes, at }) => `${at} ${way}: ${Buffer.from(bytes).toString("hex")}\n`).join("");
  }

  private add(way: Packet["way"], bytes: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.hash.update(way).update(length).update(bytes);
    this.packets.push({ way, bytes: bytes.slice(), at: this.at });
    if (this.packets.length % PACKETS_A_CHECK === 0) this.check();
  }

  private check(): void {
    this.checks += this.hash.copy().digest("hex").slice(0, CHECK_DIGITS);
  }
}

const SHOWN = 24;

function hexText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, SHOWN)).toString("hex");
  return bytes.length > SHOWN ? `${text}... (${bytes.length} bytes)` : text;
}
