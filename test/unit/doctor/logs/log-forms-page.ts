import { LINE_FORMS, NOT_COVERED } from "../../../../src/doctor/logs/forms/forms.ts";
import { type LineForm, TOOL_NAMES } from "../../../../src/doctor/logs/forms/line-form.ts";

const INTRO = `# Logs that \`explain\` understands

\`flashproof explain LOGFILE\` reads the consoles of other tools line by line. A line is understood where it has one of
these forms; each form names where such a line can be seen. Blanks count once. What tools, loggers, mails, web pages and
CI systems put before a message (level, time, module, line number, \`> \`, colours, tags) is cut off, UTF-16 is read, and
lines that a web form ran together are taken apart. A line without a form that looks like an error is quoted and counted;
with one of them a log is never said to be fine. The forms are data in \`src/doctor/logs/forms\`; a test keeps this page equal to
them, and another one shows that every line of the logs in \`test/fixtures/logs\` has a form.

To add one: a line in the tool's file with the thread or manual that shows it, a log with it in \`test/fixtures/logs\`
and its sibling with one fact changed, and a row in \`test/unit/doctor/logs/fixture-table.ts\`.
`;

/** The page about line forms: by tool, by source, then what is not covered. */
export function logFormsPage(): string {
  const tools = [...new Set(LINE_FORMS.map(({ tool }) => tool))];
  const parts = tools.map((tool) => `\n## ${TOOL_NAMES[tool]}\n${sources(tool)}`);
  const gaps = NOT_COVERED.map(({ tool, what }) => `- ${tool}: ${what}`).join("\n");
  return `${INTRO}${parts.join("")}\n## Not covered\n\nForms that no public source was found for, so that nothing was guessed:\n\n${gaps}\n`;
}

function sources(tool: LineForm["tool"]): string {
  const forms = LINE_FORMS.filter((form) => form.tool === tool);
  const all = [...new Set(forms.map(({ source }) => source))];
  return all.map((source) => `\n${source}\n\n${rows(forms.filter((form) => form.source === source))}\n`).join("");
}

const rows = (forms: readonly LineForm[]): string =>
  forms.map(({ fact, pattern }) => `    ${fact.padEnd(20)} ${pattern.source.replaceAll("\\/", "/")}`).join("\n");
