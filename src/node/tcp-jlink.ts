import type { Clock } from "../base/clock.ts";
import { HostError } from "../base/errors.ts";
import type { Trace } from "../base/trace.ts";
import { readExactly } from "../pipe/exactly.ts";
import { TcpPipe } from "../pipe/tcp-pipe.ts";
import { JLinkProbe } from "../probe/jlink/jlink-probe.ts";
import type { Probe } from "../probe/probe.ts";
import { ProbeError } from "../probe/probe-error.ts";
import { openTcpStream } from "./tcp-stream.ts";
import { PacketRecorder, recordPipe } from "../host/recorded-usb.ts";

/** The byte that a client puts before every command (J-Links with Ethernet, as libjaylink speaks to them). */
const COMMAND_PREFIX = Uint8Array.of(0x07);

/** First byte of what the server says first: welcome, or no connection left. */
const GREETING = { hello: 0x00, full: 0xfe } as const;

/** SEGGER's USB vendor id; over TCP there is no product id and no serial to be had before a connection. */
const SEGGER = 0x1366;

/**
 * Opens a J-Link over TCP. Throws `HostError` `probe-not-found` where nobody answers or another client has the probe,
 * `ProbeError` `probe-protocol` where something else listens, and what the J-Link driver throws.
 */
export async function openTcpJlink(host: string, port: number, clock: Clock, trace?: Trace): Promise<Probe> {
  const stream = await openTcpStream(host, port);
  try {
    // The greeting belongs to the connection; the pipe that reads it sends nothing.
    const pipe = new TcpPipe(stream, clock, COMMAND_PREFIX);
    const productName = await readGreeting(pipe, `${host}:${port}`);
    const recorded = recordPipe(pipe, new PacketRecorder(trace));
    return await JLinkProbe.overPipe(recorded, { vendorId: SEGGER, productId: 0, productName }, clock);
  } catch (error) {
    await stream.close();
    throw error;
  }
}

/** 00, version (u16), length of the name, name with its zero; answers the name. */
async function readGreeting(pipe: TcpPipe, where: string): Promise<string> {
  const [kind, , , length] = await readExactly(pipe, 4);
  if (kind === GREETING.full)
    throw new HostError("probe-not-found", `The J-Link at ${where} serves somebody else just now`);
  if (kind !== GREETING.hello)
    throw new ProbeError("probe-protocol", `What listens at ${where} is no J-Link`, { details: { first: kind } });
  const name = length === 0 ? new Uint8Array() : await readExactly(pipe, length);
  return new TextDecoder().decode(name).replace(/\0.*$/, "");
}
