import type { JSX } from "preact";
import type { TimeSlice } from "../../protocol.ts";

/** What a chart is of: the phases with their times, and what was done when, where that is known. */
export interface TimeChartProps {
  readonly phases: { readonly [phase: string]: number };
  readonly totalMs: number;
  readonly timeline: readonly TimeSlice[];
  /** Whose milliseconds they are. */
  readonly unit: "virtual" | "wall clock";
}

const WIDTH = 640;
const ROW = 22;
/** Room for the names left of the bars. */
const NAMES = 90;

/** Where a phase's part of the wire is counted that reported no progress while it lasted. */
const ELSEWHERE = "in others";

type Bar = Pick<TimeSlice, "phase" | "startMs" | "ms">;

interface Row {
  readonly phase: string;
  readonly ms: number;
  /** What went over the wire; undefined for a phase that reported no progress while it lasted: its part is in others. */
  readonly wire: Pick<TimeSlice, "roundTrips" | "bytesOut" | "bytesIn"> | undefined;
}

/** Where the time went: a row a phase with its bars where they were, and a table with the wire's round trips and bytes. */
export function TimeChart({ phases, totalMs, timeline, unit }: TimeChartProps): JSX.Element {
  const rows = rowsOf(phases, timeline);
  const end = Math.max(1, totalMs, ...timeline.map(({ startMs, ms }) => startMs + ms));
  const scale = (WIDTH - NAMES) / end;
  const bars = timeline.length > 0 ? timeline : oneByOne(phases);
  return (
    <>
      <svg role="img" aria-label={labelOf(rows, totalMs)} viewBox={`0 0 ${WIDTH} ${rows.length * ROW}`} class="waterfall">
        {rows.map(({ phase }, i) => (
          <text key={phase} x={0} y={i * ROW + 15}>
            {phase}
          </text>
        ))}
        {bars.map((bar, i) => (
          <rect
            key={i}
            x={NAMES + bar.startMs * scale}
            y={Math.max(0, rows.findIndex(({ phase }) => phase === bar.phase)) * ROW + 3}
            width={Math.max(1, bar.ms * scale)}
            height={ROW - 6}
          />
        ))}
      </svg>
      <div class="scroll" tabIndex={0} role="region" aria-label="Time by phase">
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col">Milliseconds ({unit})</th>
              <th scope="col">Round trips</th>
              <th scope="col">Bytes out</th>
              <th scope="col">Bytes in</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ phase, ms, wire }) => (
              <tr key={phase}>
                <td>{phase}</td>
                <td>{ms.toFixed(1)}</td>
                <td>{wire?.roundTrips ?? (ms > 0 ? ELSEWHERE : 0)}</td>
                <td>{wire?.bytesOut ?? (ms > 0 ? ELSEWHERE : 0)}</td>
                <td>{wire?.bytesIn ?? (ms > 0 ? ELSEWHERE : 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Each phase once: its time as the job reports it, and the wire's counts of all its slices. */
function rowsOf(phases: TimeChartProps["phases"], timeline: readonly TimeSlice[]): readonly Row[] {
  const names = [...new Set([...timeline.map(({ phase }) => phase), ...Object.keys(phases)])];
  return names.map((phase) => {
    const own = timeline.filter((slice) => slice.phase === phase);
    const sum = (of: (slice: TimeSlice) => number) => own.reduce((all, slice) => all + of(slice), 0);
    const wire = {
      roundTrips: sum((slice) => slice.roundTrips),
      bytesOut: sum((slice) => slice.bytesOut),
      bytesIn: sum((slice) => slice.bytesIn),
    };
    const reported = sum((slice) => slice.ms);
    const ms = phases[phase] ?? reported;
    return { phase, ms, wire: own.length > 0 && reported >= ms / 2 ? wire : undefined };
  });
}

/** One phase after the other, where it is not known when each was. */
function oneByOne(phases: TimeChartProps["phases"]): readonly Bar[] {
  let startMs = 0;
  return Object.entries(phases).map(([phase, ms]) => {
    const bar = { phase, startMs, ms };
    startMs += ms;
    return bar;
  });
}

const labelOf = (rows: readonly Row[], totalMs: number): string =>
  `Time by phase, ${Math.round(totalMs)} ms: ${rows.map(({ phase, ms }) => `${phase} ${Math.round(ms)}`).join(", ")}`;
