// @ts-check
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A path inside the project. @param {...string} parts */
export const inProject = (...parts) => join(root, ...parts);

/** Says on stderr what the tooling is about to do; stdout belongs to the result. @param {string} text */
export const say = (text) => void process.stderr.write(`flashproof: ${text}\n`);
