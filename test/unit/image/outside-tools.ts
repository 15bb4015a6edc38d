import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";

const REQUIRED = (process.env.FLASHPROOF_REQUIRE ?? "").split(",");

/** `describe` where the tool is installed or `FLASHPROOF_REQUIRE` insists on it; skipped, with the cure, elsewhere. */
export function describeWith(tool: string, packageName: string, requiredAs: string): typeof describe.skip {
  const present = spawnSync(tool, ["--version"]).error === undefined;
  if (present || REQUIRED.includes(requiredAs)) return describe as typeof describe.skip;
  console.log(`skipped: ${tool} (apt-get install ${packageName})`);
  return describe.skip;
}

/** Runs a tool on an input file; `{in}` and `{out}` in the arguments become the paths. Gives the output file, or what was printed. */
export function runTool(tool: string, args: readonly string[], input: Uint8Array | string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-image-"));
  try {
    const paths = { in: join(folder, "in"), out: join(folder, "out") };
    writeFileSync(paths.in, input);
    const filled = args.map((arg) => arg.replace("{in}", paths.in).replace("{out}", paths.out));
    const done = spawnSync(tool, filled, { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${tool} ${filled.join(" ")}: ${done.stderr}`);
    return args.includes("{out}") ? readFileSync(paths.out) : new TextEncoder().encode(done.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
