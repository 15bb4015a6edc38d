import type { JSX } from "preact";
import type { Compared, ComparedRange } from "../../protocol.ts";
import { DifferenceTable } from "../board/difference-table.tsx";
import { address32 } from "../hex.ts";
import { Guesses, Lines } from "../lines.tsx";
import { compareWith } from "../state.ts";
import { compared, otherFile } from "./compare-state.ts";

/** A second image beside the file: what differs, byte by byte. */
export function CompareSection(): JSX.Element {
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const chosen = currentTarget.files?.[0];
    if (chosen) void compareWith(chosen.name, () => chosen.arrayBuffer());
  };
  return (
    <>
      <h3>Compare with another image</h3>
      <p class="input">
        <label>
          The other image <input type="file" onChange={choose} />
        </label>
      </p>
      <div aria-live="polite">{compared.value && otherFile.value && <Comparison {...compared.value} />}</div>
    </>
  );
}

function Comparison({ summary, ranges, more, lines, guesses }: Compared): JSX.Element {
  return (
    <>
      <p>
        <strong>{summary}</strong>
      </p>
      <Guesses guesses={guesses} />
      {lines.length > 0 && <p>If the other image was read from the chip: {lines[0]}</p>}
      {ranges.length > 0 && <Ranges ranges={ranges} />}
      {more > 0 && <p>And {more} more ranges.</p>}
      {ranges.length > 0 && <DifferenceTable differences={ranges} names={["This image", "The other one"]} />}
      {lines.length > 1 && <Lines title="Causes in that case, as text" lines={lines} />}
    </>
  );
}

const Ranges = ({ ranges }: { readonly ranges: readonly ComparedRange[] }): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Ranges that differ">
    <table>
      <caption>Ranges that differ</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">Bytes</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      <tbody>
        {ranges.map(({ address, length, region }) => (
          <tr key={address}>
            <th scope="row">{address32(address)}</th>
            <td>{length}</td>
            <td>{region}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
