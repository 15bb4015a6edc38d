// @ts-check

/** @typedef {typeof import("../../src/cli/exit-codes.ts")} Exits */
/** @typedef {typeof import("../../src/doctor/advice-acts.ts")} Acts */
/** @typedef {import("../../src/doctor/advice-acts.ts").Spell} Spell */
/** @typedef {{ readonly [code: string]: import("../../src/doctor/advice.ts").CodeAdvice }} AdviceByCode */

/**
 * What the page is made from.
 * @typedef {{ readonly advice: AdviceByCode, readonly acts: Acts["ACTS"], readonly spell: Spell, readonly exits: Exits }} ErrorTables
 */

const INTRO = `# Error codes

Made from \`src/doctor/advice.ts\`, \`src/report/advice-words.ts\` and \`src/cli/exit-codes.ts\` by \`node tools/gen-docs.mjs\`.
A code is what \`--json\` prints under \`error.code\`; it stays the same when sentences are improved. \`{name}\` stands for
a detail of the error. Four codes belong to no layer: \`script-findings\` is \`commander --lint\` with a finding that makes it fail (exit
1, 7 for a file that is lacking, 8 for a device), \`image-findings\` (exit 1) is \`explain\` with a finding at or
above \`--fail-on\`, \`log-verdict\` (exit 1) is \`explain\` with a log whose verdict \`--fail-on\` names, \`internal\`
(exit 1) is a bug.

What to do stands in the words of the command line here, as in \`error.hints\`; the Commander has words of its own.
\`error.advice\` has the same as data: the name of an act, which stays the same too, and its arguments. The acts are at
the end of this page.
`;

const ACTS_INTRO = `## Acts

What \`act\` names, in \`error.advice\` and in the \`advice\` of a cause that \`verify\` finds.
`;

/** docs/errors.md. @param {ErrorTables} tables */
export function errorsPage(tables) {
  const { EXIT, EXIT_WORDS, EXIT_BY_CODE } = tables.exits;
  const sections = Object.entries(EXIT).flatMap(([name, exit]) => {
    const codes = Object.entries(EXIT_BY_CODE).filter(([, of]) => of === exit);
    const words = EXIT_WORDS[/** @type {keyof typeof EXIT} */ (name)];
    return codes.length === 0
      ? []
      : [
          `## Exit ${exit}: ${words}\n\n${table(
            codes.map(([code]) => code),
            tables,
          )}`,
        ];
  });
  return [INTRO, ...sections, `${ACTS_INTRO}\n${actTable(tables)}`].join("\n");
}

/** @param {readonly string[]} codes @param {ErrorTables} tables */
function table(codes, { advice, spell }) {
  const rows = codes.map((code) => {
    const { sentence = "", actIn, advice: acts } = advice[code];
    const first = actIn === undefined ? [] : [`what the detail \`${actIn}\` names`];
    const todo = [...first, ...acts.map((act) => cell(spell({ act, arguments: {} })))];
    return `| \`${code}\` | ${cell(sentence)} | ${todo.join("<br>")} |\n`;
  });
  return `| code | means | what to do |\n|---|---|---|\n${rows.join("")}`;
}

/** @param {ErrorTables} tables */
function actTable({ acts, spell }) {
  const rows = Object.keys(acts)
    .sort()
    .map((name) => {
      const act = /** @type {keyof typeof acts} */ (name);
      return `| \`${act}\` | ${cell(spell({ act, arguments: {} }))} |\n`;
    });
  return `| act | on the command line |\n|---|---|\n${rows.join("")}`;
}

/** @param {string} text */
const cell = (text) => text.replaceAll("|", "\\|");
