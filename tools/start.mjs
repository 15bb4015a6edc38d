// @ts-check
// `npm start`: from a fresh clone to the demonstration, run by the real programs on a simulated board.
import { pathToFileURL } from "node:url";
import { runDemo } from "./lib/demo.mjs";
import { inProject } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

await makeReady({ install: "when-different" });
const program = await import(pathToFileURL(inProject("dist", "program", "main.js")).href);
process.exitCode = await runDemo(program, program.processTerminal());
