// @ts-check
// `npm start`: from a fresh clone to the story, told by the real programs on a simulated board.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";

await makeReady({ install: "when-different" });
const story = inProject("dist", "cli", "story.js");
if (existsSync(story)) {
  const { main } = await import(pathToFileURL(story).href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  say("there is no story to tell yet: src/cli/story.ts is not written");
  process.exitCode = 1;
}
