import { concatBytes } from "../../../base/bytes.ts";
import type { Picoseconds } from "../../../base/clock.ts";
import { JLINK_COMMANDS, type JlinkCommand } from "./jlink-commands.ts";
import { JLINK_V9 } from "./jlink-identity.ts";
import { JlinkProbe } from "./jlink-probe.ts";
import type { ProbeResponse, ProbeModel, TargetWire } from "../probe-model.ts";

/** How a J-Link's firmware is set up. */
export interface JlinkFirmwareOptions {
  /** What GET_MAX_MEM_BLOCK answers, in bytes; the V9's own by default. */
  readonly freeMemory?: number;
  /** A byte that stands before every command, as on TCP; none on USB. */
  readonly commandPrefix?: number;
}

/** The firmware of a J-Link V9: a stream of commands in, in pieces of any size; answers out, at their times. */
export class JlinkFirmware implements ProbeModel {
  /** Unknown command bytes, oldest first; what came with them was thrown away. */
  readonly unknown: number[] = [];
  private readonly probe: JlinkProbe;
  private readonly prefix: readonly number[];
  private pending: Uint8Array = new Uint8Array(0);

  constructor(wire: TargetWire, options: JlinkFirmwareOptions = {}) {
    this.probe = new JlinkProbe(wire, options.freeMemory ?? JLINK_V9.freeMemory);
    this.prefix = options.commandPrefix === undefined ? [] : [options.commandPrefix];
  }

  get busyUntil(): Picoseconds {
    return this.probe.at;
  }

  onOut(bytes: Uint8Array, at: Picoseconds): readonly ProbeResponse[] {
    this.probe.at = Math.max(this.probe.at, at);
    let rest = this.pending.length === 0 ? bytes : concatBytes([this.pending, bytes]);
    const responses: ProbeResponse[] = [];
    while (rest.length > this.prefix.length) {
      const start = this.prefix.length;
      const code = rest[start];
      const command = this.prefix.every((byte, i) => byte === rest[i]) ? JLINK_COMMANDS.get(code) : undefined;
      const end = command === undefined ? rest.length : start + 1 + lengthOf(command, rest.subarray(start + 1));
      if (end > rest.length) break;
      if (command === undefined) this.unknown.push(code);
      else {
        const response = command.run(this.probe, rest.subarray(start + 1, end)) ?? [];
        const parts = response instanceof Uint8Array ? [response] : response;
        responses.push(...parts.map((bytes) => ({ bytes, readyAt: this.probe.at })));
      }
      rest = rest.subarray(end);
    }
    this.pending = rest.slice();
    return responses;
  }

  /** The whole conversation at once, for a stream without times: bytes in, bytes out. */
  feed(bytes: Uint8Array): Uint8Array {
    return concatBytes(this.onOut(bytes, this.busyUntil).map((answer) => answer.bytes));
  }
}

const lengthOf = ({ length }: JlinkCommand, seen: Uint8Array): number =>
  typeof length === "number" ? length : length(seen);
