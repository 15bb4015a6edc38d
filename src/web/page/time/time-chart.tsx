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

type Wire = Pick<TimeSlice, "roundTrips" | "bytesOut" | "bytesIn">;
type Bar = Pick<TimeSlice, "phase" | "startMs" | "ms">;

interface Row {
  readonly phase: string;
  readonly ms: number;
  /** What went over the wire; undefined where only the times are known. */
  readonly wire: Wire | undefined;
}

/** Where the time went: a row a phase with its bars where they were, and a table with the wire's round trips and bytes. */
export function TimeChart({ phases, totalMs, timeline, unit }: TimeChartProps): JSX.Element {
  const rows = rowsOf(phases, timeline);
  return (
    <>
      <Waterfall rows={rows} bars={timeline.length > 0 ? timeline : oneByOne(phases)} totalMs={totalMs} />
      <PhaseTable rows={[...rows, sumOf(rows, totalMs)]} unit={unit} />
      {!phases["erase"] && <p>Where the loader's queue erases sectors, it does so within program.</p>}
    </>
  );
}

interface WaterfallProps {
  readonly rows: readonly Row[];
  readonly bars: readonly Bar[];
  readonly totalMs: number;
}

/** The bars, over an axis of milliseconds. */
function Waterfall({ rows, bars, totalMs }: WaterfallProps): JSX.Element {
  const end = Math.max(1, totalMs, ...bars.map(({ startMs, ms }) => startMs + ms));
  const at = (ms: number) => NAMES + (ms * (WIDTH - NAMES)) / end;
  const bottom = rows.length * ROW;
  return (
    <svg role="img" aria-label={labelOf(rows, totalMs)} viewBox={`0 0 ${WIDTH} ${bottom + ROW}`} class="waterfall">
      {rows.map(({ phase }, i) => (
        <text key={phase} x={0} y={i * ROW + 15}>
          {phase}
        </text>
      ))}
      {bars.map(({ phase, startMs, ms }, i) => (
        <rect
          key={i}
          x={at(startMs)}
          y={Math.max(0, rows.findIndex((row) => row.phase === phase)) * ROW + 3}
          width={Math.max(1, at(ms) - NAMES)}
          height={ROW - 6}
        />
      ))}
      <path d={`M${NAMES} ${bottom}H${WIDTH}`} />
      <text x={NAMES} y={bottom + 15}>
        0
      </text>
      <text x={WIDTH} y={bottom + 15} class="end">
        {Math.round(end)} ms
      </text>
    </svg>
  );
}

interface PhaseTableProps {
  readonly rows: readonly Row[];
  readonly unit: string;
}

const PhaseTable = ({ rows, unit }: PhaseTableProps): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Time by phase">
    <table class="numbers times">
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
            <th scope="row">{phase}</th>
            <td>{ms.toFixed(1)}</td>
            <td>{wire?.roundTrips}</td>
            <td>{wire?.bytesOut}</td>
            <td>{wire?.bytesIn}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** Each phase that took time once: its time as the job reports it, and the wire's counts of all its slices. */
function rowsOf(phases: TimeChartProps["phases"], timeline: readonly TimeSlice[]): readonly Row[] {
  const taken = Object.entries(phases).filter(([, ms]) => ms > 0);
  return taken.map(([phase, ms]) => {
    const own = timeline.filter((slice) => slice.phase === phase);
    return { phase, ms, wire: own.length > 0 ? wireOf(own) : undefined };
  });
}

/** All phases together. */
function sumOf(rows: readonly Row[], ms: number): Row {
  const wires = rows.map(({ wire }) => wire).filter((wire) => wire !== undefined);
  return { phase: "in all", ms, wire: wires.length > 0 ? wireOf(wires) : undefined };
}

function wireOf(parts: readonly Wire[]): Wire {
  const sum = (of: (part: Wire) => number) => parts.reduce((all, part) => all + of(part), 0);
  return {
    roundTrips: sum(({ roundTrips }) => roundTrips),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    bytesIn: sum(({ bytesIn }) => bytesIn),
  };
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
