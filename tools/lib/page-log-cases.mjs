// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { inProject } from "./project.mjs";

/** The files of reports; the same as in report-scores.mjs, which loads the sources of the diagnosis, too. */
const REPORT_SETS = ["open", "frozen", "second"];
const FOLDER = inProject("test", "cases", "logs");
const REPORTS = inProject("test", "cases", "reports");

const INTRO = `# Consoles, and what \`explain\` says of them

This page is made by \`node tools/gen-docs.mjs\` from \`test/cases\`. A new console is a pair of files in
\`test/cases/logs\` and a row in \`test/unit/doctor/logs/cases-table.ts\`; what stands there is held by a test.
`;

const REPORT_WORDS = `## Public reports

Public reports in which a console is quoted and its cause is told by a maintainer or by who asked. Their texts belong to
those who wrote them and are not in the repository; \`test/cases/reports\` has address, SHA-256 and cause of each.
\`node tools/score-reports.mjs FOLDER --write\` scores them where the texts are at hand.

**How they were chosen.** Found by searching for messages of tools; what was kept has its answer in the thread itself. All
were put in the order of their SHA-256; every second one, from the first, is *frozen*: listed in \`frozen.json\` by a
commit of its own (d4d2508) before anything was tuned. Forms and causes were then added for the *open* ones, and for
messages of the same tools as their sources have them. No result of a frozen report was looked at; only their totals.

A *second* set, of tools that were thin in the first two, came later: its texts and expected causes were committed
(b55814b) before \`explain\` was asked about any of them, by someone who had not read the forms. Its line "before" is what
an unknown report can expect; after that the kinds of what was wrong or silent in it were worked on, so its line "now" is
no measure for that.

**How far that goes.** The same person collected the open and the frozen reports and wrote the forms, so the frozen texts had
been read once before. Where several causes name the same truth (an erase that was not allowed, a chip that is locked), each of them
counts as right.

*Right first*: the first cause is the true one. *Silent*: it says only that the log is not understood. *Wrong*: the first
cause is another, and the true one is not among the first three. *False certain*: any cause that is called certain and
is not the true one.

| set | when | reports | right first | in the first three | silent | wrong | false certain | false "nothing failed" |
|---|---|---|---|---|---|---|---|---|
`;

/** docs/log-cases.md. @param {(text: string) => { verdict: string, causes: readonly { id: string, likelihood: string }[], tool?: { name: string } }} diagnose */
export function logCasesPage(diagnose) {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -4));
  const rows = names.map((name) => caseRow(name, diagnose));
  const table = `| console | tool | verdict | first cause | the truth, and where it comes from |\n|---|---|---|---|---|\n`;
  return `${INTRO}\n## Consoles worded by us\n\n${names.length} consoles of a few lines, with the tools' own messages.\n\n${table}${rows.join("")}\n${REPORT_WORDS}${scoreRows()}\n${toolWords()}`;
}

/** @param {string} name @param {Parameters<typeof logCasesPage>[0]} diagnose */
function caseRow(name, diagnose) {
  const { verdict, causes, tool } = diagnose(readFileSync(`${FOLDER}/${name}.txt`, "utf8"));
  const truth = readFileSync(`${FOLDER}/${name}.expected`, "utf8")
    .trim()
    .split(/\s*\n\s*/)
    .join(" ");
  return `| ${[name, tool?.name ?? "", verdict, `${causes[0].id} (${causes[0].likelihood})`, truth.replaceAll("|", "\\|")].join(" | ")} |\n`;
}

function scoreRows() {
  const scores = JSON.parse(readFileSync(`${REPORTS}/scores.json`, "utf8"));
  const row = (/** @type {string} */ set, /** @type {string} */ when, /** @type {any} */ s) => {
    const percent = (/** @type {number} */ n) => `${n} (${((100 * n) / s.reports).toFixed(1)} %)`;
    return `| ${[set, when, s.reports, percent(s.first), percent(s.three), s.silent, percent(s.wrong), s.falseCertain, s.falseFine].join(" | ")} |\n`;
  };
  return [...REPORT_SETS, "all"]
    .flatMap((set) => [row(set, "before", scores.before[set]), row(set, "now", scores.now[set])])
    .join("");
}

function toolWords() {
  const reports = REPORT_SETS.flatMap((set) => JSON.parse(readFileSync(`${REPORTS}/${set}.json`, "utf8")));
  const count = (/** @type {string} */ key) => {
    const counts = new Map();
    for (const report of reports) counts.set(report[key], (counts.get(report[key]) ?? 0) + 1);
    return [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([name, n]) => `${name} ${n}`)
      .join(", ");
  };
  return `By tool: ${count("tool")}.\n\nBy family: ${count("family")}.\n`;
}
