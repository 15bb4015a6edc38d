import { address32 } from "../base/u32.ts";
import type { ProfileRow } from "../swo/profile.ts";

/** What a flame picture shows, and what its heading says. */
export interface FlamePage {
  readonly title: string;
  readonly rows: readonly ProfileRow[];
  /** Samples in all. */
  readonly total: number;
  /** A line each under the heading. */
  readonly notes: readonly string[];
}

/** One box of the picture. */
interface Box {
  readonly name: string;
  readonly samples: number;
  readonly inner: readonly Box[];
}

/**
 * A page of HTML with nothing outside of it and no script: boxes as wide as their share of the samples, files below all,
 * functions below files, the places that were sampled below functions, then the same as a table.
 */
export function flamePage({ title, rows, total, notes }: FlamePage): string {
  const root: Box = { name: "all", samples: total, inner: byFile(rows) };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>
body{font:14px/1.4 system-ui,sans-serif;margin:1.5em;color:#222;background:#fff}
.box{box-sizing:border-box;border:1px solid #fff;background:#e8743b;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;padding:0 3px;font-size:12px;height:20px;line-height:18px}
.level1>.box{background:#c44e2b;color:#fff}.level2>.box{background:#ec913a}.level3>.box{background:#f6c453}
.row{display:flex}table{border-collapse:collapse;margin-top:1.5em}td,th{padding:2px 12px 2px 0;text-align:left}td.n,th.n{text-align:right}
</style></head><body>
<h1>${escaped(title)}</h1>
${notes.map((note) => `<p>${escaped(note)}</p>`).join("\n")}
${total === 0 ? "<p>There are no samples.</p>" : boxHtml(root, total, 0)}
<table><tr><th class="n">samples</th><th class="n">%</th><th>function</th><th>file</th><th>begins at</th></tr>
${rows.map(rowHtml).join("\n")}
</table></body></html>
`;
}

const rowHtml = ({ name, file, start, samples, percent }: ProfileRow): string =>
  `<tr><td class="n">${samples}</td><td class="n">${percent.toFixed(1)}</td><td>${escaped(name)}</td><td>${escaped(file ?? "")}</td><td>${start === undefined ? "" : address32(start)}</td></tr>`;

function byFile(rows: readonly ProfileRow[]): readonly Box[] {
  const files = new Map<string, ProfileRow[]>();
  for (const row of rows) files.set(row.file ?? "", [...(files.get(row.file ?? "") ?? []), row]);
  const all = [...files].map(([file, own]) => ({
    name: file === "" ? "(no file)" : file,
    samples: own.reduce((sum, { samples }) => sum + samples, 0),
    inner: own.map(functionBox),
  }));
  return all.sort((one, other) => other.samples - one.samples);
}

const functionBox = ({ name, samples, places }: ProfileRow): Box => ({
  name,
  samples,
  inner: places.flatMap(({ pc, samples: own }) => (pc < 0 ? [] : [{ name: address32(pc), samples: own, inner: [] }])),
});

/** Boxes below a thousandth of the whole would be no pixel wide. */
const LEAST = 0.001;

function boxHtml({ name, samples, inner }: Box, total: number, level: number): string {
  const share = `${samples} samples, ${((100 * samples) / total).toFixed(1)} %`;
  const label = `<div class="box" title="${escaped(`${name}: ${share}`)}">${escaped(name)}</div>`;
  const shown = inner.filter((box) => box.samples >= LEAST * total);
  const below = shown.map(
    (box) =>
      `<div class="level${level + 1}" style="width:${((100 * box.samples) / samples).toFixed(3)}%">${boxHtml(box, total, level + 1)}</div>`,
  );
  return `${label}${below.length === 0 ? "" : `<div class="row">${below.join("")}</div>`}`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
