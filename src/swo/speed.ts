/** A receiver understands a sender whose speed is off by so much (CMSIS-DAP, DAP_SWO_Baudrate). */
const TOLERANCE = 0.03;

/** The TPIU's prescaler has thirteen bits. */
const MOST_DIVIDER = 0x2000;

/** Dividers that are tried, each with a question to the probe. */
const MOST_TRIES = 16;

/** A speed at which both ends can work. */
export interface SwoSpeed {
  /** The TPIU's ACPR is one less. */
  readonly divider: number;
  /** What the target sends at, in hertz. */
  readonly hz: number;
  /** What the probe listens at, in hertz. */
  readonly probeHz: number;
}

/** The dividers of a trace clock to try for a wanted speed, in hertz, in their order: the fastest first, never faster. */
export function dividersFor(traceHz: number, wantedHz: number): readonly number[] {
  const first = Math.max(1, Math.ceil(traceHz / wantedHz - 1e-9));
  return Array.from({ length: MOST_TRIES }, (_, i) => first + i).filter((divider) => divider <= MOST_DIVIDER);
}

/** Whether a probe at one speed understands a target at another one. */
export const isNear = (probeHz: number, hz: number): boolean => Math.abs(probeHz - hz) <= hz * TOLERANCE;

/** Cycles between two PC samples: of 64 or 1024, by one to sixteen. */
export interface SamplePeriod {
  readonly cycles: number;
  /** DWT_CTRL.CYCTAP and POSTPRESET. */
  readonly tap: 0 | 1;
  readonly preset: number;
}

/** Bits of a PC sample on the wire: five bytes of ten. */
const SAMPLE_BITS = 50;

/** The shortest period whose samples take at most half of the wire; the longest where none does. */
export function samplePeriod(traceHz: number, hz: number): SamplePeriod {
  const wanted = (2 * SAMPLE_BITS * traceHz) / hz;
  const all = ([0, 1] as const).flatMap((tap) =>
    Array.from({ length: 16 }, (_, preset) => ({ cycles: (tap ? 1024 : 64) * (preset + 1), tap, preset })),
  );
  return all.find(({ cycles }) => cycles >= wanted) ?? all[all.length - 1];
}
