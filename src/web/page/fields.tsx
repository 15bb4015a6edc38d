import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FieldValue } from "./field-value.ts";
import { lazily } from "./lazily.tsx";

const Table = lazily(async () => (await import("./fields-table.tsx")).FieldsTable);

/** Every field of a report under its name, whatever the report is of: folded, and made when it is opened. */
export function Fields({ title, json }: { readonly title: string; readonly json: FieldValue }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <Table json={json} />}
    </details>
  );
}
