#!/usr/bin/env node
import { existsSync } from "node:fs";

// Only a clone has sources; a published package brings its build along and has nothing to make ready.
if (existsSync(new URL("../src", import.meta.url))) {
  const { makeReady } = await import("../tools/lib/ready.mjs");
  await makeReady({ install: "when-missing" });
}
const { main } = await import("../dist/program/main.js");
process.exitCode = await main(process.argv.slice(2));
