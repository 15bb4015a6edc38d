import { ByteReader, concatBytes } from "../../../base/bytes.ts";
import type { Picoseconds } from "../../../base/clock.ts";
import { CMSIS_DAP_COMMANDS } from "./cmsis-dap-commands.ts";
import type { CmsisDapKind } from "./cmsis-dap-identity.ts";
import { CmsisDapUnit } from "./cmsis-dap-unit.ts";
import type { ProbeResponse, ProbeModel, TargetWire } from "../probe-model.ts";

/** Commands that are no commands of their own: they cut short, or carry others. */
const TRANSFER_ABORT = 0x07;
const QUEUE_COMMANDS = 0x7e;
const EXECUTE_COMMANDS = 0x7f;

/** The response to an unknown or truncated command. */
const INVALID = Uint8Array.of(0xff);

/** The firmware of a CMSIS-DAP probe: one packet is one command, and its answer is one packet. */
export class CmsisDapFirmware implements ProbeModel {
  private readonly unit: CmsisDapUnit;
  private readonly kind: CmsisDapKind;
  private queued: Uint8Array[] = [];
  /** Where a packet is received: what a short one lacks is still there from those before (unsure which of them). */
  private readonly received: Uint8Array;

  constructor(wire: TargetWire, kind: CmsisDapKind, serial: string) {
    this.kind = kind;
    this.received = new Uint8Array(kind.packetSize);
    this.unit = new CmsisDapUnit(wire, kind, serial);
  }

  get busyUntil(): Picoseconds {
    return this.unit.swd.at;
  }

  onOut(packet: Uint8Array, at: Picoseconds): readonly ProbeResponse[] {
    this.unit.swd.at = Math.max(this.unit.swd.at, at);
    // Nothing is under way when a packet is looked at, so there is nothing that an abort could cut short.
    if (packet.length === 0 || packet[0] === TRANSFER_ABORT) return [];
    if (packet[0] === QUEUE_COMMANDS) {
      this.queued.push(packet);
      return [];
    }
    const packets = [...this.queued, packet];
    this.queued = [];
    return packets.map((one) => this.answer(one));
  }

  private answer(packet: Uint8Array): ProbeResponse {
    const { packetSize, transport } = this.kind;
    this.received.set(packet.subarray(0, packetSize));
    const bytes = this.execute(new ByteReader(this.received)).subarray(0, packetSize);
    const full = transport === "hid" ? concatBytes([bytes, new Uint8Array(packetSize - bytes.length)]) : bytes;
    // A full packet is what the host asked for: no empty one follows it.
    return { bytes: full, readyAt: this.unit.swd.at, endsFull: full.length === packetSize };
  }

  private execute(packet: ByteReader): Uint8Array {
    const id = packet.u8();
    if (id !== EXECUTE_COMMANDS && id !== QUEUE_COMMANDS) return this.single(id, packet);
    const count = packet.left > 0 ? packet.u8() : 0;
    const answers = Array.from({ length: count }, () => (packet.left > 0 ? this.single(packet.u8(), packet) : INVALID));
    return concatBytes([Uint8Array.of(EXECUTE_COMMANDS, count), ...answers]);
  }

  private single(id: number, packet: ByteReader): Uint8Array {
    const command = CMSIS_DAP_COMMANDS.get(id);
    if (command === undefined) return INVALID;
    try {
      return Uint8Array.of(id, ...command(this.unit, packet));
    } catch (error) {
      // A command that says it is longer than a packet (unsure what real firmware does there).
      if (error instanceof RangeError) return INVALID;
      throw error;
    }
  }
}
