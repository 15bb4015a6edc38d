// @ts-check
// Every page of docs/ that is made from the sources, by path. The caller has to be able to load TypeScript.
import { commanderPage } from "./page-commander.mjs";
import { commanderTables } from "./commander-tables.mjs";
import { doubtsPage } from "./page-doubts.mjs";
import { logCasesPage } from "./page-log-cases.mjs";
import { errorsPage } from "./page-errors.mjs";
import { safetyPage } from "./page-safety.mjs";
import { settingsSchema } from "./settings-schema.mjs";
import { verbsPage } from "./page-verbs.mjs";

/** The texts of all generated pages by their path in the project. @returns {Promise<Map<string, string>>} */
export async function generatedPages() {
  const { SETTINGS_KEYS, VERBS } = await import("../../src/cli/verbs.ts");
  const options = await import("../../src/cli/options/declaration.ts");
  const { EVERYWHERE } = await import("../../src/cli/options/sets.ts");
  const exits = await import("../../src/cli/exit-codes.ts");
  const { ADVICE } = await import("../../src/doctor/advice.ts");
  const { ACTS } = await import("../../src/doctor/advice-acts.ts");
  const { inCliWords } = await import("../../src/report/advice-words.ts");
  const { CHIPS } = await import("../../src/chips/list.ts");
  const { diagnoseLog } = await import("../../src/doctor/logs/diagnose-log.ts");
  const { jsonSchemas } = await import("../../test/cli/schemas/envelope.ts");
  return new Map([
    ["docs/verbs.md", verbsPage(VERBS, EVERYWHERE, options)],
    ["docs/errors.md", errorsPage({ advice: ADVICE, acts: ACTS, spell: inCliWords, exits })],
    ["docs/commander.md", commanderPage(await commanderTables())],
    ["docs/doubts.md", doubtsPage(CHIPS)],
    ["docs/log-cases.md", logCasesPage(diagnoseLog)],
    ["docs/safety.md", safetyPage(VERBS, CHIPS, options)],
    schemaFile("flashproof.toml", settingsSchema(SETTINGS_KEYS, options.isSetting)),
    ...Object.entries(jsonSchemas()).map(([name, schema]) => schemaFile(name, schema)),
  ]);
}

/** A page without its line numbers: those move with every edit, and only what is said has to be true. @param {string} text */
export const withoutLines = (text) => text.replaceAll(/(\.ts):\d+/g, "$1");

/** @param {string} name @param {unknown} schema @returns {[string, string]} */
const schemaFile = (name, schema) => [`docs/schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`];
