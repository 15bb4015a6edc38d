// @ts-check

/** @typedef {{ readonly sentence?: string, readonly hints: readonly string[] }} Advice */
/** @typedef {typeof import("../../src/cli/exit-codes.ts")} Exits */

const INTRO = `# Error codes

Made from \`src/doctor/advice.ts\` and \`src/cli/exit-codes.ts\` by \`node tools/gen-docs.mjs\`. A code is what
\`--json\` prints under \`error.code\`; it stays the same when sentences are improved. \`{name}\` stands for a detail of
the error. Three codes belong to no layer: \`image-findings\` (exit 1) is \`explain\` with a finding at or above
\`--fail-on\`, \`log-verdict\` (exit 1) is \`explain\` with a log whose verdict \`--fail-on\` names, \`internal\` (exit 1)
is a bug.
`;

/** docs/errors.md. @param {{ readonly [code: string]: Advice }} advice @param {Exits} exits */
export function errorsPage(advice, { EXIT, EXIT_WORDS, EXIT_BY_CODE }) {
  const sections = Object.entries(EXIT).flatMap(([name, exit]) => {
    const codes = Object.entries(EXIT_BY_CODE).filter(([, of]) => of === exit);
    const words = EXIT_WORDS[/** @type {keyof typeof EXIT} */ (name)];
    return codes.length === 0
      ? []
      : [
          `## Exit ${exit}: ${words}\n\n${table(
            codes.map(([code]) => code),
            advice,
          )}`,
        ];
  });
  return [INTRO, ...sections].join("\n");
}

/** @param {readonly string[]} codes @param {{ readonly [code: string]: Advice }} advice */
function table(codes, advice) {
  const rows = codes.map((code) => {
    const { sentence = "", hints } = advice[code];
    return `| \`${code}\` | ${cell(sentence)} | ${hints.map(cell).join("<br>")} |\n`;
  });
  return `| code | means | what to do |\n|---|---|---|\n${rows.join("")}`;
}

/** @param {string} text */
const cell = (text) => text.replaceAll("|", "\\|");
