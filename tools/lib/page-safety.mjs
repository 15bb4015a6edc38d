// @ts-check
import { readFileSync } from "node:fs";
import { DESTRUCTIVE_ACTS } from "./destructive-routes.mjs";
import { inProject } from "./project.mjs";

/** @typedef {import("./destructive-routes.mjs").Route} Route */
/** @typedef {import("../../src/cli/verb.ts").Verb} Verb */
/** @typedef {import("../../src/chips/chip.ts").Chip} Chip */

/** @typedef {typeof import("../../src/cli/options/declaration.ts")} Options */

/**
 * docs/safety.md: its text, with the tables from the program's own.
 *
 * @param {readonly Verb[]} verbs @param {readonly Chip[]} chips @param {Options} options
 */
export function safetyPage(verbs, chips, options) {
  const text = readFileSync(inProject("tools/lib/page-safety.md"), "utf8");
  return text
    .replace("<!-- acts -->\n", actTable())
    .replace("<!-- consents -->\n", consentTable(verbs, options))
    .replace("<!-- guarded -->\n", guardedTable(chips));
}

function actTable() {
  const rows = DESTRUCTIVE_ACTS.flatMap(({ act, loses, routes }) =>
    routes.map((route, i) => {
      const first = i === 0 ? `${act} (loses ${loses})` : "";
      return `| ${first} | ${routeText(route)} | ${route.consent} | ${route.said} |\n`;
    }),
  );
  return `| act | route | what agrees to it | what is said before |\n|---|---|---|---|\n${rows.join("")}`;
}

/** @param {Route} route */
function routeText({ verb, commands = [], other = "" }) {
  if (verb) return `\`flashproof ${verb}\``;
  return commands.length > 0 ? `Commander: ${commands.map((name) => `\`${name}\``).join(", ")}` : other;
}

/** @param {readonly Verb[]} verbs @param {Options} options */
function consentTable(verbs, { flagsOf, helpOf }) {
  const flags = new Map();
  for (const verb of verbs)
    for (const [name, option] of Object.entries(verb.options)) {
      const flag = flagsOf(name, option);
      const { verbs: of = [] } = flags.get(flag) ?? {};
      if (option.role === "consent") flags.set(flag, { help: helpOf(option), verbs: [...of, verb.name] });
    }
  const rows = [...flags].map(([flag, { help, verbs: of }]) => `| \`${flag}\` | ${of.join(", ")} | ${help} |\n`);
  return `| flag | of | |\n|---|---|---|\n${rows.join("")}`;
}

/** @param {readonly Chip[]} chips */
function guardedTable(chips) {
  const rows = chips.flatMap(({ name, guarded }) =>
    guarded.map(
      ({ name: what, start, length, can }) =>
        `| ${name} | ${hex(start)} to ${hex(start + length - 1)} | ${what} | ${can} |\n`,
    ),
  );
  return `| chip | addresses | what is there | what a write can do |\n|---|---|---|---|\n${rows.join("")}`;
}

/** @param {number} value */
const hex = (value) => `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;
