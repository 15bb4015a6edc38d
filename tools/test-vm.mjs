// @ts-check
// `npm run test:vm [-- WORD | web | rp2040-diff --count N --seed S]`: probes on a real USB bus, that of a Linux kernel in a
// virtual machine. Served by USB/IP, the twin's probes are real devices there for npm's usb and node-hid, lsusb and OpenOCD;
// with `web` for Chromium's WebUSB.
import { hasJudge, judges, requiredJudges } from "./judges.mjs";
import { inProject } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";
import { run } from "./lib/run.mjs";

const needed = process.argv[2] === "web" ? ["vm", "chromium"] : ["vm"];
const missing = judges.find(({ name }) => needed.includes(name) && !hasJudge(name));
if (!missing) {
  await makeReady({ install: "when-different" });
  const loader = new URL("lib/ts-loader.mjs", import.meta.url).href;
  process.exitCode = await run(process.execPath, [
    "--import",
    loader,
    inProject("test", "vm", "run.ts"),
    ...process.argv.slice(2),
  ]);
} else if (requiredJudges().includes(missing.name)) {
  console.log(`FAILED: ${missing.name} is required (${missing.install})`);
  process.exitCode = 1;
} else {
  console.log(`skipped: ${missing.name} (${missing.install})`);
}
