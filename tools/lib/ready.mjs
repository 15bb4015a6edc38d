// @ts-check
import { isBuilt, markBuilt, sourceSignature } from "./build-stamp.mjs";
import { isInstalled, seemsInstalled } from "./installed.mjs";
import { existsSync, rmSync } from "node:fs";
import { inProject, say } from "./project.mjs";

/**
 * Installs and builds what is missing, says so on stderr, and does nothing when all is there.
 *
 * Ends the process with exit code 1 when npm or the compiler fails. `FLASHPROOF_NO_BUILD=1` takes `dist` as it is, and
 * so does, with a note, a clone that this user can't write to.
 *
 * @param {{ install: "when-missing" | "when-different" }} how `when-missing` only looks whether there are modules at
 *   all (a few microseconds, for the command line); `when-different` compares them with package-lock.json
 */
export async function makeReady({ install }) {
  const installed = install === "when-missing" ? seemsInstalled : isInstalled;
  const built = () => process.env["FLASHPROOF_NO_BUILD"] === "1" || isBuilt();
  if (installed() && built()) return;
  const { NoLock, withLock } = await import("./lock.mjs");
  try {
    await withLock(async () => {
      // Whoever held the lock before us may have done the work.
      if (!installed()) await npmInstall();
      if (!built()) await build();
    });
  } catch (error) {
    if (!(error instanceof NoLock)) throw error;
    withoutBuilding(error.message, installed());
  }
}

/** What is built already runs, if anything is; that it is not what the sources say is said. @param {string} why @param {boolean} installed */
function withoutBuilding(why, installed) {
  if (!installed || !existsSync(inProject("dist", "program", "main.js")))
    fail(`nothing is built, and it can't be built here: ${why}`);
  say(`the sources have changed and can't be built here (${why}); this is the program as it was built before`);
}

async function npmInstall() {
  const { run } = await import("./run.mjs");
  say("installing the modules that package-lock.json names (npm ci)");
  const code = await run("npm", ["ci", "--no-audit", "--no-fund"], { stdout: "stderr" });
  if (code !== 0) fail("npm ci failed");
}

/**
 * Makes `dist`: the compiler's output by module, and from that the command line in few files. A page that was made before
 * goes: it would speak to a server of other sources.
 */
export async function build() {
  const { run, toolScripts } = await import("./run.mjs");
  say("building (tsc -b, then one program of it)");
  // Taken before the compiler reads the sources: a change made meanwhile leaves the stamp stale.
  const signature = sourceSignature();
  const code = await run(process.execPath, [toolScripts.tsc, "-b"], { stdout: "stderr" });
  if (code !== 0) fail("the build failed");
  await (await import("./bundle.mjs")).bundle();
  rmSync(inProject("dist", "page"), { recursive: true, force: true });
  markBuilt(signature);
}

/** @param {string} text @returns {never} */
function fail(text) {
  say(text);
  process.exit(1);
}
