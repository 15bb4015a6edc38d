import type { DapPort, Probe } from "../probe/probe.ts";
import { SessionError } from "./session-error.ts";

/** The calls of one probe: one at a time. */
interface Gate {
  /** Runs a call; throws `lease-busy` while another one is under way. */
  pass<T>(call: string, act: () => Promise<T>): Promise<T>;
}

/** Probes that are guarded already, and their guards themselves. */
const guarded = new WeakMap<Probe, Probe>();

/**
 * The same probe, for one caller at a time.
 *
 * Packets of two calls that run at once would mix, and each would get the other's answers. So a call that begins while
 * another one is under way is refused with `lease-busy` before anything is sent; the first one continues undisturbed.
 * Only `close` always goes. All guards of one probe are the same one.
 */
export function oneCaller(probe: Probe): Probe {
  const guard = guarded.get(probe) ?? guardOf(probe, newGate());
  guarded.set(probe, guard).set(guard, guard);
  return guard;
}

function newGate(): Gate {
  let underWay: string | undefined;
  return {
    async pass(call, act) {
      if (underWay !== undefined) throw busy(underWay, call);
      underWay = call;
      try {
        return await act();
      } finally {
        underWay = undefined;
      }
    },
  };
}

const busy = (holder: string, wanted: string): SessionError =>
  new SessionError("lease-busy", "The target is in use: another caller's work with it has not ended yet", {
    details: { holder, wanted },
  });

function guardOf(probe: Probe, gate: Gate): Probe {
  const { targetVoltage } = probe;
  return {
    get info() {
      return probe.info;
    },
    connect: async (wire, hz, io) => portOf(await gate.pass("connect", () => probe.connect(wire, hz, io)), gate),
    setSpeed: (hz, io) => gate.pass("set speed", () => probe.setSpeed(hz, io)),
    setPins: (pins, io) => gate.pass("set pins", () => probe.setPins(pins, io)),
    ...(targetVoltage && { targetVoltage: (io) => gate.pass("voltage", () => targetVoltage.call(probe, io)) }),
    close: () => probe.close(),
  };
}

const portOf = (port: DapPort, gate: Gate): DapPort => ({
  get transfersPerRoundTrip() {
    return port.transfersPerRoundTrip;
  },
  together: (batches) => gate.pass("transfer", () => batches(port)),
  transfer: (ops, io) => gate.pass("transfer", () => port.transfer(ops, io)),
  sequence: (bits, count, io) => gate.pass("sequence", () => port.sequence(bits, count, io)),
});
