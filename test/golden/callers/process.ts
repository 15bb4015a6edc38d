import { runCommander } from "../../../src/cli/commander-host.ts";
import { processTerminal } from "../../../src/cli/main.ts";

process.exitCode = await runCommander(process.argv.slice(2), processTerminal());
