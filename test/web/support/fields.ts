import type { Page } from "playwright-core";

/** Entries of a list that the page shows. */
const MOST = 200;

/** Every field of a report by its path, as the page writes it. */
export function leavesOf(value: unknown, path = ""): { readonly [path: string]: string } {
  if (typeof value !== "object" || value === null) return { [path]: String(value) };
  const entries = Object.entries(value);
  if (entries.length === 0) return { [path]: "none" };
  const shown = Array.isArray(value) ? entries.slice(0, MOST) : entries;
  const more = entries.length - shown.length;
  const last = more > 0 ? { [`${path}.${shown.length}`]: `and ${more} more` } : {};
  const leaves = shown.map(([name, each]) => leavesOf(each, path === "" ? name : `${path}.${name}`));
  return Object.assign({}, ...leaves, last);
}

/** A row of the table of fields. */
interface FieldRow {
  readonly cells: readonly { readonly textContent: string }[];
}

/** Opens a folded block, and reads its fields. */
export async function fields(page: Page, summary: string): Promise<{ readonly [path: string]: string }> {
  const block = page.locator(`details:has(> summary:text-is("${summary}"))`);
  await block.locator("summary").click();
  const rows = block.locator("table.fields tbody tr");
  await rows.first().waitFor();
  const pairs = await rows.evaluateAll<readonly (readonly string[])[], FieldRow>((all) =>
    all.map(({ cells }) => [cells[0].textContent, cells[1].textContent]),
  );
  return Object.fromEntries(pairs);
}
