import type { JSX } from "preact";
import type { ShownDifference } from "../../protocol.ts";
import { address32, hexBytes } from "../hex.ts";

/** Bytes of a row. */
const ROW = 16;

interface DifferenceTableProps {
  readonly differences: readonly ShownDifference[];
  /** What the two columns of bytes are. */
  readonly names?: readonly [string, string];
}

/** Where chip and image, or two images, differ, in rows of 16 bytes: both, and the bits that differ. */
export const DifferenceTable = ({
  differences,
  names = ["Expected", "Read"],
}: DifferenceTableProps): JSX.Element => (
  <div class="scroll" tabIndex={0} role="region" aria-label="Differences">
    <table class="bytes">
      <caption>Differences</caption>
      <thead>
        <tr>
          <th scope="col">Address</th>
          {names.map((name, i) => (
            <th key={i} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">Differing bits</th>
        </tr>
      </thead>
      <tbody>
        {differences.flatMap(rowsOf).map(({ address, expected, actual }) => (
          <tr key={address}>
            <th scope="row">{address32(address)}</th>
            <td>{hexBytes(expected)}</td>
            <td>{actual.length === 0 ? "unreadable" : hexBytes(actual)}</td>
            <td>{hexBytes(actual.map((byte, i) => byte ^ (expected[i] ?? 0)))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function rowsOf({ address, expected, actual }: ShownDifference): readonly ShownDifference[] {
  const starts = Array.from({ length: Math.ceil(expected.length / ROW) }, (_, i) => i * ROW);
  return starts.map((at) => ({
    address: address + at,
    expected: expected.subarray(at, at + ROW),
    actual: actual.subarray(at, at + ROW),
  }));
}
