import type { JSX } from "preact";
import type { Sample } from "./live-state.ts";

const WIDTH = 400;
const HEIGHT = 80;

/** The values of a watch over the board's time, with the last ones as a table. */
export function Plot({ name, samples }: { readonly name: string; readonly samples: readonly Sample[] }): JSX.Element {
  const values = samples.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [samples[0].atMs, samples[samples.length - 1].atMs];
  const x = (atMs: number) => ((atMs - from) / Math.max(1, to - from)) * WIDTH;
  const y = (value: number) => HEIGHT - 2 - ((value - low) / Math.max(1, high - low)) * (HEIGHT - 4);
  const points = samples.map(({ atMs, value }) => `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <>
      <svg role="img" aria-label={`${name}: ${low} to ${high}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="plot">
        <polyline points={points} />
      </svg>
      <details>
        <summary>
          {name}, {low} to {high}, as a table
        </summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Second</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {samples.slice(-20).map(({ atMs, value }) => (
              <tr key={atMs}>
                <td>{(atMs / 1000).toFixed(3)}</td>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
