import type { CallEntry, Clock, Io } from "../base/clock.ts";
import type { DapPort, Probe, SwoReceiver } from "../probe/probe.ts";
import { CallQueue } from "./call-queue.ts";

/** Probes that have a queue already, and the queued probes themselves. */
const queued = new WeakMap<Probe, Probe>();

/**
 * The same probe, with a queue before it: packets of two calls that run at once would mix, and each would get the
 * other's answers. Only `close` doesn't wait. However often it is asked for, a probe has one queue.
 */
export function queuedProbe(probe: Probe, clock: Clock): Probe {
  const known = queued.get(probe) ?? probeWith(probe, new CallQueue(clock));
  queued.set(probe, known).set(known, known);
  return known;
}

/** Runs a call in the queue of the call that it is a part of. */
const queuedCall = <T>(queue: CallEntry, io: Io | undefined, call: (io: Io) => Promise<T>): Promise<T> =>
  (io?.entry ?? queue).run(call, io ?? {});

function probeWith(probe: Probe, queue: CallQueue): Probe {
  const { targetVoltage, readDetails } = probe;
  return {
    get info() {
      return probe.info;
    },
    connect: async (wire, hz, io) => portOf(await queuedCall(queue, io, () => probe.connect(wire, hz, io)), queue),
    setSpeed: (hz, io) => queuedCall(queue, io, () => probe.setSpeed(hz, io)),
    setPins: (pins, io) => queuedCall(queue, io, () => probe.setPins(pins, io)),
    ...(readDetails && { readDetails: (io) => queuedCall(queue, io, () => readDetails.call(probe, io)) }),
    ...(targetVoltage && { targetVoltage: (io) => queuedCall(queue, io, () => targetVoltage.call(probe, io)) }),
    ...(probe.swo && { swo: receiverOf(probe.swo, queue) }),
    close: () => probe.close(),
  };
}

const receiverOf = (swo: SwoReceiver, queue: CallQueue): SwoReceiver => ({
  speedFor: (hz, io) => queuedCall(queue, io, () => swo.speedFor(hz, io)),
  start: (hz, io) => queuedCall(queue, io, () => swo.start(hz, io)),
  read: (io) => queuedCall(queue, io, () => swo.read(io)),
  stop: (io) => queuedCall(queue, io, () => swo.stop(io)),
});

/** What wakes the target, where the port has that, each call of it run by another. */
export function wakeOf(
  port: DapPort,
  run: <T>(call: () => Promise<T>, io: Io | undefined) => Promise<T>,
): Pick<DapPort, "wake"> {
  const { wake } = port;
  return wake ? { wake: (bits, count, io) => run(() => wake.call(port, bits, count, io), io) } : {};
}

const portOf = (port: DapPort, queue: CallQueue): DapPort => ({
  get transfersPerRoundTrip() {
    return port.transfersPerRoundTrip;
  },
  ...wakeOf(port, (call, io) => queuedCall(queue, io, call)),
  together: (batches, io) => queuedCall(queue, io, (own) => batches(port, own)),
  transfer: (ops, io) => queuedCall(queue, io, () => port.transfer(ops, io)),
  sequence: (bits, count, io) => queuedCall(queue, io, () => port.sequence(bits, count, io)),
  swdSequence: (runs, io) => queuedCall(queue, io, () => port.swdSequence(runs, io)),
});
