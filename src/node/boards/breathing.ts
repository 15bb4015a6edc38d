import type { Clock } from "../../base/clock.ts";
import type { DapPort, Probe } from "../../probe/probe.ts";
import { yieldToEventLoop } from "../event-loop.ts";

/** How long a simulated board may keep the process to itself, in milliseconds of the wall clock. */
const BREATH_MS = 20;

/** The longest time that a simulated board lives through in one go, in microseconds of its own. */
const SLICE_US = 10_000;

/** Yields to the event loop where the last iteration began long enough ago. */
type Breathe = () => Promise<void>;

/** A simulated board's probe and clock. */
export interface Simulated {
  readonly probe: Probe;
  readonly clock: Clock;
}

/**
 * A simulated board's probe and clock for a process that has to notice signals and closed pipes: in lock-step all of
 * the board's work happens in one turn of the event loop, so batches and waits end such turns now and then. What the
 * board does, and when by its own time, stays the same.
 */
export function breathing({ probe, clock }: Simulated): Simulated {
  const breathe = breather();
  return { probe: breathingProbe(probe, breathe), clock: breathingClock(clock, breathe) };
}

function breather(): Breathe {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await yieldToEventLoop();
    last = performance.now();
  };
}

const breathingProbe = (probe: Probe, breathe: Breathe): Probe => ({
  get info() {
    return probe.info;
  },
  connect: async (wire, hz, io) => {
    await breathe();
    return breathingPort(await probe.connect(wire, hz, io), breathe);
  },
  setSpeed: (hz, io) => probe.setSpeed(hz, io),
  setPins: (pins, io) => probe.setPins(pins, io),
  ...(probe.readDetails ? { readDetails: (io) => probe.readDetails?.(io) ?? Promise.resolve() } : {}),
  ...(probe.targetVoltage ? { targetVoltage: (io) => probe.targetVoltage?.(io) ?? Promise.resolve(0) } : {}),
  ...(probe.swo && { swo: probe.swo }),
  close: () => probe.close(),
});

const breathingPort = (port: DapPort, breathe: Breathe): DapPort => ({
  transfer: async (ops, io) => {
    await breathe();
    return port.transfer(ops, io);
  },
  sequence: (bits, count, io) => port.sequence(bits, count, io),
  ...(port.wake && { wake: (bits, count, io) => port.wake?.(bits, count, io) ?? Promise.resolve(0) }),
  swdSequence: (runs, io) => port.swdSequence(runs, io),
  get transfersPerRoundTrip() {
    return port.transfersPerRoundTrip;
  },
});

const breathingClock = (clock: Clock, breathe: Breathe): Clock => ({
  now: () => clock.now(),
  alarm: (at, ring) => clock.alarm(at, ring),
  sleep: async (us, signal) => {
    for (let left = us; ; left -= SLICE_US) {
      await breathe();
      await clock.sleep(Math.min(left, SLICE_US), signal);
      if (left <= SLICE_US) return;
    }
  },
});
