import type { JSX } from "preact";
import type { PlannedSector } from "../protocol.ts";
import { address32 } from "./hex.ts";

const LETTERS = { unchanged: "=", program: "p", erase: "e", "erase-program": "P" } as const;

/** A sector; a document does not have its length. */
export type MappedSector = Omit<PlannedSector, "length"> & { readonly length?: number };

/** Boxes in a row of the picture. */
const WIDE = 16;
const BOX = 22;
/** Room for the address of a row's first sector. */
const NAMES = 84;

/** The sectors of a plan: a picture with a colour and a letter each, and the same as a table. */
export function SectorMap({ sectors }: { readonly sectors: readonly MappedSector[] }): JSX.Element {
  const hasLengths = sectors.every(({ length }) => length !== undefined);
  const rows = Math.ceil(sectors.length / WIDE);
  const label = `${sectors.length} sectors: ${countsOf(sectors)}`;
  return (
    <>
      <svg role="img" aria-label={label} viewBox={`0 0 ${NAMES + WIDE * BOX} ${rows * BOX}`} class="map">
        {Array.from({ length: rows }, (_, row) => (
          <text key={row} x={0} y={row * BOX + BOX - 7}>
            {address32(sectors[row * WIDE].address)}
          </text>
        ))}
        {sectors.map(({ address, action }, i) => (
          <g key={address} transform={`translate(${NAMES + (i % WIDE) * BOX} ${Math.floor(i / WIDE) * BOX})`}>
            <title>{`${address32(address)}: ${action}`}</title>
            <rect class={action} width={BOX - 2} height={BOX - 2} />
            <text x={(BOX - 2) / 2} y={BOX - 7}>
              {LETTERS[action]}
            </text>
          </g>
        ))}
      </svg>
      <p>{label}</p>
      <details>
        <summary>Sectors, as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Address</th>
              {hasLengths && <th scope="col">Bytes</th>}
              <th scope="col">What is done</th>
            </tr>
          </thead>
          <tbody>
            {sectors.map(({ address, length, action }) => (
              <tr key={address}>
                <td>{address32(address)}</td>
                {hasLengths && <td>{length}</td>}
                <td>{action}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

const countsOf = (sectors: readonly MappedSector[]): string =>
  (Object.keys(LETTERS) as (keyof typeof LETTERS)[])
    .map((action) => [action, sectors.filter((sector) => sector.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${action} (${LETTERS[action]})`)
    .join(", ");
