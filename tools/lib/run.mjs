// @ts-check
import { spawn } from "node:child_process";
import { inProject, root } from "./project.mjs";

/**
 * Runs a command in the project's folder and answers its exit code (130 when a signal ended it).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ stdout?: "inherit" | "stderr", env?: NodeJS.ProcessEnv }} [options] where the command's stdout goes
 * @returns {Promise<number>}
 */
export function run(command, args, { stdout = "inherit", env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === "win32" && command === "npm";
    const child = spawn(command, args, { cwd: root, env, shell, stdio: ["inherit", stdout === "stderr" ? 2 : 1, 2] });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 130));
  });
}

/**
 * Runs a command and answers what it printed, both streams in one text, and its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
export function capture(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 130, output }));
  });
}

/** The scripts of the development tools, to be run by this very node: no shell and no `npx` in between. */
export const toolScripts = {
  tsc: inProject("node_modules", "typescript", "bin", "tsc"),
  vitest: inProject("node_modules", "vitest", "vitest.mjs"),
  biome: inProject("node_modules", "@biomejs", "biome", "bin", "biome"),
  eslint: inProject("node_modules", "eslint", "bin", "eslint.js"),
  knip: inProject("node_modules", "knip", "bin", "knip.js"),
};
