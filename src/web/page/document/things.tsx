import type { JSX } from "preact";
import type { FieldValue } from "../field-value.ts";

/** Most rows of a table, columns of it, and fields of a list. */
const MOST = 200;

type Thing = { readonly [key: string]: FieldValue };

/** Whether a value has values under names of its own. */
export const isThing = (value: FieldValue | undefined): value is Thing =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTable = (value: FieldValue): value is readonly Thing[] =>
  Array.isArray(value) && value.length > 0 && value.every(isThing);

/** A report without a picture of its own: its plain fields as a list, each list of things as a table, the rest below. */
export function Things({ of, title }: { readonly of: Thing; readonly title?: string }): JSX.Element {
  const all = Object.entries(of);
  const entries = all.slice(0, MOST);
  const plain = entries.filter(([, value]) => !isThing(value) && !isTable(value));
  return (
    <>
      {title !== undefined && <h3>{title}</h3>}
      {plain.length > 0 && (
        <dl>
          {plain.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{textOf(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {entries.map(([name, value]) => {
        if (isTable(value)) return <Table key={name} title={name} rows={value} />;
        return isThing(value) ? <Things key={name} title={name} of={value} /> : null;
      })}
      {all.length > MOST && <p>And {all.length - MOST} more fields.</p>}
    </>
  );
}

function Table({ title, rows }: { readonly title: string; readonly rows: readonly Thing[] }): JSX.Element {
  const columns = [...new Set(rows.slice(0, MOST).flatMap((row) => Object.keys(row)))].slice(0, MOST);
  return (
    <>
      <h3>{title}</h3>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="things">
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST).map((row, i) => (
              <tr key={i}>
                {columns.map((name) => (
                  <td key={name}>{name in row ? textOf(row[name]) : ""}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST && <p>And {rows.length - MOST} more.</p>}
    </>
  );
}

/** A value as text: a list by commas, a thing by its names and values. */
export function textOf(value: FieldValue | undefined): string {
  if (value === undefined || value === null || typeof value !== "object") return String(value);
  if (!isThing(value)) return value.length === 0 ? "none" : value.slice(0, MOST).map(textOf).join(", ");
  const parts = Object.entries(value).map(([name, each]) => `${name} ${textOf(each)}`);
  return parts.length === 0 ? "none" : parts.slice(0, MOST).join(", ");
}
