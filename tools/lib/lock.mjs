// @ts-check
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { inProject, say } from "./project.mjs";

const lock = inProject("dist", "make-ready.lock");
const patienceMs = 300_000;

/**
 * Does `work` while no other process does: several `fp` calls in a fresh clone build once.
 *
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  mkdirSync(inProject("dist"), { recursive: true });
  await acquire(Date.now() + patienceMs);
  // The work may end the process on a failure.
  process.once("exit", release);
  await work();
  process.off("exit", release);
  release();
}

/** @param {number} until */
async function acquire(until) {
  while (!tryAcquire()) {
    if (ownerIsGone()) release();
    else if (Date.now() > until) {
      say(`another process has been building for ${patienceMs / 1000} s; if there is none, remove ${lock}`);
      process.exit(1);
    } else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function tryAcquire() {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

const release = () => rmSync(lock, { force: true });

function ownerIsGone() {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // Created but not yet written: its owner is alive.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}
