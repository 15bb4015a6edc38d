import { runCommander } from "../../../src/cli/commander/commander-host.ts";
import { processTerminal } from "../../../src/cli/main.ts";

/** A Commander that stays is ended by its test; one whose test was killed ends itself. */
const LIFE_MS = 120_000;

setTimeout(() => process.kill(process.pid, "SIGTERM"), LIFE_MS).unref();
process.exitCode = await runCommander(process.argv.slice(2), processTerminal());
