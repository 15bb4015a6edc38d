import type { JSX } from "preact";
import type { FieldValue } from "./field-value.ts";

/** Most rows: a list of thousands of differences is in the report that is saved. */
const MOST = 2000;

/** A report's fields in rows: the path of each, `findings.0.severity`, and its value. */
export function FieldsTable({ json }: { readonly json: FieldValue }): JSX.Element {
  const all = [...leavesOf(json, "")];
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
          {all.slice(0, MOST).map(([path, value]) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > MOST && <p>And {all.length - MOST} more.</p>}
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
  for (const [name, each] of entries) yield* leavesOf(each as FieldValue, path === "" ? name : `${path}.${name}`);
}
