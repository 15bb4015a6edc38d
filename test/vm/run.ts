import { join } from "node:path";
import { selectors } from "./boards.ts";
import { bundle, cache, here, serve } from "./hosting.ts";
import { guestKernel } from "./kernel.ts";
import { boot } from "./machine.ts";

/** Longest for one boot; without hardware virtualisation a busy machine takes minutes. */
const PATIENCE_MS = 280_000;

/**
 * Boots a guest on the served boards and answers the checks' exit code. A boot with a failure is reported and repeated once
 * with new boards: an emulated processor that waits for a busy machine makes any limit too short now and then,
 * and a fault of ours fails twice.
 */
export async function runChecks(only = ""): Promise<number> {
  const kernel = guestKernel(cache, join(here, "init.sh"));
  const program = await bundle("guest");
  for (let attempt = 1; attempt <= 2; attempt++) {
    const boards = await serve(["bin/flashproof.js", "twin", ...selectors(), "--usbip=0", "--until-eof"]);
    const { code } = await boot({
      kernel,
      script: join(here, "guest.sh"),
      program,
      port: boards.port,
      patienceMs: PATIENCE_MS,
      variables: { ONLY: only },
    });
    await boards.end();
    console.log(code === 0 ? `passed at boot ${attempt}` : `boot ${attempt} failed: ${code ?? "no result"}`);
    if (code === 0) return 0;
  }
  return 1;
}

process.exitCode = await runChecks(process.argv[2]);
