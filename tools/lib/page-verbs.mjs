// @ts-check

/** @typedef {import("../../src/cli/verb.ts").Verb} Verb */
/** @typedef {import("../../src/cli/options/declaration.ts").OptionSet} OptionSet */
/** @typedef {import("../../src/cli/options/declaration.ts").Declaration<unknown>} Declaration */
/** @typedef {typeof import("../../src/cli/options/declaration.ts")} Options */

const INTRO = `# The verbs

Made from \`src/cli/verbs.ts\` and \`src/cli/options/\` by \`node tools/gen-docs.mjs\`. Numbers are \`0x\` hex, else decimal;
ranges \`A:B\` are half-open, \`A:+LEN\` works too. What is common to all of them stands in [cli.md](cli.md).

An option with a variable is a setting: it can stand in \`flashproof.toml\` as well, under its name without the dashes.
The others are flags and nothing else: a **consent** agrees to a loss, a **selection** selects that something is erased
or written, or what, and a **request** asks for something on one call.
`;

/** docs/verbs.md. @param {readonly Verb[]} verbs @param {OptionSet} everywhere @param {Options} options */
export function verbsPage(verbs, everywhere, options) {
  const table = (/** @type {OptionSet} */ set) => optionTable(set, options);
  const pages = verbs.map((verb) => section(verb, table));
  return [INTRO, ...pages, `## Options of every verb\n\n${table(everywhere)}`].join("\n");
}

/** @param {Verb} verb @param {(set: OptionSet) => string} table */
function section(verb, table) {
  const aliases = verb.aliases ? `Also called ${verb.aliases.map((name) => `\`${name}\``).join(", ")}. ` : "";
  const hasOptions = Object.keys(verb.options).length > 0;
  const usage = ["flashproof", verb.name, verb.args, hasOptions ? "[options]" : undefined];
  const examples = (verb.examples ?? []).map((line) => `    ${line}\n`).join("");
  return `## ${verb.name}

\`${usage.filter(Boolean).join(" ")}\`

${aliases}${verb.help[0].toUpperCase()}${verb.help.slice(1)}. Its \`--json\`: [schema/${verb.name}.json](schema/${verb.name}.json).

${examples}
${hasOptions ? table(verb.options) : ""}`;
}

/** @param {OptionSet} set @param {Options} options */
function optionTable(set, { flagsOf, helpOf, isSetting, variableOf }) {
  const rows = Object.entries(set).map(([name, option]) => {
    const where = isSetting(option) ? `\`${variableOf(name)}\`` : `flag only: a ${option.role}`;
    const more = option.form === "many" ? "; may be given again" : "";
    return `| \`${flagsOf(name, option)}\` | ${where} | ${helpOf(option)}${more} |\n`;
  });
  return `| option | variable | |\n|---|---|---|\n${rows.join("")}`;
}
