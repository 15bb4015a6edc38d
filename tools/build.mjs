// @ts-check
// `npm run build`: makes `dist` from the sources, whether it is stale or not, with the page of `fp ui`.
import { say } from "./lib/project.mjs";
import { build } from "./lib/ready.mjs";

await build();
say("building the page (vite)");
await (await import("./web.mjs")).buildPage();
