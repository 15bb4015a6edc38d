import { ByteWriter, concatBytes } from "../../../base/bytes.ts";
import type { TwinClock } from "../../clock.ts";
import { JlinkFirmware } from "./jlink-firmware.ts";
import { JLINK_V9, TCP_FREE_MEMORY } from "./jlink-identity.ts";
import type { TargetWire } from "../probe-model.ts";

/** The byte before every command of a client; what it sends without it is data of the command before. */
const COMMAND_PREFIX = 0x07;
/** First byte that the server sends, and the protocol version that clients accept. */
const HELLO = 0x00;
const PROTOCOL_VERSION = 1;

/** A J-Link's end of one TCP connection; the owner of the port moves the bytes. */
export interface JlinkStream {
  /** What the server says first: protocol version and name. */
  readonly hello: Uint8Array;
  /**
   * Takes what a client sent, in pieces of any size, and answers what goes back once the probe has it ready; undefined
   * when the conversation is lost (an unknown command has no length) and the connection must be dropped.
   */
  send(bytes: Uint8Array): Promise<Uint8Array | undefined>;
}

/**
 * The dialect of J-Links with Ethernet, as libjaylink speaks it: the commands of USB, each behind one byte more.
 * Network time counts as nothing; the answers' free memory keeps libjaylink's requests within one segment.
 */
export function openJlinkStream(wire: TargetWire, clock: TwinClock): JlinkStream {
  const firmware = new JlinkFirmware(wire, { freeMemory: TCP_FREE_MEMORY, commandPrefix: COMMAND_PREFIX });
  return {
    hello: hello(),
    async send(bytes) {
      const answers = firmware.onOut(bytes, clock.now());
      await passTo(clock, firmware.busyUntil);
      return firmware.unknown.length > 0 ? undefined : concatBytes(answers.map((answer) => answer.bytes));
    },
  };
}

function hello(): Uint8Array {
  const name = new TextEncoder().encode(`${JLINK_V9.product}\0`);
  return new ByteWriter().u8(HELLO).u16le(PROTOCOL_VERSION).u8(name.length).bytes(name).finish();
}

function passTo(clock: TwinClock, at: number): Promise<void> {
  return new Promise((resolve) => {
    let done = false;
    clock.schedule(at, () => {
      done = true;
      resolve();
    });
    clock.drive(() => done);
  });
}
