// @ts-check

/** @typedef {import("../../src/cli/options/declaration.ts").Declaration<unknown>} Declaration */
/** @typedef {import("../../src/cli/options/settings-files.ts").Keys} Keys */

/** docs/schema/flashproof.toml.json, for editors. @param {Keys} keys @param {(one: Declaration) => boolean} isSetting */
export function settingsSchema(keys, isSetting) {
  const settings = [...keys].filter(([, all]) => all.every(isSetting)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    title: "flashproof.toml",
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      ...Object.fromEntries(settings.map(([key, all]) => [key, propertyOf(all)])),
      commander: {
        description: "in the user's own file only",
        type: "object",
        properties: { "secured-device": { enum: ["unsecure", "leave"] } },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
}

/** @param {readonly Declaration[]} all */
function propertyOf(all) {
  const value = typeOf(all[0]);
  const list = all.every(({ form }) => form === "many") && { type: "array", items: value };
  return { description: all.map(({ help }) => help).join("; "), ...(list ? { anyOf: [value, list] } : value) };
}

/** @param {Declaration} declaration */
function typeOf({ kind }) {
  if (kind.choices) return { enum: kind.choices };
  if (kind.toml === "boolean") return { type: "boolean" };
  return { type: kind.toml === undefined ? "string" : ["number", "string"] };
}
