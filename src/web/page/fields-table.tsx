import type { JSX } from "preact";
import type { FieldValue } from "./field-value.ts";

/** Most entries of a list: thousands of differences would hide what stands behind them. */
const MOST = 200;

/** A report's fields in rows: the path of each, `findings.0.severity`, and its value. */
export function FieldsTable({ json }: { readonly json: FieldValue }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Every field">
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {[...leavesOf(json, "")].map(([path, value]) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function* leavesOf(value: FieldValue, path: string): Iterable<readonly [path: string, value: string]> {
  if (typeof value !== "object" || value === null) {
    yield [path, String(value)];
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) yield [path, "none"];
  const shown = Array.isArray(value) ? entries.slice(0, MOST) : entries;
  for (const [name, each] of shown) yield* leavesOf(each as FieldValue, path === "" ? name : `${path}.${name}`);
  if (shown.length < entries.length) yield [`${path}.${shown.length}`, `and ${entries.length - shown.length} more`];
}
