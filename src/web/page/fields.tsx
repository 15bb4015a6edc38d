import type { JSX } from "preact";
import { lazily } from "./lazily.tsx";

/** What a report holds, as data. */
export type FieldValue = string | number | boolean | null | readonly FieldValue[] | { readonly [key: string]: FieldValue };

const Table = lazily(async () => (await import("./fields-table.tsx")).FieldsTable);

/** Every field of a report under its name, whatever the report is of: folded, and made when it is opened. */
export const Fields = ({ title, json }: { readonly title: string; readonly json: FieldValue }): JSX.Element => (
  <details>
    <summary>{title}</summary>
    <Table json={json} />
  </details>
);
