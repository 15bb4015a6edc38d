// @ts-check
// `npm run soak -- NAME [--count N] [--seed S] [--probe P] [--port SERVER] [--core CORE] [--chip CHIP] [--from PLACE]`: the long counts of test/soak, each a program that
// exports `run({ count, seed, port, out }): Promise<exit code>`. Prints one line of figures; the same seed does the same
// again.
import { existsSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { inProject, say } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";
import { run } from "./lib/run.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    // What some soaks also take: the probe of their boards, the server that they knock at, the core that is judged, the chip,
    // where its inputs come from.
    probe: { type: "string" },
    port: { type: "string" },
    core: { type: "string" },
    chip: { type: "string" },
    from: { type: "string" },
  },
});
const [name] = positionals;
const numbers = { count: Number(values.count), seed: Number(values.seed) };
const extra = { probe: values.probe, port: values.port, core: values.core, chip: values.chip, from: values.from };

if (name && existsSync(programOf(name)) && Object.values(numbers).every(Number.isSafeInteger)) await soak(name);
else {
  say(
    `npm run soak -- NAME [--count N] [--seed S] [--probe P] [--port SERVER] [--core CORE] [--chip CHIP] [--from PLACE], where NAME is one of: ${names().join(", ")}`,
  );
  process.exitCode = 2;
}

/** @param {string} name */
async function soak(name) {
  await makeReady({ install: "when-different" });
  const loader = new URL("lib/ts-loader.mjs", import.meta.url).href;
  const runner = inProject("tools", "lib", "soak-runner.mjs");
  process.exitCode = await run(process.execPath, [
    "--import",
    loader,
    runner,
    programOf(name),
    JSON.stringify({ name, ...numbers, ...extra }),
  ]);
}

function names() {
  const folder = inProject("test", "soak");
  return existsSync(folder)
    ? readdirSync(folder).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -3)] : []))
    : [];
}

/** @param {string} name */
function programOf(name) {
  return inProject("test", "soak", `${name}.ts`);
}
