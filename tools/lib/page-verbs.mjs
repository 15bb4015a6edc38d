// @ts-check

/** @typedef {import("../../src/cli/verb.ts").Verb} Verb */
/** @typedef {import("../../src/cli/verb.ts").OptionSpec} OptionSpec */
/** @typedef {typeof import("../../src/cli/options/options.ts")} Options */

const INTRO = `# The verbs

Made from \`src/cli/verbs.ts\` by \`node tools/gen-docs.mjs\`. Numbers are \`0x\` hex, else decimal; ranges \`A:B\` are
half-open, \`A:+LEN\` works too. What is common to all of them stands in [cli.md](cli.md). A consent has no environment
variable and no line in a file: it is given on the one command it is meant for.
`;

/** docs/verbs.md. @param {readonly Verb[]} verbs @param {Options} options */
export function verbsPage(verbs, { EVERYWHERE, variableOf }) {
  const table = (/** @type {readonly OptionSpec[]} */ specs) => optionTable(specs, variableOf);
  const pages = verbs.map((verb) => section(verb, table));
  return [INTRO, ...pages, `## Options of every verb\n\n${table(EVERYWHERE)}`].join("\n");
}

/** @param {Verb} verb @param {(specs: readonly OptionSpec[]) => string} table */
function section(verb, table) {
  const aliases = verb.aliases ? `Also called ${verb.aliases.map((name) => `\`${name}\``).join(", ")}. ` : "";
  const usage = ["flashproof", verb.name, verb.args, verb.options.length > 0 ? "[options]" : undefined];
  const examples = (verb.examples ?? []).map((line) => `    ${line}\n`).join("");
  return `## ${verb.name}

\`${usage.filter(Boolean).join(" ")}\`

${aliases}${verb.help[0].toUpperCase()}${verb.help.slice(1)}. Its \`--json\`: [schema/${verb.name}.json](schema/${verb.name}.json).

${examples}
${verb.options.length > 0 ? table(verb.options) : ""}`;
}

/** @param {readonly OptionSpec[]} specs @param {(spec: OptionSpec) => string | undefined} variableOf */
function optionTable(specs, variableOf) {
  const rows = specs.map((spec) => {
    const variable = variableOf(spec);
    const more = spec.repeatable ? "; may be repeated" : "";
    return `| \`${spec.flags}\` | ${variable ? `\`${variable}\`` : "a consent: none"} | ${spec.help}${more} |\n`;
  });
  return `| option | variable | |\n|---|---|---|\n${rows.join("")}`;
}
