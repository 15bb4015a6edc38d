import type { JSX } from "preact";

const WIDTH = 400;
const ROW = 20;

/** Where the time went: a bar a phase, and the same as a table. */
export function Waterfall(props: {
  readonly phases: { readonly [phase: string]: number };
  readonly totalMs: number;
  /** Whose milliseconds they are. */
  readonly unit?: "virtual" | "wall clock";
}): JSX.Element {
  const entries = Object.entries(props.phases);
  const scale = WIDTH / Math.max(1, props.totalMs);
  const starts = entries.map((_, i) => entries.slice(0, i).reduce((sum, [, ms]) => sum + ms, 0));
  return (
    <>
      <svg role="img" aria-label="Time by phase" viewBox={`0 0 ${WIDTH} ${entries.length * ROW}`} class="waterfall">
        {entries.map(([phase, ms], i) => (
          <g key={phase}>
            <rect x={starts[i] * scale} y={i * ROW + 2} width={Math.max(1, ms * scale)} height={ROW - 4} />
            <text x={4} y={i * ROW + 14}>
              {phase}
            </text>
          </g>
        ))}
      </svg>
      <table>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Milliseconds ({props.unit ?? "virtual"})</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(([phase, ms]) => (
            <tr key={phase}>
              <td>{phase}</td>
              <td>{ms.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
