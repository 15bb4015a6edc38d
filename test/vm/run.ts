import { join } from "node:path";
import { selectors } from "./boards.ts";
import { bundle, cache, here, serve } from "./hosting.ts";
import { guestKernel } from "./kernel.ts";
import { boot } from "./machine.ts";

/** Longest for one boot; without hardware virtualisation a busy machine takes minutes. */
const PATIENCE_MS = 300_000;

/** Boots a guest on the served boards and answers the checks' exit code; once more where the guest never came so far. */
export async function runChecks(only = ""): Promise<number> {
  const kernel = guestKernel(cache, join(here, "init.sh"));
  const program = await bundle("guest");
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; attempt < 2; attempt++) {
    const boards = await serve(["bin/flashproof.js", "twin", ...selectors(), "--usbip=0", "--until-eof"]);
    const patienceMs = deadline - performance.now();
    const variables = { ONLY: only };
    const { code } = await boot({
      kernel,
      script: join(here, "guest.sh"),
      program,
      port: boards.port,
      patienceMs,
      variables,
    });
    await boards.end();
    if (code !== undefined) return code;
    console.log("the guest ended without a result");
  }
  return 1;
}

process.exitCode = await runChecks(process.argv[2]);
