import type { JSX } from "preact";

/** A function of a profile. */
export interface ProfileRow {
  readonly name: string;
  readonly file: string | null;
  readonly start: string | null;
  readonly samples: number;
  readonly percent: number;
}

const WIDTH = 640;
const ROW = 24;

/** Below this share of the picture a name has no room. */
const ROOM = 0.1;

interface Box {
  readonly name: string;
  readonly samples: number;
  readonly from: number;
  readonly row: number;
}

/** Where a core was: boxes as wide as their share of the samples, functions above their files, and the same as a table. */
export function Flame({ rows, total }: { readonly rows: readonly ProfileRow[]; readonly total: number }): JSX.Element {
  const label = `${total} samples: ${rows.slice(0, 5).map(shareOf).join(", ")}`;
  const scale = WIDTH / Math.max(1, total);
  return (
    <>
      <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${2 * ROW}`} class="flame">
        {boxesOf(rows).map(({ name, samples, from, row }, i) => (
          <g key={i} transform={`translate(${(from * scale).toFixed(2)} ${row * ROW})`}>
            <rect class={row === 0 ? "program" : "erase-program"} width={Math.max(0.5, samples * scale - 1)} height={ROW - 2} />
            {samples >= ROOM * total && (
              <text x={4} y={ROW - 8}>
                {shortened(name, samples * scale)}
              </text>
            )}
          </g>
        ))}
      </svg>
      <p>{label}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Samples by function">
        <table class="numbers">
          <thead>
            <tr>
              {["Samples", "%", "Function", "File", "Begins at"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, file, start, samples, percent }, i) => (
              <tr key={i}>
                <td>{samples}</td>
                <td>{percent.toFixed(1)}</td>
                <td>{name}</td>
                <td>{file}</td>
                <td>{start}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const shareOf = ({ name, percent }: ProfileRow): string => `${name} ${percent.toFixed(1)} %`;

/** Letters of a box's name: about 7 of the picture's units each. */
const shortened = (name: string, width: number): string => name.slice(0, Math.max(1, Math.floor((width - 8) / 7)));

/** Functions in the upper row, each above its file in the lower one. */
function boxesOf(rows: readonly ProfileRow[]): readonly Box[] {
  const files = [...new Set(rows.map(({ file }) => file))];
  let from = 0;
  return files.flatMap((file) => {
    const [start, own] = [from, rows.filter((row) => row.file === file)];
    const functions = own.map(({ name, samples }) => {
      const box = { name, samples, from, row: 0 };
      from += samples;
      return box;
    });
    return [...functions, { name: file ?? "(no file)", samples: from - start, from: start, row: 1 }];
  });
}
