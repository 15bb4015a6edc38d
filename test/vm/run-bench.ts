import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "../../tools/lib/project.mjs";
import { bundle, cache, here, serve } from "./hosting.ts";
import { guestKernel } from "./kernel.ts";
import { boot } from "./machine.ts";

/** Measures npm `usb` 3, the project's, and 2, which is installed in the cache for this alone. */
const old = join(cache, "usb2");
if (!existsSync(join(old, "node_modules", "usb", "package.json"))) {
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "package.json"), "{}");
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "usb@2"], {
    cwd: old,
    stdio: "inherit",
  });
}
const kernel = guestKernel(cache, join(here, "init.sh"));
const program = await bundle("bench");
const loader = inProject("tools", "lib", "ts-loader.mjs");
const device = await serve(["--import", loader, join(here, "echo-device.ts")]);
const ENTRIES = [inProject("node_modules", "usb"), join(old, "node_modules", "usb")].join(",");
const { code } = await boot({
  kernel,
  script: join(here, "guest.sh"),
  program,
  port: device.port,
  patienceMs: 300_000,
  variables: { ENTRIES },
});
await device.end();
process.exitCode = code ?? 1;
